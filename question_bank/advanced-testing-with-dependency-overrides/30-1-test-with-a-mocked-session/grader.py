"""Checks for 30.1: the tests pass against right versions of the app and fail against wrong ones."""

from random import Random

from greenroom_runner.harness.grading import Answer, check, probe

APP = """
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://bank@database.invalid/bank")
SEEN = {"sessions": [], "real": 0}


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]
    closed: Mapped[bool]


class Entry(Base):
    __tablename__ = "entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    action: Mapped[str]


app = FastAPI()


def get_session():
    SEEN["real"] += 1
    with Session(engine) as session:
        yield session


"""
ENDPOINT = """
@app.post("/accounts/{account_id}/close")
def close_account(account_id: int, session: Annotated[Session, Depends(get_session)]):
    SEEN["sessions"].append(issubclass(type(session), Session))
    account = session.get(Account, account_id)
    if account is None:
        raise HTTPException(404, "There is no such account.")
    if account.closed:
        raise HTTPException(409, "The account is closed already.")
    account.closed = True
    session.add(Entry(account_id=account.id, action="closed"))
    try:
        session.commit()
    except SQLAlchemyError:
        session.rollback()
        raise HTTPException(503, "Try again later.") from None
    return {"id": account.id, "closed": account.closed}
"""
RIGHT = APP + ENDPOINT
WRITTEN_ANEW = (
    APP
    + """
from fastapi import APIRouter
from fastapi.responses import JSONResponse

router = APIRouter(prefix="/accounts")


@router.post("/{account_id}/close")
async def shut(account_id: int, db: Session = Depends(get_session)):
    SEEN["sessions"].append(issubclass(type(db), Session))
    found = db.get(Account, account_id, with_for_update=True)
    if not found:
        return JSONResponse({"error": "unknown"}, 404)
    if found.closed:
        return JSONResponse({"error": "closed"}, 409)
    db.add(Entry(action="closed", account_id=account_id))
    found.closed = True
    try:
        db.flush()
        db.commit()
    except SQLAlchemyError:
        db.rollback()
        return JSONResponse({"error": "database"}, 503)
    db.refresh(found)
    return {"closed": True, "id": account_id}


app.include_router(router)
"""
)
COMMIT = """
    try:
        session.commit()
    except SQLAlchemyError:
        session.rollback()
        raise HTTPException(503, "Try again later.") from None
"""
CLOSED = """
    if account.closed:
        raise HTTPException(409, "The account is closed already.")
"""
SET = "    account.closed = True\n"
ADD = '    session.add(Entry(account_id=account.id, action="closed"))\n'


@probe
def run(answer, source, *, backwards=False):
    """Run the tests with `source` as bank.py, in a process of their own; return how they ended.

    What has been run once is remembered: all checks begin with the same right version.
    """
    import multiprocessing

    known = answer.__dict__.setdefault("seen_by_the_checks", {})
    if (source, backwards) in known:
        return known[source, backwards]
    if not known:
        warm_up()
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=run_here, args=(answer, source, backwards, sender))
    process.start()
    sender.close()
    try:
        known[source, backwards] = receiver.recv()
        return known[source, backwards]
    except EOFError:
        return {"passed": [], "failed": [], "skipped": [], "code": None}
    finally:
        process.join()


@probe
def options():
    """Return how pytest is called: with the plugins for async tests, and with no others."""
    import os

    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    plugins = ["no:cacheprovider", "anyio.pytest_plugin", "pytest_asyncio.plugin"]
    return ["-q", "--assert=plain", "--tb=no", *(f"-p{name}" for name in plugins)]


@probe
def warm_up():
    """Have pytest collect nothing: what it imports here, the processes to come need not import."""
    import contextlib
    import io
    import tempfile

    import pytest

    with contextlib.redirect_stdout(io.StringIO()):
        pytest.main([*options(), "--capture=no", "--collect-only", tempfile.mkdtemp()])


@probe
def run_here(answer, source, backwards, sender):
    """Run pytest in this process, which ends behind it, and send what was seen."""
    import gc
    import os
    import sys
    import tempfile
    from pathlib import Path

    import pytest

    gc.freeze()  # pytest collects garbage several times: let it look at what is new
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    folder = Path(tempfile.mkdtemp())
    Path(folder, "bank.py").write_text(source, encoding="utf-8")
    Path(folder, "test_bank.py").write_bytes(Path(answer.__file__).read_bytes())
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    for name in ("bank", "test_bank"):
        sys.modules.pop(name, None)
    seen = {"passed": [], "failed": [], "skipped": []}

    class Watcher:
        def pytest_collection_modifyitems(self, items):
            if backwards:
                items.reverse()

        def pytest_runtest_logreport(self, report):
            if report.outcome != "passed" or report.when == "call":
                seen[report.outcome].append(report.nodeid)

    seen["code"] = int(pytest.main([*options(), "test_bank.py"], plugins=[Watcher()]))
    bank = sys.modules.get("bank")
    if bank is not None:
        seen |= bank.SEEN | {"left": len(bank.app.dependency_overrides)}
    sender.send(seen)
    os._exit(0)


def without(old: str, new: str = "") -> str:
    """Return the app with `new` in the place of `old`."""
    if old not in ENDPOINT:
        raise ValueError(old)
    return APP + ENDPOINT.replace(old, new)


def passes(answer: Answer, source: str) -> dict:
    """Run the tests against a right version and return what was seen besides."""
    seen = answer.probe(run, source)
    assert seen["failed"] == [], "Against a right version of the app no test fails."
    assert seen["code"] == 0, "pytest ends well (0) when it has run tests and all have passed."
    assert seen["skipped"] == [], "No test is skipped."
    return seen


