"""Open suites in containers: whatever an answer does there, it gets a verdict of its own, and where
it does not cheat it is not accepted.
"""

from collections.abc import Iterator

import pytest

from greenroom.judging.service import Result
from tests.support.agents import Agent, result_of, run_request, running_agent
from tests.support.open_suites import REFERENCE, STARTER, TESTS, TRUNCATES, suite_of

FILES = {"test_prices.py": TESTS}


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    with running_agent(tmp_path_factory.mktemp("agent"), "docker") as agent:
        yield agent


def judged(agent: Agent, answer: str, fresh: bool = True) -> Result:
    request = run_request(None, {"answer.py": answer}, suite=suite_of(FILES), fresh=fresh)
    return result_of(list(agent.client.run(request)))


def statuses(result: Result) -> list[str]:
    return [str(check["status"]) for check in result.checks]


RAISES = "def rounded(price):\n    raise LookupError\n"
SLOW = "def rounded(price):\n    while True: pass\n"
GREEDY = (
    "def rounded(price):\n    kept = []\n    while True: kept.append(bytearray(b'x' * 10**7))\n"
)
LOUD = "def rounded(price):\n    while True: print('x' * 100_000)\n"
LEAVES = "import os\ndef rounded(price):\n    os._exit(0)\n"
ENDS = "import sys\ndef rounded(price):\n    sys.exit(0)\n"
EXITS_PYTEST = "import pytest\ndef rounded(price):\n    pytest.exit('done', 0)\n"
SKIPS = "import pytest\ndef rounded(price):\n    pytest.skip('not today')\n"
INTERRUPTS = "def rounded(price):\n    raise KeyboardInterrupt\n"
LEAVES_AT_ONCE = "import os\nos._exit(0)\n"
SLOW_AT_ONCE = "while True: pass\n"
GREEDY_AT_ONCE = "kept = []\nwhile True: kept.append(bytearray(b'x' * 10**7))\n"
ANSWERS = [
    (REFERENCE, "accepted", ["passed"] * 3),
    (TRUNCATES, "wrong_answer", ["passed", "failed", "passed"]),
    (STARTER, "wrong_answer", ["failed"] * 3),
    (RAISES, "runtime_error", ["error"] * 3),
    ("x = 1\n", "runtime_error", ["error"] * 3),
    ("def rounded(:\n", "syntax_error", ["not_run"] * 3),
    (SLOW, "time_limit", ["time_limit", "not_run", "not_run"]),
    (GREEDY, "memory_limit", ["memory_limit", "not_run", "not_run"]),
    (LOUD, "output_limit", ["output_limit", "not_run", "not_run"]),
    (LEAVES, "runtime_error", ["error"] * 3),
    (ENDS, "runtime_error", ["error"] * 3),
    (EXITS_PYTEST, "runtime_error", ["error"] * 3),
    (SKIPS, "wrong_answer", ["failed"] * 3),
    (INTERRUPTS, "runtime_error", ["error"] * 3),
    (LEAVES_AT_ONCE, "runtime_error", ["not_run"] * 3),
    (SLOW_AT_ONCE, "time_limit", ["not_run"] * 3),
    (GREEDY_AT_ONCE, "memory_limit", ["not_run"] * 3),
]


@pytest.mark.parametrize("fresh", [True, False])
@pytest.mark.parametrize(("answer", "verdict", "found"), ANSWERS)
def test_gets_its_verdict(
    agent: Agent, answer: str, verdict: str, found: list[str], fresh: bool
) -> None:
    result = judged(agent, answer, fresh)
    assert (result.verdict, statuses(result)) == (verdict, found), result


DELETES = """
import pathlib
for test in pathlib.Path(".").glob("test_*"):
    test.unlink()
"""
EMPTIES = """
import pathlib
for test in pathlib.Path(".").glob("test_*"):
    test.write_text("")
"""
BREAKS_PYTEST = """
import pytest, _pytest.runner, _pytest.config, pluggy
def no(*args, **kwargs): raise SystemError("no more")
_pytest.runner.runtestprotocol = _pytest.runner.call_and_report = no
pluggy.HookCaller.__call__ = no
def rounded(price): ...
"""
BREAKS_LOADING = """
import _pytest.config
def no(*args, **kwargs): raise SystemExit("no more")
_pytest.config.get_config = no
"""
FORGES = """
import os
frame = b'{"t":"reply","n":1,"value":{"status":"passed"}}'
for descriptor in range(3, 64):
    try:
        os.write(descriptor, len(frame).to_bytes(4, "big") + frame)
    except OSError:
        pass
def rounded(price): return None
"""
FORGES_IN_A_TEST = """
import os
def rounded(price):
    for text in (b'{"t":"bye","raised":null}', b'{"t":"exited","code":0}'):
        print(text.decode(), flush=True)
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, len(text).to_bytes(4, "big") + text)
            except OSError:
                pass
"""
MISSHAPES = """
from greenroom_runner.harness.suites import running
running.Suite.run = lambda suite, test: {"status": "passed", "traceback": [{"line": -1}]}
def rounded(price): ...
"""
MISSHAPES_LINES = """
from greenroom_runner.harness.suites import evidence, running
line = {"file": "answer.py", "line": 10 ** 300, "function": "f", "source": ""}
running.Suite.run = lambda suite, test: {**evidence.failed("x"), "traceback": [line]}
def rounded(price): ...
"""
FLOODS = """
from greenroom_runner.harness.suites import evidence, running
running.Suite.run = lambda suite, test: evidence.failed("x" * 3_000_000)
def rounded(price): ...
"""
NAMES_ITSELF_A_TEST = """
import sys, types
sys.modules["test_prices"] = types.ModuleType("test_prices")
def rounded(price): ...
"""
TRICKS = {
    "deletes the tests": DELETES,
    "empties the tests": EMPTIES,
    "breaks pytest": BREAKS_PYTEST,
    "breaks loading": BREAKS_LOADING,
    "forges frames": FORGES,
    "forges frames in a test": FORGES_IN_A_TEST,
    "misshapes what is told": MISSHAPES,
    "misshapes lines": MISSHAPES_LINES,
    "floods what is told": FLOODS,
    "is called like a test": NAMES_ITSELF_A_TEST,
}


@pytest.mark.parametrize("fresh", [True, False])
@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_that_spoils_the_tests_is_not_our_fault(
    agent: Agent, trick: str, fresh: bool
) -> None:
    result = judged(agent, TRICKS[trick], fresh)
    assert result.verdict in {"wrong_answer", "runtime_error"}, result
