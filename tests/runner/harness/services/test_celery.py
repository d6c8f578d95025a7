from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from textwrap import dedent
from typing import Any

import celery
import pytest
import redis
from celery import _state
from celery.exceptions import SoftTimeLimitExceeded
from celery.result import AsyncResult

from greenroom_runner.harness.confining import Confinement
from greenroom_runner.harness.services.celery import Celery
from greenroom_runner.harness.services.protocol import ServiceError
from tests.support.beside import Start, Started
from tests.support.sandboxes import eventually

APP = """
import os, signal, subprocess, sys, time
from celery import Celery

celery_app = Celery("shop")
"""
"""What every answer here begins with."""


class Worker:
    """A service with a worker, and a client that sends it tasks."""

    def __init__(self, started: Started) -> None:
        self.started = started
        url = started.environment["CELERY_BROKER_URL"]
        self.client = celery.Celery("client", broker=url, backend=url)
        self.redis = redis.Redis.from_url(url, decode_responses=True)

    def send(self, task: str, *arguments: Any, **options: Any) -> AsyncResult[Any]:
        return self.client.send_task(f"answer.{task}", arguments, **options)

    def ask(self, what: str, *arguments: Any) -> Any:
        return self.started.ask(what, *arguments)

    def close(self) -> None:
        self.client.close()
        self.redis.close()


Launch = Callable[[str], Worker]


@pytest.fixture
def launch(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Launch]:
    """Start the worker of an answer. It knows no task that this process has from elsewhere."""
    known = vars(_state)["_on_app_finalizers"]
    own = {each for each in known if each.__module__ != "celery.app"}
    monkeypatch.setattr("celery._state._on_app_finalizers", own)
    workers: list[Worker] = []

    def launched(answer: str) -> Worker:
        (tmp_path / "answer.py").write_text(dedent(answer), "utf-8")
        started = start("celery")
        for name, value in started.environment.items():
            monkeypatch.setenv(name, value)
        assert isinstance(started.service, Celery)
        folder = str(tmp_path)
        workers.append(Worker(started))
        started.keep()
        started.service.accompany(
            Confinement(folder, folder, "answer.py", None, 512, 32, 100_000, 60)
        )
        return workers[-1]

    yield launched
    for worker in workers:
        worker.close()


ADD = f"""{APP}
@celery_app.task
def add(a, b):
    print("adding")
    return a + b
"""


def test_a_task_of_the_answer_is_run_by_its_worker(launch: Launch) -> None:
    worker = launch(ADD)
    result = worker.send("add", 1, 2)
    assert worker.ask("wait_idle", 20)
    assert result.get(timeout=1) == 3
    state = worker.ask("state")
    assert "adding" in state.pop("log")
    assert state == {"tasks": ["answer.add"], "waiting": 0, "taken": 0, "active": 0}


@pytest.mark.parametrize("name", ["celery_app", "celery", "app"])
def test_the_app_is_found_by_its_name(launch: Launch, name: str) -> None:
    app = f"from celery import Celery\n{name} = Celery('shop')\n@{name}.task\ndef one(): return 1\n"
    assert launch(app).ask("state")["tasks"] == ["answer.one"]


def test_an_app_of_another_kind_is_no_celery_app(launch: Launch) -> None:
    answer = ADD + "app = object()\ncelery = print\n"
    assert launch(answer).ask("state")["tasks"] == ["answer.add"]


def test_the_app_may_be_in_another_file(launch: Launch, tmp_path: Path) -> None:
    (tmp_path / "jobs.py").write_text("from celery import Celery\napp = Celery('shop')\n", "utf-8")
    assert launch("import sys\nsys.path.insert(0, '.')\nimport jobs\n").ask("state")["tasks"] == []


def test_an_answer_without_an_app_is_told_what_to_call_it(launch: Launch) -> None:
    with pytest.raises(ServiceError) as refused:
        launch("application = 1\n")
    expected = "The answer has no Celery app. Call it celery_app, celery or app."
    assert str(refused.value) == expected


def test_a_worker_that_does_not_start_is_told_with_its_last_words(launch: Launch) -> None:
    with pytest.raises(
        ServiceError, match=r"^The Celery worker ended by itself \(exit code \d\)\. "
    ) as it:
        launch(APP + "celery_app.conf.worker_consumer = 'nowhere:Consumer'\n").ask("state")
    assert "nowhere" in str(it.value)


def test_a_worker_that_cannot_load_the_answer_says_why(launch: Launch) -> None:
    with pytest.raises(ServiceError, match=r"^The Celery worker cannot load the answer: ValueErr"):
        launch("raise ValueError('no')\n")


