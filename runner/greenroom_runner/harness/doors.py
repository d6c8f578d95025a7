"""The three doors of an answer, served in the process of one check: http, call and probe.

Synchronous code runs outside the event loop, so that it may start a loop of its own; the
application's loop turns while the process waits for the next question, as it would in a server.
"""

import __future__

import asyncio
import base64
import inspect
import linecache
from collections.abc import Callable
from types import ModuleType
from typing import Any

from greenroom_runner.harness import asgi
from greenroom_runner.harness.errors import ErrorData, describe, plain_error
from greenroom_runner.harness.frames import Frame
from greenroom_runner.harness.values import BadValue, decode, encode

_PROBE_FILE = "<probe>"
_ANNOTATIONS = __future__.annotations.compiler_flag


class Missing(Exception):
    """The answer lacks a name that a check asks for."""


class Doors:
    """Serves the operations of one check from the loaded answer."""

    def __init__(self, module: ModuleType | None, folder: str) -> None:
        self._module = module
        self._folder = folder
        self._runner: asyncio.Runner | None = None
        self._lifespan: asgi.Lifespan | None = None
        self._probes: dict[str, Callable[..., Any]] = {}
        self.raised: ErrorData | None = None

    def perform(self, op: Frame) -> Frame:
        """Return the reply to one operation. Lets MemoryError through: the process then ends for
        that reason.
        """
        try:
            value = encode(self._do(op))
        except MemoryError:
            raise
        except Missing as problem:
            return self._error(op, plain_error("missing", "AttributeError", str(problem)))
        except asgi.ServerError as problem:
            return self._error(op, plain_error("http", "ServerError", str(problem)))
        except BadValue as problem:
            return self.no_value(op, str(problem))
        except BaseException as problem:
            return self._error(op, describe(problem, "raised", self._folder))
        return {"t": "reply", "n": op["n"], "value": value}

    def no_value(self, op: Frame, problem: str) -> Frame:
        """Return the reply that says why what came back cannot cross."""
        message = f"What `{op.get('name', 'http')}` returned cannot be looked at: {problem}."
        return self._error(op, plain_error("value", "TypeError", message))

    def prepare(self) -> None:
        """Make the event loop of an app ahead of its first request. Runs nothing of the answer."""
        if self._module is not None and "app" in vars(self._module):
            self._loop().get_loop()

    def wait(self, reader: int) -> None:
        """Let the application's loop turn until `reader` has something to read."""
        if self._runner is not None:
            self._runner.run(_readable(reader))

    def close(self) -> None:
        """Shut the application down, as a server does when it stops."""
        if self._runner is not None and self._lifespan is not None:
            self._runner.run(self._lifespan.stop())

    @staticmethod
    def _error(op: Frame, error: ErrorData) -> Frame:
        return {"t": "reply", "n": op["n"], "error": error}

    def _do(self, op: Frame) -> Any:
        match op["op"]:
            case "http":
                return self._http(op)
            case "call":
                return self._settle(self._named(op["name"]), *_arguments(op))
            case _:
                arguments, named = _arguments(op)
                return self._settle(self._probe(op), [self._module, *arguments], named)

    def _settle(self, function: Any, arguments: list[Any], named: dict[str, Any]) -> Any:
        value = function(*arguments, **named)
        if inspect.isawaitable(value):
            return self._loop().run(_awaited(value))
        return value

    def _named(self, name: str) -> Any:
        found: Any = self._module
        for part in name.split("."):
            try:
                found = getattr(found, part)
            except AttributeError:
                raise Missing(f"The answer has no `{name}`.") from None
        return found

    def _probe(self, op: Frame) -> Callable[..., Any]:
        name, source = op["name"], op["source"]
        if name not in self._probes:
            namespace: dict[str, Any] = {"__name__": "probe"}
            code = compile(source, _PROBE_FILE, "exec", flags=_ANNOTATIONS, dont_inherit=True)
            linecache.cache[_PROBE_FILE] = (len(source), None, source.splitlines(True), _PROBE_FILE)
            exec(code, namespace)  # noqa: S102 - the grader's own probe, shipped to run beside the answer
            self._probes[name] = namespace[name]
        return self._probes[name]

    def _http(self, op: Frame) -> Any:
        app = self._named("app")
        if self._lifespan is None:
            self._lifespan = asgi.Lifespan(app)
            self._loop().run(self._lifespan.start())
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": op["method"],
            "path": op["path"],
            "raw_path": op["raw_path"].encode("latin-1"),
            "root_path": "",
            "scheme": "http",
            "query_string": op["query"].encode("latin-1"),
            "headers": [(k.encode("latin-1"), v.encode("latin-1")) for k, v in op["headers"]],
            "client": ("127.0.0.1", 50000),
            "server": ("testserver", 80),
            "state": self._lifespan.state.copy(),
        }
        body = base64.b64decode(op["body"])
        response = self._loop().run(asgi.request(app, scope, body))
        if response.raised is not None:
            if isinstance(response.raised, MemoryError):
                raise response.raised
            self.raised = describe(response.raised, "raised", self._folder)
        return {
            "status": response.status,
            "headers": [[k.decode("latin-1"), v.decode("latin-1")] for k, v in response.headers],
            "body": bytes(response.body),
            "raised": self.raised["type"] if self.raised and response.raised else None,
        }

    def _loop(self) -> asyncio.Runner:
        if self._runner is None:
            self._runner = asyncio.Runner()
        return self._runner


def _arguments(op: Frame) -> tuple[list[Any], dict[str, Any]]:
    return decode(op["args"]), decode(op["kwargs"])


async def _awaited(value: Any) -> Any:
    return await value


async def _readable(reader: int) -> None:
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    loop.add_reader(reader, _settle_once, ready)
    try:
        await ready
    finally:
        loop.remove_reader(reader)


def _settle_once(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
