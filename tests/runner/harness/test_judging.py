"""One judgement in the judge: the plan, each check's result, and whose fault it is."""

import textwrap
from typing import Any

import pytest

from greenroom_runner.harness import frames, grader, judging
from greenroom_runner.harness.errors import plain_error
from greenroom_runner.harness.frames import Frame
from greenroom_runner.harness.grader import BrokenGrader

HEAD = "from greenroom_runner.harness.grading import Answer, AnswerError, check, probe\n"


class Agent:
    """The agent's end of a judge's port: grants every step, and gives one reply to all."""

    def __init__(self, reply: Frame) -> None:
        self.sent: list[Frame] = []
        self._reply = reply
        self._due: list[Frame] = []

    def send(self, frame: Frame) -> None:
        frames.pack(frame)
        self.sent.append(frame)
        match frame["t"]:
            case "plan":
                self._due.append({"t": "go"})
            case "op":
                self._due.append({**self._reply, "n": frame["n"]})
            case "check":
                self._due.append({"t": "ended"})
            case _:
                pass

    def receive(self) -> Frame | None:
        return self._due.pop(0) if self._due else None


def judged(
    checks: str, reply: Frame | None = None, mode: str = "submit", seed: int = 7
) -> list[Frame]:
    agent = Agent(reply or {"t": "reply", "value": 5})
    source = HEAD + textwrap.dedent(checks)
    job = {"grader": source, "seed": seed, "mode": mode, "files": {}, "services": ["celery"]}
    judging.judge(agent, job)  # type: ignore[arg-type]
    return agent.sent


def result(body: str, reply: Frame | None = None) -> Frame:
    """Return the result of one check with this body."""
    lines = textwrap.indent(textwrap.dedent(body).strip(), "    ")
    sent = judged(f'@check("Works", hint="Look.")\ndef works(answer, random):\n{lines}\n', reply)
    assert [frame["t"] for frame in sent if frame["t"] != "op"] == ["plan", "begin", "check"]
    return {key: value for key, value in sent[-1].items() if key not in ("t", "id", "ms")}


def test_plans_and_runs_what_is_visible_first_each_in_the_order_of_the_source() -> None:
    source = """
    @check("Second in name", group="b")
    def zebra(answer): pass

    @check("Third in name", visible=True)
    def yak(): pass

    @check("First in name", visible=True)
    def ape(): pass
    """
    assert judged(source)[0]["checks"] == [
        {"id": "yak", "name": "Third in name", "group": "", "visibility": "visible"},
        {"id": "ape", "name": "First in name", "group": "", "visibility": "visible"},
        {"id": "zebra", "name": "Second in name", "group": "b", "visibility": "hidden"},
    ]
    ran = [frame["id"] for frame in judged(source) if frame["t"] == "check"]
    assert ran == ["yak", "ape", "zebra"]
    assert [one["id"] for one in judged(source, mode="run")[0]["checks"]] == ["yak", "ape"]


DRAWING = """
@check("One", visible=True)
def one(answer, random): assert answer.call("f", random.random()) == [random.random()]

@check("Two")
def two(answer, random): assert answer.call("f", random.random()) == [random.random()]

@check("Three")
def three(answer): pass
"""


def drawn(mode: str = "submit", seed: int = 7) -> list[object]:
    """Return what the checks send and expect."""
    sent = judged(DRAWING, mode=mode, seed=seed)
    return [frame.get("args") or frame.get("expected") for frame in sent if frame["t"] in OF_CHECKS]


OF_CHECKS = ("op", "check")


def test_the_same_seed_draws_the_same_inputs() -> None:
    first, *_ = everything = drawn()
    assert everything == drawn()
    assert first not in drawn(seed=8)
    assert len(set(map(str, everything[:4]))) == 4, "two checks draw alike"


def test_a_run_draws_what_a_submission_with_its_seed_draws() -> None:
    assert drawn("run") == drawn("submit")[:2]


def test_a_plan_names_the_checks_that_draw() -> None:
    assert judged(DRAWING)[0]["random"] == ["one", "two"]
    assert judged(DRAWING, mode="run")[0]["random"] == ["one"]


def test_says_of_a_failure_what_was_seen_and_expected() -> None:
    assert result("assert answer.call('add') == 6, 'Add.'") == {
        "status": "failed",
        "message": "Add.",
        "actual": "5",
        "expected": "6",
        "diff": None,
        "hint": "Look.",
    }
    assert result("assert answer.call('add') == 5") == {"status": "passed"}


def test_what_the_answer_raised_is_an_error_with_its_lines() -> None:
    frame = {"file": "answer.py", "line": 3, "function": "f", "source": "x" * 20_000}
    error = {**plain_error("raised", "KeyError", "'x'"), "frames": [frame], "outer_frames": 2}
    found = result("answer.call('add')", {"t": "reply", "error": error})
    assert (found["status"], found["error"]) == ("error", "KeyError: 'x'")
    assert found["outer_frames"] == 2
    assert len(found["traceback"][0]["source"]) < 20_000


@pytest.mark.parametrize(
    ("kind", "status"), [("value", "failed"), ("missing", "error"), ("http", "error")]
)
def test_what_cannot_be_looked_at_says_so(kind: str, status: str) -> None:
    error = plain_error(kind, "TypeError", "It is odd.")
    found = result("answer.call('add')", {"t": "reply", "error": error})
    assert (found["status"], found["message"]) == (status, "It is odd.")


