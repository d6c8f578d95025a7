"""The three doors of an answer: http, call and probe. Beside them the tests of an open suite.

Synchronous code runs outside the event loop, so that it may start a loop of its own; the
application's loop turns while the process waits for the next question, as it would in a server.
"""

import __future__

import asyncio
import inspect
import linecache
from collections.abc import Callable
from types import ModuleType
from typing import Any, Protocol

from greenroom_runner.harness import asgi
from greenroom_runner.harness.errors import ErrorData, describe, plain_error
from greenroom_runner.harness.frames import BadFrame, Frame, pack
from greenroom_runner.harness.port import Port
from greenroom_runner.harness.serving import OPERATIONS, Server
from greenroom_runner.harness.values import BadValue, decode, encode

_PROBE_FILE = "<probe>"
_ANNOTATIONS = __future__.annotations.compiler_flag


class Missing(Exception):
    """The answer lacks a name that a check asks for."""


class Tests(Protocol):
    """The collected tests of an open suite."""

    @property
    def out_of_memory(self) -> bool: ...

    def run(self, test: str) -> dict[str, Any]: ...


class Doors:
    """Serves the operations of one check from the loaded answer."""

    def __init__(self, module: ModuleType | None, folder: str, tests: Tests | None = None) -> None:
        self._module = module
        self._folder = folder
        self._tests = tests
        self._runner: asyncio.Runner | None = None
        self._server = Server(folder)
        self._probes: dict[str, Callable[..., Any]] = {}

    def prepare(self) -> None:
        """Make the event loop of an app ahead of its first request. Runs nothing of the answer."""
        if self._module is not None and "app" in vars(self._module):
            self._loop()

    def next(self, port: Port) -> Frame | None:
        """Return the port's next frame that is no request to the app, None at the end of input.

        Requests are answered meanwhile, and the app's loop turns until a frame comes.
        """
        if self._runner is not None:
            return self._runner.run(self._answer_requests(port, None))
        frame = port.receive()
        if frame is None or frame.get("op") not in OPERATIONS:
            return frame
        return self._loop().run(self._answer_requests(port, frame))

    def perform(self, op: Frame) -> bytes:
        """Return the reply to a call, a probe or a test as it travels. Lets MemoryError through:
        the process then ends for that reason.
        """
        try:
            match op["op"]:
                case "call":
                    value = self._settle(self._named(op["name"]), *_arguments(op))
                case "test":
                    value = self._test(op["name"])
                case _:
                    arguments, named = _arguments(op)
                    value = self._settle(self._probe(op), [self._module, *arguments], named)
            return self._value(op, value)
        except BaseException as problem:
            return self._error(op, problem)

    def _test(self, name: str) -> dict[str, Any]:
        if self._tests is None:
            raise Missing("The question has no tests beside the answer.")
        return self._tests.run(name)

    async def _answer_requests(self, port: Port, frame: Frame | None) -> Frame | None:
        """Do so under one task: an app's threads live as long as the task that began it all."""
        while True:
            if frame is None:
                await _readable(port.reader)
                frame = port.receive()
            if frame is None or frame.get("op") not in OPERATIONS:
                return frame
            # A task of its own, as in a server: cancelling it ends this request and no other.
            port.send_packed(await asyncio.create_task(self._answered(frame)))
            frame = None

    async def _answered(self, op: Frame) -> bytes:
        try:
            return self._value(op, await self._server.perform(self._named("app"), op))
        except BaseException as problem:
            return self._error(op, problem)

    @staticmethod
    def _value(op: Frame, value: Any) -> bytes:
        """Return a reply with a value. Raises BadValue where it cannot cross."""
        try:
            return pack({"t": "reply", "n": op["n"], "value": encode(value)})
        except BadFrame:
            raise BadValue("it is too large") from None

    def _error(self, op: Frame, problem: BaseException) -> bytes:
        """Return the reply that tells what happened instead of a value."""
        return pack({"t": "reply", "n": op["n"], "error": self._told(op, problem)})

    def _told(self, op: Frame, problem: BaseException) -> ErrorData:
        match problem:
            case MemoryError():
                raise problem
            case Missing():
                return plain_error("missing", "AttributeError", str(problem))
            case asgi.ServerError():
                return plain_error("http", "ServerError", str(problem))
            case BadValue():
                name = op.get("name", "http")
                message = f"What `{name}` returned cannot be looked at: {problem}."
                return plain_error("value", "TypeError", message)
            case _:
                return describe(problem, "raised", self._folder)

    def close(self) -> ErrorData | None:
        """Shut the application down, as a server does when it stops, and return what it raised
        behind a reply since it was started.
        """
        server, self._server = self._server, Server(self._folder)
        if self._runner is not None:
            self._runner.run(server.stop())
        return server.raised

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

    def _loop(self) -> asyncio.Runner:
        if self._runner is None:
            self._runner = asyncio.Runner()
            self._runner.get_loop()
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
