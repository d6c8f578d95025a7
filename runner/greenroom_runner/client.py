"""The caller's end: hand a request to the agent and read events until the last one."""

import json
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing

from pydantic import ValidationError

from greenroom_runner.events import EVENT, Event, Finished
from greenroom_runner.request import RunRequest
from greenroom_runner.status import RunnerStatus
from greenroom_runner.wire import BEAT_SECONDS, LineError, LineReader, encode, parse_address

CONNECT_SECONDS = 5
SILENCE_SECONDS = 6 * BEAT_SECONDS
_GLANCE_SECONDS = 0.2


class RunnerUnavailableError(Exception):
    """No judgement took place, by no fault of the answer. The message says why; try again later."""


class RunnerBusyError(RunnerUnavailableError):
    """The runner's queue is full."""


class RunnerClient:
    """Talks to the agent at `url` (`unix:///path` or `tcp://host:port`), one connection a call."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._address = parse_address(url)

    def run(
        self, request: RunRequest, cancelled: Callable[[], bool] = lambda: False
    ) -> Iterator[Event]:
        """Yield the events of one judgement; the last one is `Finished`.

        `cancelled` is asked several times a second; once it says yes, the judgement is given up and
        ends as `cancelled`. Closing the iterator gives it up as well. Raises
        RunnerUnavailableError.
        """
        message = {"op": "run", "request": request.model_dump(mode="json")}
        with closing(self._connect()) as connection:
            self._send(connection, message)
            connection.settimeout(_GLANCE_SECONDS)
            reader = LineReader(connection)
            while (line := self._line(reader, cancelled)) is not None:
                event = _event(line)
                yield event
                if isinstance(event, Finished):
                    return
            yield Finished(outcome="cancelled", message="The judgement was cancelled.")

    def status(self) -> RunnerStatus:
        """Return what the agent says about itself. Raises RunnerUnavailableError."""
        with closing(self._connect()) as connection:
            self._send(connection, {"op": "status"})
            try:
                line = LineReader(connection).next()
                return RunnerStatus.model_validate_json(line or b"")
            except (OSError, LineError, ValidationError) as error:
                raise RunnerUnavailableError(
                    f"The runner at {self._url} gave no status."
                ) from error

    def _connect(self) -> socket.socket:
        try:
            return self._address.connect(CONNECT_SECONDS)
        except OSError as error:
            raise RunnerUnavailableError(
                f"The runner at {self._url} does not answer ({error.strerror or error}). "
                "Is it started?"
            ) from error

    def _send(self, connection: socket.socket, message: Mapping[str, object]) -> None:
        try:
            connection.sendall(encode(message))
        except OSError as error:
            raise RunnerUnavailableError(f"The runner at {self._url} does not listen.") from error

    def _line(self, reader: LineReader, cancelled: Callable[[], bool]) -> bytes | None:
        """Return the next line, None when the caller gave up."""
        deadline = time.monotonic() + SILENCE_SECONDS
        while not cancelled():
            try:
                line = reader.next()
            except TimeoutError:
                if time.monotonic() < deadline:
                    continue
                raise RunnerUnavailableError(f"The runner at {self._url} fell silent.") from None
            except (OSError, LineError) as error:
                raise RunnerUnavailableError(f"The runner at {self._url} was lost.") from error
            if line is None:
                raise RunnerUnavailableError(f"The runner at {self._url} stopped in the middle.")
            if line:
                return line
            deadline = time.monotonic() + SILENCE_SECONDS
        return None


def _event(line: bytes) -> Event:
    try:
        return EVENT.validate_json(line)
    except ValidationError as error:
        raise _refusal(line) or RunnerUnavailableError(
            "The runner sent something that is no event. Do its version and this one match?"
        ) from error


def _refusal(line: bytes) -> RunnerUnavailableError | None:
    """Return why the agent took no judgement on, if that is what the line says."""
    try:
        message = json.loads(line)
    except ValueError:
        return None
    if not isinstance(message, dict) or "refused" not in message:
        return None
    kind = RunnerBusyError if message["refused"] == "busy" else RunnerUnavailableError
    return kind(str(message.get("message", "The runner refused.")))
