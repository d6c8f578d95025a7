"""What each profile has imported before an answer arrives, and a throw-away use of it that warms
its caches.

A profile is a promise about speed, never about what may be imported: the image holds the same
libraries for all of them. Nothing here may leave a thread, an event loop or an open descriptor
behind, because the process forks afterwards.
"""

import asyncio
import contextlib
import importlib
from typing import Any

_PYDANTIC = ("pydantic", "pydantic.networks", "email_validator", "pydantic_settings")
_SQLALCHEMY = (
    "sqlalchemy",
    "sqlalchemy.orm",
    "sqlalchemy.ext.hybrid",
    "sqlalchemy.ext.asyncio",
    "sqlalchemy.ext.associationproxy",
    "sqlalchemy.dialects.sqlite",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "sqlalchemy.dialects.postgresql",
    "sqlite3",
)
_FASTAPI = (
    "fastapi",
    "fastapi.responses",
    "fastapi.security",
    "fastapi.middleware.cors",
    "starlette.concurrency",
    "anyio._backends._asyncio",
    "python_multipart.multipart",
)
_USUAL = (
    "concurrent.futures.thread",
    "dataclasses",
    "decimal",
    "email.message",
    "enum",
    "functools",
    "hashlib",
    "html",
    "inspect",
    "json",
    "logging",
    "random",
    "secrets",
    "typing",
    "urllib.parse",
    "uuid",
)
LIBRARIES = {
    "pydantic": _USUAL + _PYDANTIC,
    "sqlalchemy": _USUAL + _SQLALCHEMY,
    "fastapi": _USUAL + _PYDANTIC + _SQLALCHEMY + _FASTAPI,
    "everything": (
        *_USUAL,
        *_PYDANTIC,
        *_SQLALCHEMY,
        *_FASTAPI,
        "fastapi.testclient",
        "starlette.testclient",
        "jose.jwt",
        "alembic.command",
        "strawberry.fastapi",
        "redis.asyncio",
        "celery",
        "psycopg",
        "pytest",
        "jinja2",
        "httpx2",
    ),
}


def warm(profile: str) -> None:
    """Import what `profile` names, as far as it is there, and use it once."""
    for name in LIBRARIES.get(profile, _USUAL):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    if profile in ("fastapi", "everything"):
        with contextlib.suppress(ImportError):
            _one_request()


def _one_request() -> None:
    """Serve one request with a model and a dependency: the first one pays for a lot of lazy
    set-up.
    """
    fastapi = importlib.import_module("fastapi")
    pydantic = importlib.import_module("pydantic")
    model = pydantic.create_model("Warm", name=(str, ...), amount=(int, 1))
    app = fastapi.FastAPI()

    async def endpoint(item: Any) -> Any:
        return item

    endpoint.__annotations__ = {"item": model, "return": model}
    app.post("/warm")(endpoint)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "POST",
        "path": "/warm",
        "raw_path": b"/warm",
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"host", b"warm")],
        "client": ("127.0.0.1", 1),
        "server": ("warm", 80),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b'{"name": "x"}', "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        del message

    asyncio.run(app(scope, receive, send))
