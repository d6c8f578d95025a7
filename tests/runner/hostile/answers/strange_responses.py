# attack: responses that no server would send
# door: http
# verdict: runtime_error

async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    await receive()
    headers = [(b"x\r\n\r\nHTTP/1.1 200 OK", b"\x00"), (b"set-cookie", b"\xff" * 1000)]
    await send({"type": "http.response.start", "status": 10**300, "headers": headers})
    await send({"type": "http.response.start", "status": 201, "headers": []})
