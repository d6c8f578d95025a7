import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from greenroom_runner.harness.services.process import ProcessService
from greenroom_runner.harness.services.protocol import ServiceError
from tests.support.beside import Start, Started
from tests.support.sandboxes import eventually

ALONE = """
import signal
from pathlib import Path
from greenroom_runner.harness.services.mail import Mail
service = Mail()
service.start(Path("/nowhere"))
print(service._process.pid, flush=True)
signal.pause()
"""
LIVES_ON = """
from pathlib import Path
from greenroom_runner.harness import system
from greenroom_runner.harness.services.mail import Mail
system.guard()
service = Mail()
service.start(Path("/nowhere"))
folder = Path("/proc", str(service._process.pid))
system.end_descendants(keep=1)
print(service.ask("messages", []), folder.exists(), flush=True)
found = service.ask("messages", [])
service.stop()
print(found, folder.exists())
"""


def pid_of(started: Started) -> int:
    assert isinstance(started.service, ProcessService)
    return started.service._running.pid


def test_a_question_that_nobody_knows_is_refused_with_those_that_are_known(start: Start) -> None:
    with pytest.raises(ServiceError, match=r"^The target service knows no 'x'\. Ask for answer, r"):
        start("target").ask("x")


def test_a_question_with_other_arguments_is_refused(start: Start) -> None:
    with pytest.raises(ServiceError, match=r"^'requests' cannot be asked like that: too many pos"):
        start("target").ask("requests", 1)


def test_a_question_that_fails_says_how_and_the_service_lives_on(start: Start) -> None:
    target = start("target")
    with pytest.raises(ServiceError, match=r"^The target service failed: TypeError: "):
        target.ask("answer", "GET", "/", 200, {1, 2})
    assert target.ask("requests")["counts"] == {}


def test_too_much_is_refused_on_the_way_in(start: Start) -> None:
    target = start("target")
    with pytest.raises(ServiceError, match=r"^The target service was given too much\.$"):
        target.ask("answer", "GET", "/", 200, ["\0" * 1_000_000])
    assert target.ask("requests")["counts"] == {}


def test_too_much_is_refused_on_the_way_out(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("greenroom_runner.harness.values.MAX_TEXT", 3)
    with pytest.raises(ServiceError, match=r"^What the target service has seen cannot be told: "):
        start("target").ask("requests")


def test_it_ends_with_the_harness() -> None:
    with subprocess.Popen([sys.executable, "-c", ALONE], stdout=subprocess.PIPE) as harness:
        assert harness.stdout is not None
        service = Path("/proc", harness.stdout.readline().decode().strip())
        assert service.exists()
        harness.kill()
        harness.wait()
        eventually(lambda: not service.exists(), "the service outlived the harness")


def test_it_holds_nothing_of_the_harness(start: Start, tmp_path: Path) -> None:
    with (tmp_path / "secret").open("wb") as secret:
        held = Path("/proc", str(pid_of(start("mail"))), "fd").iterdir()
        assert Path(secret.name) not in {each.readlink() for each in held}


def test_it_leads_a_session_of_its_own_and_is_bounded(start: Start) -> None:
    pid = pid_of(start("mail"))
    limits = Path("/proc", str(pid), "limits").read_text("ascii")
    assert os.getsid(pid) == pid
    assert "unlimited" not in next(line for line in limits.splitlines() if "data size" in line)[:46]


def test_one_that_was_brought_down_says_so_and_comes_back_on_the_same_port(start: Start) -> None:
    mail = start("mail")
    first = pid_of(mail)
    os.kill(first, signal.SIGKILL)
    with pytest.raises(ServiceError, match=r"^The mail service ended: it was sent more than it"):
        mail.ask("messages")
    mail.reset()
    assert mail.ask("messages") == []
    assert pid_of(mail) != first
    address = (mail.environment["SMTP_HOST"], int(mail.environment["SMTP_PORT"]))
    with socket.create_connection(address) as connection:
        assert connection.recv(3) == b"220"


def test_it_lives_through_the_end_of_a_check_and_ends_with_stop() -> None:
    # In a process of its own: the end of a check ends whatever else is below this one.
    done = subprocess.run(
        [sys.executable, "-c", LIVES_ON], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout, done.returncode) == ("[] True\n[] False\n", 0), done.stderr
