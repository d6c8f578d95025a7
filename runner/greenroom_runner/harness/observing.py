"""How a check reaches the answer: three doors, the text as handed in, the services beside it, and
what goes wrong on the way.
"""

import builtins
import secrets
from collections.abc import Callable, Collection, Mapping
from typing import Any

from greenroom_runner.harness import replies, requests
from greenroom_runner.harness.errors import MAX_LINE, MAX_SHOWN
from greenroom_runner.harness.frames import Frame
from greenroom_runner.harness.replies import Reply
from greenroom_runner.harness.requests import Content
from greenroom_runner.harness.streaming import Stream
from greenroom_runner.harness.values import BadValue, NotPlain, decode, encode

Exchange = Callable[[Frame], Frame]
"""Sends one operation and returns what came back for it."""

_OWN_KINDS = ("missing", "http", "value", "raised")
_UNREADABLE = "The answer's process wrote something that cannot be read."


class AnswerError(Exception):
    """The answer raised, or has nothing there to be used."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.kind: str = data["kind"]
        self.type: str = data["type"]
        self.message: str = data["message"]
        self.data = dict(data)
        shown = f"{data['module']}.{self.type}" if data["module"] else self.type
        super().__init__(f"{shown}: {self.message}" if self.message else shown)

    def is_a(self, name: str) -> bool:
        """Say whether the exception's type or one of its bases has this name: `NotFound` is found
        in any module, `struct.error` in that one only, and `ValueError` is the one that is built
        in.
        """
        exact = "." in name or hasattr(builtins, name)
        return any(
            name in ((base,) if exact else (base, base.rpartition(".")[2]))
            for base in self.data["mro"]
        )


class AnswerGone(BaseException):
    """The answer's process died while a check used it."""


class ServiceError(Exception):
    """A service cannot answer: because of what the answer did to it, or because of the question."""


class GraderMistake(BaseException):
    """The grader uses its own doors wrongly: the author's fault, never the candidate's."""


class Http:
    """The answer's ASGI application, one request at a time."""

    def __init__(self, ask: Callable[[Frame], Any]) -> None:
        self._ask = ask
        self.last: Reply | Stream | None = None

    def request(
        self,
        method: str,
        path: str,
        *,
        params: requests.Pairs | None = None,
        headers: requests.Pairs | None = None,
        cookies: Mapping[str, str] | None = None,
        **content: Any,
    ) -> Reply:
        """Send one request: `json`, `data` (a form), `files`, or `content` (bytes) is its body."""
        # Its parts may come from an earlier reply: what they raise fails the check, no more.
        op = requests.operation(
            method, path, _content(content), params=params, headers=headers, cookies=cookies
        )
        value = self._ask({"op": "http", **op})
        try:
            reply = replies.read(value)
        except BadValue:
            raise AnswerGone(_UNREADABLE) from None
        self.last = reply
        return reply

    def stream(
        self,
        path: str,
        *,
        method: str = "GET",
        params: requests.Pairs | None = None,
        headers: requests.Pairs | None = None,
        cookies: Mapping[str, str] | None = None,
        **content: Any,
    ) -> Stream:
        """Send one request and return its response once it has started, to be read piece by piece
        while the app writes it.
        """
        op = requests.operation(
            method, path, _content(content), params=params, headers=headers, cookies=cookies
        )
        value = self._ask({"op": "open", **op})
        try:
            stream = Stream(self._ask, value)
        except BadValue:
            raise AnswerGone(_UNREADABLE) from None
        self.last = stream
        return stream

    def get(self, path: str, **options: Any) -> Reply:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> Reply:
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> Reply:
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> Reply:
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Reply:
        return self.request("DELETE", path, **options)


