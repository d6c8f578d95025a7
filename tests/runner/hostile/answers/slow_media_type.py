# attack: a media type whose parameters take minutes to read
# door: http
# verdict: runtime_error

async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    await receive()
    headers = [(b"content-type", b";" * 900_000)]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": b"no json"})
