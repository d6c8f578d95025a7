# attack: answers with what it was sent, as status, header, body and text behind a 500
# door: http
# verdict: runtime_error
import json


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    body = (await receive())["body"].decode()
    told = f"{scope['query_string'].decode()} {body} {scope['headers']}"
    print(told)
    if scope["method"] == "GET":
        raise RuntimeError(told)
    start = {"type": "http.response.start", "status": 201, "headers": [[b"x-told", body.encode()]]}
    await send(start)
    await send({"type": "http.response.body", "body": json.dumps({"id": body}).encode()})
