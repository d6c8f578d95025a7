# attack: none; what is asked can be answered
# door: http
# verdict: accepted
import json

kept = {}


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    if scope["method"] == "POST":
        key = str(len(kept) + 1)
        kept[key] = json.loads((await receive())["body"])["name"]
        status, found = 201, {"id": key}
    else:
        status, found = 200, {"name": kept[scope["path"].rsplit("/", 1)[1]]}
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps(found).encode()})
