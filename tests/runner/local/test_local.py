"""Judging in local processes, with bubblewrap and without: same verdicts, and nothing left."""

import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from greenroom.judging.service import Result
from greenroom_runner.client import RunnerUnavailableError
from greenroom_runner.local import LocalEngine
from greenroom_runner.session import await_ready
from tests.support.agents import Agent, result_of, run_request, running_agent
from tests.support.sandboxes import eventually

GRADER = """
from greenroom_runner.harness.grading import Answer, check


@check("Adds", visible=True)
def adds(answer: Answer) -> None:
    assert answer.call("add", 2, 3) == 5, "2 and 3 make 5."
"""
WRAPPED, PLAIN = "bubblewrap", "limits alone"
Judge = Callable[[Agent, str], Result]


@pytest.fixture(scope="module")
def wrapped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    with running_agent(tmp_path_factory.mktemp("wrapped"), "local") as agent:
        yield agent


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    """An agent that finds no bubblewrap, as on a machine that lacks it."""
    lonely = str(Path(sys.executable).parent)
    with running_agent(tmp_path_factory.mktemp("plain"), "local", PATH=lonely) as agent:
        yield agent


@pytest.fixture(params=[WRAPPED, PLAIN])
def agent(request: pytest.FixtureRequest) -> Agent:
    name = "wrapped" if request.param == WRAPPED else "plain"
    found: Agent = request.getfixturevalue(name)
    return found


def judged(agent: Agent, body: str) -> Result:
    """Judge an answer whose `add` has this body."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    files = {"answer.py": f"import ctypes, os, socket, time\n\n\ndef add(left, right):\n{lines}"}
    return result_of(list(agent.client.run(run_request(GRADER, files))))


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("return left + right", "accepted"),
        ("return left - right", "wrong_answer"),
        ("raise ValueError", "runtime_error"),
        ("return )", "syntax_error"),
        ("while True: pass", "time_limit"),
        ("kept = []\nwhile True: kept.append(bytearray(b'x' * 10_000_000))", "memory_limit"),
        ("while True: print('x' * 10_000_000)", "output_limit"),
    ],
)
def test_judges_as_in_a_container(agent: Agent, body: str, verdict: str) -> None:
    result = judged(agent, body)
    assert result.verdict == verdict, result
    assert result.image_digest.startswith("local:")


NETWORK = """
with socket.socket() as caller:
    caller.settimeout(5)
    return left + right if caller.connect_ex(("127.0.0.1", {port})) == 0 else None
"""


def test_limits_alone_judge_in_the_temporary_folder_that_all_users_share(tmp_path: Path) -> None:
    """There, who is root runs the answer as another user, if that one can read the libraries."""
    lonely = str(Path(sys.executable).parent)
    with (
        tempfile.TemporaryDirectory(prefix="greenroom-test-", dir="/tmp") as shared,
        running_agent(tmp_path, "local", PATH=lonely, TMPDIR=shared) as agent,
    ):
        Path(shared).chmod(0o777)
        writes = "open('kept', 'w').write('x')\nreturn len(open('kept').read()) + left + 1"
        assert judged(agent, writes).verdict == "wrong_answer"
        assert judged(agent, writes + " + 1").verdict == "accepted"


def test_bubblewrap_keeps_the_network_away(wrapped: Agent, plain: Agent) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        asks = NETWORK.format(port=server.getsockname()[1]).strip()
        assert judged(wrapped, asks).verdict == "wrong_answer"
        assert judged(plain, asks).verdict == "accepted"


def test_bubblewrap_keeps_files_and_processes_away(
    wrapped: Agent, plain: Agent, tmp_path: Path
) -> None:
    (tmp_path / "mine").write_text("secret")
    seen = f"os.path.exists({str(tmp_path / 'mine')!r}), os.path.exists('/proc/{os.getpid()}')"
    asks = f"return left + right if any(({seen})) else None"
    assert judged(wrapped, asks).verdict == "wrong_answer"
    assert judged(plain, asks).verdict == "accepted"


LEAVE = """
ctypes.CDLL(None).prctl(15, {name!r}, 0, 0, 0)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 256)
        time.sleep(1000)
    os._exit(0)
open(os.path.join(os.environ["TMPDIR"], "left"), "w").close()
"""


def test_nothing_outlives_its_check(agent: Agent) -> None:
    name = new_name()
    result = judged(agent, LEAVE.format(name=name).strip() + "\nreturn left + right")
    assert result.verdict == "accepted", result
    eventually(lambda: not processes_called(name), "a process was left behind")


@pytest.mark.parametrize("kind", [WRAPPED, PLAIN])
def test_a_killed_agent_leaves_nothing(tmp_path: Path, kind: str) -> None:
    path = os.environ["PATH"] if kind == WRAPPED else str(Path(sys.executable).parent)
    name = new_name()
    with running_agent(tmp_path, "local", PATH=path) as agent:
        asks = LEAVE.format(name=name).strip() + "\nwhile True: pass"
        caller = threading.Thread(target=given_up, args=(agent, asks))
        caller.start()
        eventually(lambda: len(processes_called(name)) >= 2, "the answer never ran")
        below = descendants(agent.process.pid)
        agent.process.send_signal(signal.SIGKILL)
        caller.join()
        eventually(lambda: not below & set(parents()), "a sandbox outlived its agent")
        eventually(lambda: not processes_called(name), "an answer outlived its agent")
        eventually(lambda: sandbox_folders(tmp_path) == [], "temporary files were left")


def given_up(agent: Agent, body: str) -> None:
    with pytest.raises(RunnerUnavailableError):
        judged(agent, body)


def test_folders_of_its_sandboxes_go_with_the_agent(tmp_path: Path) -> None:
    with running_agent(tmp_path, "local", PATH=str(Path(sys.executable).parent)) as agent:
        assert judged(agent, "return left + right").verdict == "accepted"
        assert sandbox_folders(tmp_path)
        below = descendants(agent.process.pid)
    assert sandbox_folders(tmp_path) == []
    assert not below & set(parents())


@pytest.mark.parametrize("bubblewrap", [True, False])
@pytest.mark.parametrize("ending", ["stopped", "killed"])
def test_services_end_with_their_sandbox(bubblewrap: bool, ending: str) -> None:
    sandbox = LocalEngine(bubblewrap=bubblewrap).start_candidate("pydantic", ["postgres", "redis"])
    try:
        await_ready(sandbox, 30)
        running = descendants(sandbox._process.pid)
        assert len(running) >= 5, "the two services and what PostgreSQL starts"
        if ending == "killed":
            sandbox._process.kill()
    finally:
        sandbox.stop()
    eventually(lambda: not running & set(parents()), "a service outlived its sandbox")


def sandbox_folders(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name not in {"log", "r.sock"}]


def new_name() -> bytes:
    """Return a name for a process that nobody else has, as long as the kernel keeps."""
    return f"left-{uuid4().hex}"[:15].encode()


def processes_called(name: bytes) -> list[int]:
    found = []
    for pid in parents():
        try:
            if Path("/proc", str(pid), "comm").read_bytes().strip() == name:
                found.append(pid)
        except OSError:
            continue
    return found


def parents() -> dict[int, int]:
    """Map every process that runs to its parent."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            except OSError:
                continue
            if state != "Z":
                found[int(folder.name)] = int(parent)
    return found


def descendants(pid: int) -> set[int]:
    known = parents()
    found: set[int] = set()
    level = {pid}
    while level:
        level = {child for child, parent in known.items() if parent in level}
        found |= level
    return found
