# attack: an id that cannot stand in a path, a header or a query
# door: http
# verdict: wrong_answer

async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    await receive()
    await send({"type": "http.response.start", "status": 201, "headers": []})
    await send({"type": "http.response.body", "body": b'{"id": "\\ud800\\r\\nx: y"}'})