def notices(answer: Answer, *sources: str) -> list[bool]:
    """Return of each wrong version whether a test fails against it."""
    return [len(answer.probe(run, source)["failed"]) > 0 for source in sources]


@check("The tests pass against the app as it is", group="right versions", visible=True)
def passes_on_the_app(answer: Answer) -> None:
    seen = passes(answer, RIGHT)
    assert len(seen["sessions"]) > 0, "At least one request should reach the endpoint."


@check("They notice an app that never commits", group="mistakes", visible=True)
def notices_a_missing_commit(answer: Answer) -> None:
    passes(answer, RIGHT)
    assert notices(answer, without(COMMIT, "\n")) == [True], "The changes are never committed."


@check("They notice an app that does not answer 404", group="mistakes", visible=True)
def notices_a_missing_404(answer: Answer) -> None:
    passes(answer, RIGHT)
    wrong = without("HTTPException(404", "HTTPException(400")
    assert notices(answer, wrong) == [True], "For an unknown account this app answers 400."


@check(
    "They pass against a right app that is written differently",
    group="right versions",
    hint="Test what the table promises. Which of your asserts looks at how it is done?",
)
def passes_on_another_right_app(answer: Answer) -> None:
    passes(answer, WRITTEN_ANEW)


@check(
    "The endpoint gets a mock and never a session",
    group="the mock",
    hint="A Session on another database is a real one. Who calls get_session?",
)
def session_is_mocked(answer: Answer) -> None:
    seen = passes(answer, RIGHT)
    assert len(seen["sessions"]) > 0, "At least one request should reach the endpoint."
    assert True not in seen["sessions"], "The endpoint was given a real Session."
    assert seen["real"] == 0, "get_session itself should not run: override it."


@check(
    "The tests leave no override behind and pass in any order",
    group="the mock",
    hint="Who takes the override out again, and what happens to it when a test fails?",
)
def overrides_are_taken_out(answer: Answer) -> None:
    seen = answer.probe(run, RIGHT, backwards=True)
    assert seen["failed"] == [], "The tests were run from the last to the first."
    assert seen["left"] == 0, "app.dependency_overrides should be empty again."


@check(
    "They notice an account that is closed twice",
    group="mistakes",
    hint="What should come back for an account that is closed already?",
)
def notices_closing_twice(answer: Answer) -> None:
    passes(answer, RIGHT)
    assert notices(answer, without(CLOSED, "\n")) == [True], "A closed account is closed once more."


@check(
    "They notice a commit or an entry where nothing should change",
    group="mistakes",
    hint="After 404 and 409, look at the session as well as at the status.",
)
def notices_needless_writes(answer: Answer) -> None:
    passes(answer, RIGHT)
    refusals = ("        raise HTTPException(404", "        raise HTTPException(409")
    writes = ("        session.commit()\n", "    " + ADD.replace("account.id", "account_id"))
    seen = notices(answer, *(without(no, write + no) for no in refusals for write in writes))
    assert seen == [True] * 4, "Before 404: a commit, an entry. Before 409: a commit, an entry."


@check(
    "They notice an entry that is missing or wrong",
    group="mistakes",
    hint="Look at what was added: its class, its account, its action.",
)
def notices_a_wrong_entry(answer: Answer, random: Random) -> None:
    passes(answer, RIGHT)
    seen = notices(
        answer,
        without(ADD),
        without("account_id=account.id", f"account_id={random.randint(10**6, 10**9)}"),
        without('action="closed"', 'action="opened"'),
    )
    assert seen == [True] * 3, "No entry; one for another account; one with another action."


@check(
    "They notice a commit that comes too early",
    group="mistakes",
    hint="At the moment of the commit: what had been set, and what had been added?",
)
def notices_an_early_commit(answer: Answer) -> None:
    passes(answer, RIGHT)
    late_flag = APP + ENDPOINT.replace(SET, "").replace(COMMIT, COMMIT + SET)
    late_entry = APP + ENDPOINT.replace(ADD, "").replace(COMMIT, COMMIT + ADD)
    seen = notices(answer, late_flag, late_entry)
    assert seen == [True, True], "closed is set after the commit; the entry is added after it."


@check(
    "They notice a failed commit that is hidden or not rolled back",
    group="mistakes",
    hint="A mock can raise: side_effect takes an exception. Two things follow a failed commit.",
)
def notices_a_failed_commit(answer: Answer) -> None:
    passes(answer, RIGHT)
    hidden = without('        raise HTTPException(503, "Try again later.") from None\n')
    kept = without("        session.rollback()\n")
    assert notices(answer, hidden, kept) == [True, True], "One answers 200, one never rolls back."


@check(
    "They notice an app that takes another account than the one in the path",
    group="mistakes",
    hint="A mock that gives the same account for every id cannot tell.",
)
def notices_another_account(answer: Answer, random: Random) -> None:
    passes(answer, RIGHT)
    asked = "session.get(Account, account_id)"
    seen = notices(
        answer,
        without(asked, "session.get(Account, account_id + 1)"),
        without(asked, f"session.get(Account, {random.randint(10**6, 10**9)})"),
    )
    assert seen == [True, True], "One closes the next account, the other always the same one."


@check(
    "They notice a wrong answer",
    group="mistakes",
    hint="Status and body are what the client sees: compare both as a whole.",
)
def notices_a_wrong_answer(answer: Answer) -> None:
    passes(answer, RIGHT)
    reply = '{"id": account.id, "closed": account.closed}'
    seen = notices(
        answer,
        without(reply, '{"id": account.id, "closed": False}'),
        without('/close")', '/close", status_code=202)'),
    )
    assert seen == [True, True], "One says that closed is false, the other has status 202."
