"""Checks for showing 26.2: keys go after the commit, and only then."""

from contextlib import suppress
from random import Random

from greenroom_runner.harness.grading import Answer, ServiceError, Services, check, probe


@probe
def take(answer, session, row, step, given):
    """Take one step in a session: `change` with its keys, `cache` a key, or a method's name."""
    from contextlib import suppress

    from sqlalchemy import text
    from sqlalchemy.exc import IntegrityError

    if step == "change":
        session.execute(text("INSERT INTO prices DEFAULT VALUES"))
        answer.invalidate(session, *given)
    elif step == "cache":
        answer.cache.set(given[0], "cached anew")
    elif step == "failing commit":
        session.add(row(id=1))  # which the first change has made already
        with suppress(IntegrityError):
            session.commit()
        session.rollback()
    else:
        getattr(session, step)()


@probe
def story(answer, keys, steps):
    """Cache all keys, then take steps in two sessions; return which keys are there after each.

    A commit tells twice: when the database is about to commit, and when it has returned.
    """
    from sqlalchemy import Integer, create_engine, event
    from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

    class Base(DeclarativeBase):
        pass

    class Price(Base):
        __tablename__ = "prices"
        id = mapped_column(Integer, primary_key=True)

    for key in keys:
        answer.cache.set(key, "cached")
    seen = []

    def look(*_):
        seen.append([key for key in keys if answer.cache.exists(key)])

    engines = [create_engine("sqlite://") for _ in range(2)]
    for engine in engines:
        Base.metadata.create_all(engine)
        event.listen(engine, "commit", look)
    with Session(engines[0]) as first, Session(engines[1]) as second:
        for number, step, *given in steps:
            take(answer, (first, second)[number], Price, step, given)
            look()
    for engine in engines:
        engine.dispose()
    return seen


@probe
def rows_after_a_commit(answer, key):
    """Change, invalidate and commit; return how many rows another transaction finds."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.orm import Session

    engine = create_engine("sqlite://")
    with Session(engine) as session:
        session.execute(text("CREATE TABLE prices (id integer PRIMARY KEY)"))
        session.commit()
        session.execute(text("INSERT INTO prices DEFAULT VALUES"))
        answer.invalidate(session, key)
        session.commit()
        session.rollback()
        return session.scalar(text("SELECT count(*) FROM prices"))


def draw_keys(random: Random, count: int) -> list[str]:
    return [f"product:{number}" for number in random.sample(range(10**9), count)]


@check("Keys are gone after the commit, others are not", group="commit", visible=True)
def keys_go_with_the_commit(answer: Answer, random: Random) -> None:
    keys = draw_keys(random, 5)
    stale, others = keys[:3], keys[3:]
    steps = [[0, "change", *stale[:1]], [0, "change", *stale[1:]], [0, "commit"]]
    seen = answer.probe(story, keys, steps)
    assert seen[-1] == others, f"Two calls, with {stale[:1]} and {stale[1:]}, then a commit."


@check("Nothing is gone before the database has committed", group="commit", visible=True)
def commit_comes_first(answer: Answer, random: Random) -> None:
    keys = draw_keys(random, 3)
    steps = [[0, "change", *keys], [0, "flush"], [0, "commit"]]
    called, flushed, committing, _ = answer.probe(story, keys, steps)
    assert called == keys, "After the call, while the transaction is open."
    assert flushed == keys, "After a flush, while the transaction is open."
    assert committing == keys, "At the moment in which the database is about to commit."


@check(
    "A rollback leaves the cache alone, and is over then",
    group="bounds",
    hint="What still knows the keys after a rollback, and what does the next commit do with them?",
)
def rollback_forgets(answer: Answer, random: Random) -> None:
    keys = draw_keys(random, 3)
    other = [0, "change", keys[2]]
    steps = [[0, "change", *keys[:2]], [0, "rollback"], other, [0, "commit"]]
    seen = answer.probe(story, keys, steps)
    assert seen[1] == keys, "After the rollback."
    assert seen[-1] == keys[:2], "After the next commit, which concerned the last key only."
    steps = [[0, "change", *keys[:2]], [0, "failing commit"], other, [0, "commit"]]
    seen = answer.probe(story, keys, steps)
    assert seen[1] == keys, "After a commit that failed."
    assert seen[-1] == keys[:2], "After the next commit, which concerned the last key only."


@check(
    "The next transaction starts with nothing",
    group="bounds",
    hint="Which keys does the second commit of a session take out?",
)
def one_transaction_only(answer: Answer, random: Random) -> None:
    keys = draw_keys(random, 2)
    again = [[0, "cache", keys[0]], [0, "commit"], [0, "change"], [0, "commit"]]
    seen = answer.probe(story, keys, [[0, "change", keys[0]], [0, "commit"], *again])
    assert seen[2] == keys[1:], "After the first commit."
    assert seen[-1] == keys, "It was cached anew; two later commits did not concern it."


@check(
    "Sessions do not mix",
    group="bounds",
    hint="Another request commits while this transaction is open. Where do you keep the keys?",
)
def other_sessions(answer: Answer, random: Random) -> None:
    keys = draw_keys(random, 2)
    steps = [[0, "change", keys[0]], [1, "change", keys[1]], [1, "commit"], [0, "commit"]]
    seen = answer.probe(story, keys, steps)
    assert seen[3] == keys[:1], "The second session has committed, the first has not."
    assert seen[-1] == [], "Both have committed."
    steps = [[0, "change", keys[0]], [1, "change", keys[1]], [1, "rollback"], [0, "commit"]]
    seen = answer.probe(story, keys, steps)
    assert seen[-1] == keys[1:], "The second session has rolled back, the first has committed."


@check(
    "A commit does not fail for Redis",
    group="away",
    hint="Which exceptions does the client raise when nobody answers?",
)
def redis_may_be_away(answer: Answer, random: Random, services: Services) -> None:
    with suppress(ServiceError):  # it has no time to say so; the last check, for it stays away
        services.redis("SHUTDOWN", "NOSAVE")
    seen = answer.probe(rows_after_a_commit, draw_keys(random, 1)[0])
    assert seen == 1, "The row should be there: it was committed."