class Answer:
    """The answer, as one check sees it."""

    def __init__(
        self, exchange: Exchange, files: Mapping[str, str], probes: Mapping[str, str]
    ) -> None:
        self.files = dict(files)
        self.http = Http(self._ask)
        self._exchange = exchange
        self._probes = probes

    def call(self, name: str, /, *args: Any, **kwargs: Any) -> Any:
        """Call a function of the answer and return the plain value that it returned."""
        return self._ask({"op": "call", "name": name, **_arguments(args, kwargs)})

    def probe(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Run a `@probe` function beside the answer and return the plain value that it returned."""
        name = getattr(function, "__name__", repr(function))
        source = self._probes.get(name)
        if source is None:
            raise GraderMistake(f"{name} is not a function of the grader marked with @probe.")
        op = {"op": "probe", "name": name, "source": source, **_arguments(args, kwargs)}
        return self._ask(op)

    def test(self, name: str, /) -> dict[str, Any]:
        """Run one test of the open suite beside the answer and return what is told of it."""
        return _evidence(self._ask({"op": "test", "name": name}))

    def _ask(self, op: Frame) -> Any:
        reply = _exchanged(self._exchange, op)
        if reply.get("error") is not None:
            raise AnswerError(_error(reply["error"]))
        return _value(reply)


def _content(given: dict[str, Any]) -> Content:
    try:
        return Content(**given)
    except TypeError as problem:
        raise GraderMistake(f"A request cannot be made: {problem}") from problem


class Services:
    """The services beside the answer: `services.redis("GET", "key")`. Each is asked in its own
    words; a question to the answer this is not.
    """

    def __init__(self, exchange: Exchange, names: Collection[str]) -> None:
        self._exchange = exchange
        self._names = names

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in self._names:
            raise GraderMistake(f"The question lists no service {name} in its question.toml.")

        def ask(what: str, /, *args: Any) -> Any:
            return self._ask({"op": "service", "name": name, "what": what, **_arguments(args)})

        return ask

    def _ask(self, op: Frame) -> Any:
        reply = _exchanged(self._exchange, op)
        if reply.get("error") is not None:
            raise ServiceError(str(reply["error"].get("message", "")))
        return _value(reply)


def _exchanged(exchange: Exchange, op: Frame) -> Frame:
    """Perform one operation and return the reply. Its number is drawn, so that no reply can be
    written ahead of it.
    """
    reply = exchange({"t": "op", "n": secrets.randbits(52), **op})
    if reply.get("t") == "died":
        raise AnswerGone(str(reply.get("detail", "")))
    return reply


def _value(reply: Frame) -> Any:
    try:
        return decode(reply.get("value"))
    except (BadValue, RecursionError):
        raise AnswerGone(_UNREADABLE) from None


def _arguments(args: tuple[Any, ...], kwargs: dict[str, Any] | None = None) -> Frame:
    try:
        named = {} if kwargs is None else {"kwargs": encode(kwargs)}
        return {"args": encode(list(args)), **named}
    except NotPlain as problem:
        raise GraderMistake(f"What is passed on cannot cross: {problem}.") from problem


def _error(data: Any) -> dict[str, Any]:
    """Return the error as this side relies on it: the answer may have written anything."""
    match data:
        case {
            "kind": str(kind),
            "type": str(),
            "module": str(),
            "message": str(),
            "mro": list(mro),
            "frames": list(frames),
            "outer_frames": int(outer),
        } if (
            kind in _OWN_KINDS
            and all(isinstance(name, str) for name in mro)
            and len(frames) <= MAX_SHOWN
            and all(map(_is_frame, frames))
            and _is_count(outer)
        ):
            return dict(data)
        case _:
            raise AnswerGone(_UNREADABLE)


def _evidence(data: Any) -> dict[str, Any]:
    """Return what is told of a test as this side relies on it."""
    match data:
        case {
            "status": "passed" | "failed" | "error",
            "message": str(),
            "error": str(),
            "expected": str() | None,
            "actual": str() | None,
            "diff": str() | None,
            "traceback": list(frames),
            "outer_frames": int(outer),
            **more,
        } if (
            not more
            and len(frames) <= MAX_SHOWN
            and all(map(_is_frame, frames))
            and _is_count(outer)
        ):
            return dict(data)
        case _:
            raise AnswerGone(_UNREADABLE)


def _is_frame(frame: Any) -> bool:
    match frame:
        case {"file": str(), "line": int(line), "function": str(), "source": str(), **more}:
            return not more and _is_count(line)
        case _:
            return False


def _is_count(number: int) -> bool:
    return number is not True and 0 <= number <= MAX_LINE
