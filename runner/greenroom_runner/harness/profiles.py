"""What each profile has imported before an answer arrives, and a throw-away use of it that warms
its caches.

A profile is a promise about speed, never about what may be imported: the image holds the same
libraries for all of them. Nothing here may leave a thread, an event loop or an open descriptor
behind, because the process forks afterwards.
"""

import asyncio
import contextlib
import gc
import importlib
from collections.abc import Callable
from typing import Any

from greenroom_runner.harness import asgi

_PYDANTIC = ("pydantic", "pydantic.networks", "email_validator")
_SETTINGS = ("pydantic_settings",)
_SQLALCHEMY = (
    "sqlalchemy",
    "sqlalchemy.orm",
    "sqlalchemy.ext.hybrid",
    "sqlalchemy.ext.associationproxy",
    "sqlalchemy.dialects.sqlite",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "sqlite3",
)
_POSTGRESQL = ("sqlalchemy.dialects.postgresql",)
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
    "inspect",
    "json",
    "logging",
    "random",
    "secrets",
    "typing",
    "urllib.parse",
    "uuid",
)
SUITE = "suite"
"""What stands among the services of a sandbox that is to run an open suite."""
SUITE_MODULE = "greenroom_runner.harness.suites.running"
LIBRARIES = {
    "pydantic": _USUAL + _PYDANTIC + _SETTINGS,
    "sqlalchemy": _USUAL + _SQLALCHEMY + _POSTGRESQL,
    "fastapi": _USUAL + _PYDANTIC + _SQLALCHEMY + _FASTAPI,
    "everything": (
        *_USUAL,
        *_PYDANTIC,
        *_SETTINGS,
        *_SQLALCHEMY,
        *_POSTGRESQL,
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
    SUITE: ("pytest", "unittest.mock", SUITE_MODULE),
}


def warm(profile: str) -> None:
    """Import what `profile` names, as far as it is there, and use it once."""
    for name in LIBRARIES.get(profile, _USUAL):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.freeze()  # all of it stays: only what its first use leaves behind can be garbage
    for one in _USES.get(profile, ()):
        with contextlib.suppress(ImportError):
            one()


def _one_model() -> None:
    """Validate, fail and dump once."""
    pydantic = importlib.import_module("pydantic")
    model = pydantic.create_model("Warm", name=(str, ...), amount=(int, 1))
    model.model_validate({"name": "x"}).model_dump_json()
    model.model_json_schema()
    with contextlib.suppress(pydantic.ValidationError):
        model.model_validate({"amount": "x"})


def _one_transaction() -> None:
    """Make a table, write and read in an own registry: compilers and events set up at first use."""
    sa = importlib.import_module("sqlalchemy")
    orm = importlib.import_module("sqlalchemy.orm")
    base = orm.declarative_base()
    columns = {
        "id": orm.mapped_column(sa.Integer, primary_key=True),
        "name": orm.mapped_column(sa.String(10), index=True),
        "at": orm.mapped_column(sa.DateTime(timezone=True), server_default=sa.func.now()),
        "parent_id": orm.mapped_column(sa.ForeignKey("warm.id")),
        "children": orm.relationship("Warm"),
    }
    warm_class: Any = type("Warm", (base,), {"__tablename__": "warm", **columns})
    engine = sa.create_engine("sqlite://")
    base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        row = warm_class(name="x", children=[warm_class(name="y")])
        session.add(row)
        session.commit()
        row.name = "z"
        statement = sa.select(warm_class).where(warm_class.name == "z").order_by(warm_class.id)
        session.scalars(statement.options(orm.selectinload(warm_class.children))).all()
        session.execute(sa.update(warm_class).values(name=warm_class.name + "!"))
        session.scalar(sa.select(sa.func.count()).select_from(warm_class))
        session.delete(row.children[0])
        session.rollback()
    base.metadata.drop_all(engine)
    engine.dispose()
    base.registry.dispose()


def _one_request() -> None:
    """Start an app, serve requests that succeed and fail, stop it."""
    fastapi = importlib.import_module("fastapi")
    pydantic = importlib.import_module("pydantic")
    model = pydantic.create_model("Warm", name=(str, ...), amount=(int, 1))
    app = fastapi.FastAPI()

    def limit(limit: int = 10) -> int:
        return limit

    async def endpoint(item: Any, limit: int = fastapi.Depends(limit)) -> Any:
        return item

    endpoint.__annotations__ = {"item": model, "limit": int, "return": model}
    app.post("/warm")(endpoint)
    app.get("/warm/{key}")(limit)
    asyncio.run(_use(app))


async def _use(app: Any) -> None:
    lifespan = asgi.Lifespan(app)
    await lifespan.start()
    for method, path, body in (
        ("POST", "/warm", b'{"name": "x"}'),
        ("POST", "/warm", b"{}"),
        ("POST", "/warm", b"{"),
        ("GET", "/nowhere", b""),
    ):
        await asgi.request(app, _scope(method, path), body)
    await lifespan.stop()


def _scope(method: str, path: str) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"host", b"warm")],
        "client": ("127.0.0.1", 1),
        "server": ("warm", 80),
        "state": {},
    }


def _one_suite() -> None:
    """Collect and run a few tests: pytest brings in most of itself when it is used."""
    importlib.import_module(SUITE_MODULE).rehearse()


_USES: dict[str, tuple[Callable[[], None], ...]] = {
    "pydantic": (_one_model,),
    "sqlalchemy": (_one_transaction,),
    "fastapi": (_one_model, _one_transaction, _one_request),
    "everything": (_one_model, _one_transaction, _one_request),
    SUITE: (_one_suite,),
}
