# attack: a body that is no JSON, in a charset that takes minutes to read
# door: http
# verdict: wrong_answer

async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    await receive()
    headers = [(b"content-type", b"text/plain; charset=punycode")]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": b"-" + b"a9" * 400_000})