@pytest.mark.parametrize(
    "body",
    [
        "answer.call('add')['name']",
        "int(answer.call('add').strip())",
        "answer.call('add').x",
        "1 / (answer.call('add') - 5)",
        "answer.http.get(answer.call('add'))",
        "answer.http.post('/', json={'x': {answer.call('add')}})",
        "answer.call('f', 'x' * 3_000_000)",
    ],
)
def test_what_has_another_form_than_expected_fails_the_check(body: str) -> None:
    found = result(body)
    assert found["status"] == "failed"
    assert found["message"] == "What was seen does not have the form that this check relies on."


def test_what_could_not_be_looked_at_is_told_as_python_tells_it() -> None:
    assert result("{}['name']")["actual"] == "KeyError: 'name'"


def test_no_result_is_larger_than_a_frame() -> None:
    huge = {"t": "reply", "value": "\ud800" * 600_000}
    for body in (
        "seen = answer.call('x')\nassert seen == 'y', f'It said {seen}.'",
        "seen = answer.call('x')\nassert not seen, seen",
        "raise ValueError(answer.call('x'))",
        "raise AssertionError(answer.call('x'))",
    ):
        assert len(frames.pack(result(body, huge))) < 512 * 1024
    error = {**plain_error("raised", "E", ""), "type": "x" * 4_000_000}
    assert len(frames.pack(result("answer.call('x')", {"t": "reply", "error": error}))) < 64 * 1024


def reply_of_an_app(status: int, raised: str | None) -> Frame:
    value = {"status": status, "headers": [], "body": {"$": "bytes", "v": ""}, "raised": raised}
    return {"t": "reply", "value": value}


def test_a_failure_behind_a_500_is_an_error() -> None:
    body = "assert answer.http.get('/').status == 200"
    assert result(body, reply_of_an_app(500, "KeyError"))["status"] == "error"
    assert result(body, reply_of_an_app(500, None))["status"] == "failed"
    assert result(body, reply_of_an_app(404, None))["status"] == "failed"


@pytest.mark.parametrize(
    "body",
    [
        "answer.call(TWO)",
        "import nothing_of_this_name",
        "answer.probe(len)",
        "answer.call('f', len)",
    ],
)
def test_the_authors_faults_break_the_grader(body: str) -> None:
    sent = judged(f'@check("Works")\ndef works(answer):\n    {body}\n')
    assert sent[-1]["t"] == "broken"
    assert "grader.py, line " in sent[-1]["message"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def x(:", "line 1: invalid syntax"),
        ("x = 1", "grader.py has no check."),
        ("1 / 0", "line 1: ZeroDivisionError"),
        (HEAD + "@check('A')\ndef a(): ...\ndef a(): ...", "defines a twice"),
        (HEAD + "@check('A')\ndef Big(): ...", "needs a name of lower-case letters"),
        (HEAD + "@check(' ')\ndef a(): ...", "does not say what it checks"),
        (HEAD + "@check('A')\nasync def a(): ...", "must be a plain function"),
        (HEAD + "@check('A')\ndef a(answer, more): ...", "asks for more"),
        (HEAD + "X = 1\n@probe\ndef p(answer): return X", "the probe p uses X"),
    ],
)
def test_a_grader_that_cannot_run_says_where(source: str, message: str) -> None:
    with pytest.raises(BrokenGrader, match=message):
        grader.load(source)


def test_a_probe_travels_bare_and_its_asserts_stay_plain() -> None:
    source = HEAD + textwrap.dedent('''
        @probe
        def look(answer, count):
            """Look."""
            assert count  # a remark
            return count

        @check("Looks")
        def looks(answer): ...
        ''')
    probes: dict[str, Any] = grader.load(source).probes
    assert probes == {"look": "def look(answer, count):\n    assert count\n    return count"}


def asked(body: str, reply: Frame | None = None) -> list[Frame]:
    """Return what judging one check says that takes `services`, of a question with celery."""
    lines = textwrap.indent(textwrap.dedent(body).strip(), "    ")
    return judged(f'@check("Works")\ndef works(services):\n{lines}\n', reply)


def test_a_service_is_asked_in_its_own_words() -> None:
    sent = asked("assert services.redis('SET', 'key', 7, b'x') == 5")
    op = next(frame for frame in sent if frame["t"] == "op")
    del op["t"], op["n"]
    assert op == {
        "op": "service",
        "name": "redis",
        "what": "SET",
        "args": ["key", 7, {"$": "bytes", "v": "eA=="}],
    }
    assert sent[-1]["status"] == "passed"


def test_what_a_service_cannot_answer_fails_the_check_that_does_not_expect_it() -> None:
    refused = {"t": "reply", "error": plain_error("service", "ServiceError", "It is odd.")}
    failed = asked("services.redis('GET', 'x')", refused)[-1]
    assert (failed["status"], failed["message"]) == ("failed", "It is odd.")
    expecting = """
    from greenroom_runner.harness.grading import ServiceError
    try:
        services.celery('x')
    except ServiceError as problem:
        assert str(problem) == 'It is odd.'
    """
    assert asked(expecting, refused)[-1]["status"] == "passed"


def test_a_service_that_is_not_listed_is_the_graders_fault() -> None:
    [_, _, broken] = asked("services.postgres('SELECT 1')")
    assert broken["t"] == "broken"
    assert broken["message"] == (
        "grader.py, line 4: GraderMistake: "
        "The question lists no service postgres in its question.toml."
    )
