"""An application that fails behind a 500."""


async def app(scope, receive, send):
    if scope["type"] == "http":
        raise LookupError("no such thing")