def test_a_task_that_kills_its_worker_is_told_until_the_next_reset(launch: Launch) -> None:
    kill = "@celery_app.task\ndef kill():\n    os.kill(os.getppid(), signal.SIGKILL)\n"
    worker = launch(ADD + kill)
    worker.send("kill")
    for _ in range(2):
        with pytest.raises(ServiceError, match=r"^The Celery worker ended by itself \(signal 9\)"):
            worker.ask("wait_idle", 20)
    worker.started.reset()
    assert worker.send("add", 1, 2).get(timeout=20) == 3


def test_a_task_that_fails_is_no_end_of_the_worker(launch: Launch) -> None:
    worker = launch(ADD + "@celery_app.task\ndef fail():\n    raise ValueError('no such order')\n")
    worker.send("fail")
    assert worker.ask("wait_idle", 20)
    assert "no such order" in worker.ask("state")["log"]


def test_time_limits_are_kept(launch: Launch) -> None:
    slow = "@celery_app.task(soft_time_limit=0.2)\ndef slow():\n    time.sleep(60)\n"
    worker = launch(APP + slow)
    result = worker.send("slow")
    with pytest.raises(SoftTimeLimitExceeded):
        result.get(timeout=20)


BLOCKED = """
@celery_app.task
def block(key):
    import redis
    redis.Redis.from_url(os.environ["REDIS_URL"]).blpop(key)
"""


def test_a_worker_is_idle_when_nothing_is_waiting_taken_or_active(launch: Launch) -> None:
    worker = launch(APP + BLOCKED)
    for _ in range(7):
        worker.send("block", "go")
    eventually(lambda: _counts(worker) == (2, 4, 1), "other numbers of tasks are about")
    assert not worker.ask("wait_idle", 0.1)
    worker.redis.rpush("go", *range(7))
    assert worker.ask("wait_idle", 20)


def _counts(worker: Worker) -> tuple[int, int, int]:
    """How many tasks are in the queue, with the worker, and under way."""
    state = worker.ask("state")
    return state["waiting"], state["taken"], state["active"]


def test_a_task_for_later_is_not_idle(launch: Launch) -> None:
    worker = launch(ADD)
    worker.send("add", 1, 2, countdown=60)
    eventually(lambda: worker.ask("state")["taken"] == 1, "the task was not taken")
    assert not worker.ask("wait_idle", 0.1)


def test_a_reset_ends_the_worker_and_all_that_it_runs(launch: Launch) -> None:
    leave = """
@celery_app.task
def leave():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE,
                             start_new_session=True)
    return child.pid
"""
    worker = launch(ADD + BLOCKED + leave)
    left = Path("/proc", str(worker.send("leave").get(timeout=20)))
    assert left.exists()
    for _ in range(3):
        worker.send("block", "never")
    eventually(lambda: worker.ask("state")["active"] == 1, "no task is active")
    worker.started.reset()
    eventually(lambda: not left.exists(), "a process of a task is left")
    assert worker.ask("wait_idle", 20)
    assert worker.send("add", 1, 2).get(timeout=20) == 3


def test_what_loading_queued_is_queued_before_every_check(launch: Launch) -> None:
    worker = launch(ADD)
    worker.redis.set("kept", "yes")
    worker.started.services["redis"].keep()
    worker.redis.delete("kept")
    worker.started.reset()
    assert worker.redis.get("kept") == "yes"


@pytest.mark.parametrize(
    "forged",
    [b"\0\0\0\2{}", b"\xff\xff\xff\xff", b"\0\0\0\1x", b'\0\0\0\x11{"t":"state","n":1}'],
    ids=["empty", "endless", "no JSON", "incomplete"],
)
def test_a_forged_report_is_an_observation_at_most(launch: Launch, forged: bytes) -> None:
    forge = f"""
@celery_app.task
def forge():
    for name in os.listdir("/proc/self/fd"):
        try:
            os.write(int(name), {forged!r})
        except OSError:
            pass
"""
    worker = launch(ADD + forge)
    worker.send("forge")
    with closing(worker.client):
        eventually(lambda: _answers(worker), "it neither answers nor ends")
    worker.started.reset()
    assert worker.ask("wait_idle", 20)


def _answers(worker: Worker) -> bool:
    try:
        return worker.ask("wait_idle", 5) is True
    except ServiceError:
        return True


def test_the_worker_runs_where_and_as_the_answer_does(launch: Launch, tmp_path: Path) -> None:
    look = "@celery_app.task\ndef look():\n    return [os.getcwd(), os.environ['HOME']]\n"
    worker = launch(APP + look)
    assert worker.send("look").get(timeout=20) == [str(tmp_path)] * 2


def test_it_cannot_be_launched_by_a_grader(launch: Launch) -> None:
    with pytest.raises(ServiceError, match=r"^The celery service knows no 'launch'\. Ask for stat"):
        launch(ADD).ask("launch", {})
