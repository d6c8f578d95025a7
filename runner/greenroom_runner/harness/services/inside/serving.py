"""The loop of a service's process: it serves the answer, and the harness' requests in between."""

import asyncio
import importlib
import inspect
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from greenroom_runner.harness.frames import BadFrame, Frame
from greenroom_runner.harness.port import Port
from greenroom_runner.harness.services.protocol import ServiceError
from greenroom_runner.harness.values import BadValue, decode, encode

MAX_MESSAGE = 2000

Questions = Mapping[str, Callable[..., Any]]
"""What a grader may ask, by name: functions or coroutine functions of plain values."""


class Program(Protocol):
    """What runs inside, on one event loop. It is made with the socket that it listens on."""

    @property
    def questions(self) -> Questions: ...

    async def start(self) -> dict[str, str]:
        """Serve, and return the environment variables by which an answer finds it."""

    async def keep(self) -> None:
        """Remember the present state."""

    async def reset(self) -> None:
        """Go back to the kept state, and let go of every connection."""


def serve(name: str, port: Port, listening: socket.socket) -> None:
    """Run the program of this name until the harness closes its end: the service `mail` is the
    class `Mail` of the module `mail` beside this one.
    """
    asyncio.run(_serve(name, port, listening))


async def _serve(name: str, port: Port, listening: socket.socket) -> None:
    with refusals(name, port):
        module = importlib.import_module(f"{__package__}.{name}")
        program: Program = getattr(module, name.capitalize())(listening)
        answer(port, await program.start())
        while (frame := await _next(port)) is not None:
            with refusals(name, port):
                answer(port, await _perform(name, program, frame))


async def _next(port: Port) -> Frame | None:
    """Wait for the harness' next request, serving meanwhile."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(port.reader, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(port.reader)
    return port.receive()


async def _perform(name: str, program: Program, frame: Frame) -> Any:
    if frame["t"] == "keep":
        return await program.keep()
    if frame["t"] == "reset":
        return await program.reset()
    found = asked(name, program.questions, frame)
    return await found if inspect.isawaitable(found) else found


def asked(name: str, questions: Questions, frame: Frame) -> Any:
    """Call the question that a frame asks and return what it returns. Raises ServiceError."""
    what = frame["what"]
    question = questions.get(what)
    if question is None:
        known = ", ".join(sorted(questions))
        raise ServiceError(f"The {name} service knows no {what!r}. Ask for {known}.")
    arguments = decode(frame["arguments"])
    try:
        inspect.signature(question).bind(*arguments)
    except TypeError as problem:
        raise ServiceError(f"{what!r} cannot be asked like that: {problem}.") from None
    return question(*arguments)


def answer(port: Port, value: Any) -> None:
    """Answer the harness' request."""
    port.send({"t": "answer", "value": encode(value)})


@contextmanager
def refusals(name: str, port: Port) -> Iterator[None]:
    """Refuse the harness' request with what goes wrong within."""
    try:
        yield
    except ServiceError as problem:
        _refuse(port, str(problem))
    except (BadValue, BadFrame) as problem:
        _refuse(port, f"What the {name} service has seen cannot be told: {problem}.")
    except Exception as problem:
        _refuse(port, f"The {name} service failed: {type(problem).__name__}: {problem}")


def _refuse(port: Port, message: str) -> None:
    port.send({"t": "refused", "message": message[:MAX_MESSAGE]})
