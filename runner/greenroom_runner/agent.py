"""The runner agent: the one process that holds the engine, its warm sandboxes and their deadlines.

It listens on a socket for two requests: carry out a judgement, and say how you are. It answers from
its first moment, while the engine is still made ready behind it. At its end it lets go of callers
first, so that none of them takes a judgement that was cut short for one that came to an end.
"""

import logging
import socket
import threading
import time
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, ValidationError

from greenroom_runner import session
from greenroom_runner.caller import Caller
from greenroom_runner.engine import Engine, EngineError
from greenroom_runner.idle import stop_all
from greenroom_runner.jobs import Jobs, Judge
from greenroom_runner.judges import Judges
from greenroom_runner.listening import listening
from greenroom_runner.pool import Pool, PoolSettings
from greenroom_runner.readiness import Readiness
from greenroom_runner.request import RunRequest
from greenroom_runner.slots import BusyError, Slots, WaitCancelledError
from greenroom_runner.status import RunnerStatus
from greenroom_runner.wire import LineError, LineReader

log = logging.getLogger(__name__)

STOP_SECONDS = 1.5
CONNECTIONS = 128


@dataclass(frozen=True)
class AgentSettings:
    """How many judgements run at once and may wait; seconds of patience with the engine."""

    slots: int = 2
    waiting: int = 64
    patience: float = 20
    pool: PoolSettings = field(default_factory=PoolSettings)
    judge: Judge = session.judge


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid")

    op: str
    request: RunRequest | None = None


class Agent:
    """Everything between a caller's socket and the engine."""

    def __init__(self, engine: Engine, settings: AgentSettings) -> None:
        self._engine = engine
        self._pool = Pool(engine, settings.pool)
        self._readiness = Readiness(engine, self._pool.start)
        self._judges = Judges(engine, self._pool, limit=settings.slots + 2)
        self._slots = Slots(settings.slots, settings.waiting)
        self._jobs = Jobs(
            engine,
            self._readiness,
            self._pool,
            self._judges,
            self._slots,
            settings.patience,
            settings.judge,
        )
        self._lock = threading.Lock()
        self._callers: dict[Caller, threading.Thread] = {}
        self._stopping = False

    def start(self) -> None:
        """Get the engine ready, in the background."""
        self._readiness.start()

    def accept(self, listener: socket.socket) -> None:
        """Serve callers until the listener is shut down."""
        while not self._stopping:
            try:
                connection, _ = listener.accept()
            except OSError:
                if not self._stopping:  # out of descriptors, say: callers leave and give some back
                    log.exception("no caller can be accepted")
                    time.sleep(0.2)
                continue
            self._take_on(connection)

    def stop(self) -> None:
        """Leave the callers, then end every sandbox. Bounded in time."""
        deadline = time.monotonic() + STOP_SECONDS
        with self._lock:
            self._stopping = True
            callers = dict(self._callers)
        for caller in callers:
            caller.leave()
        self._readiness.stop()
        sandboxes = [*self._pool.close(), *self._judges.close(), *self._jobs.close()]
        stop_all(sandboxes, deadline - time.monotonic())
        self._pool.join(max(0.0, deadline - time.monotonic()))
        for thread in callers.values():
            thread.join(max(0.0, deadline - time.monotonic()))

    def status(self) -> RunnerStatus:
        """Return how the runner is."""
        return RunnerStatus(
            engine=self._engine.name,
            state=self._readiness.state,
            message=self._readiness.message,
            progress=self._readiness.progress,
            image_digest=self._engine.image_digest(),
            pool=self._pool.counts(),
            pool_memory=self._pool.memory(),
            judges=self._judges.count(),
            queue=self._slots.counts(),
            last_error=self._pool.last_error,
        )

    def _take_on(self, connection: socket.socket) -> None:
        caller = Caller(connection)
        thread = threading.Thread(
            target=self._serve, args=(connection, caller), name="judgement", daemon=True
        )
        with self._lock:
            welcome = not self._stopping and len(self._callers) < CONNECTIONS
            if welcome:
                self._callers[caller] = thread
        if welcome:
            thread.start()
        else:
            caller.refuse("busy", "The runner has too many callers.")
            connection.close()

    def _serve(self, connection: socket.socket, caller: Caller) -> None:
        try:
            with connection:
                message = _read(connection, caller)
                if message is not None:
                    self._answer(message, caller)
        except Exception:  # one caller's fault is not the next one's
            log.exception("serving a caller failed")
        finally:
            with self._lock:
                self._callers.pop(caller, None)

    def _answer(self, message: _Message, caller: Caller) -> None:
        if message.op == "status":
            caller.emit(self.status())
        elif message.op == "run" and message.request is not None:
            with caller.watched():
                self._run(message.request, caller)
        else:
            caller.refuse("invalid", "The runner knows the requests run and status.")

    def _run(self, request: RunRequest, caller: Caller) -> None:
        try:
            self._jobs.run(request, caller.emit, caller.gone)
        except BusyError as error:
            caller.refuse("busy", str(error))
        except EngineError as error:
            caller.refuse("engine", str(error))
        except WaitCancelledError:
            log.info("a caller left while it waited", extra={"judgement": request.judgement_id})


def run_agent(
    address: str,
    engine: Engine,
    stop: threading.Event,
    settings: AgentSettings | None = None,
) -> None:
    """Serve at `address` (`unix:///path` or `tcp://host:port`) until `stop` is set.

    A signal handler of the caller sets `stop`; within 2 s it returns and every sandbox is gone. A
    stale socket is replaced. Raises AddressTakenError where another agent answers, and AddressError
    where the address is none; both are one plain sentence. `selection.choose_engine` gives
    the engine.
    """
    with listening(address) as listener:
        agent = Agent(engine, settings or AgentSettings())
        accepting = threading.Thread(target=agent.accept, args=(listener,), daemon=True)
        agent.start()
        accepting.start()
        log.info("runner listens at %s", address)
        try:
            stop.wait()
        finally:
            agent.stop()
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join(1)


def _read(connection: socket.socket, caller: Caller) -> _Message | None:
    try:
        line = LineReader(connection).next()
    except (LineError, OSError) as error:
        caller.refuse("invalid", f"The request cannot be read: {error}")
        return None
    if not line:
        return None
    try:
        return _Message.model_validate_json(line)
    except ValidationError as error:
        caller.refuse("invalid", f"The request is not valid: {_first(error)}")
        return None


def _first(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part) for part in problem["loc"])
    return f"{where}: {problem['msg']}" if where else str(problem["msg"])
