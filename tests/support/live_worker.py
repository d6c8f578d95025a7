"""The real worker program, beside a test: Celery, its judging processes, the one that sweeps."""

import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from greenroom.core import pulse
from greenroom.core.redis import client
from tests.fakes.runner import FakeRunner
from tests.support.waiting import until

START_SECONDS = 40
END_SECONDS = 20
_PEER = struct.Struct("iII")


@contextmanager
def working(log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run `greenroom worker` with the test's settings; it has spoken once when this begins."""
    program = Path(sys.executable).with_name("greenroom")
    with log.open("wb") as written:
        worker = subprocess.Popen([program, "worker"], stdout=written, stderr=written)
    try:
        until(lambda: spoke(worker), START_SECONDS, log.read_text)
        yield worker
    finally:
        worker.send_signal(signal.SIGTERM)
        try:
            worker.wait(END_SECONDS)
        finally:
            worker.kill()
            worker.wait()


def spoke(worker: subprocess.Popen[bytes]) -> bool:
    assert worker.poll() is None, "the worker ended"
    return bool(client().get(pulse.KEY))


def judging_process(runner: FakeRunner, number: int = -1) -> int:
    """Return the id of the process that asked the runner, by default last."""
    connection = runner.callers[number]._connection
    said = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    pid: int = _PEER.unpack(said)[0]
    return pid
