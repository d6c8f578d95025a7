"""`greenroom runner`: the runner agent, the one process that talks to the container engine."""

import hashlib
import os
import signal
import threading
from types import FrameType

import typer

from greenroom.commands.sandbox import chosen, engine_called
from greenroom.commands.terminal import plain_faults
from greenroom.core import log
from greenroom.core.config import Settings, settings
from greenroom.core.errors import ConfigurationError
from greenroom_runner.agent import AgentSettings, run_agent
from greenroom_runner.engine import Engine
from greenroom_runner.listening import AddressTakenError
from greenroom_runner.pool import PoolSettings, default_memory_mib
from greenroom_runner.wire import AddressError

app = typer.Typer(add_completion=False)


@app.command("runner")
@plain_faults
def run() -> None:
    """Start the runner agent alone."""
    log.configure(settings().log_level, quiet=("docker", "urllib3"))
    engine = _engine(settings())
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    try:
        run_agent(settings().runner, engine, stop, _agent_settings(settings()))
    except (AddressTakenError, AddressError) as error:
        raise ConfigurationError(str(error)) from None


def _agent_settings(given: Settings) -> AgentSettings:
    slots, budget = given.worker_concurrency, given.pool_memory_mib
    pool = PoolSettings(
        memory_mib=default_memory_mib() if budget is None else budget,
        starters=min(slots, os.cpu_count() or 1),
    )
    return AgentSettings(slots=slots, pool=pool)


def _engine(given: Settings) -> Engine:
    # `docker` is waited for: the agent may start before the engine does.
    name = "docker" if given.sandbox == "docker" else chosen(given, typer.echo)
    return engine_called(name, owner_of(given), given)


def owner_of(given: Settings) -> str:
    """Return a name for this installation, by which its containers are told from others'."""
    return hashlib.sha256(given.runner.encode()).hexdigest()[:16]
