"""Checks for 9.2 in code: what the table tells, and how often a token works."""

import base64
from random import Random

from greenroom_runner.harness.grading import Answer, check, probe


@probe
def done(answer, steps, try_stored=False):
    """Take steps on a new database: what each gave, what its tables hold, what of that is a token.

    A step is ["issue", user], ["spend", token] or ["spend", number of an earlier step], which
    stands for what that one gave.
    """
    from sqlalchemy import create_engine, inspect, text
    from sqlalchemy.orm import Session

    engine = create_engine("sqlite://")
    answer.Base.metadata.create_all(engine)
    given, stored, opened_by = [], [], []

    def take(name, value):
        with Session(engine) as session:
            result = getattr(answer, name)(session, value)
            session.commit()
        return result

    for name, value in steps:
        given.append(take(name, given[value] if isinstance(value, int) else value))
    with engine.connect() as connection:
        for table in inspect(engine).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                stored.extend(row)
    if try_stored:
        texts = [one.hex() if isinstance(one, bytes) else str(one) for one in stored]
        opened_by = [one for one in texts if take("spend", one) is not None]
    engine.dispose()
    return {"given": given, "stored": stored, "opened_by": opened_by}


@probe
def spent_by_two(answer, user):
    """Have a second request spend a token just before the first one writes: what both are given."""
    from pathlib import Path
    from tempfile import TemporaryDirectory
    from threading import Thread

    from sqlalchemy import create_engine, event
    from sqlalchemy.orm import Session

    def spend(engine, given):
        with Session(engine) as session:
            given.append(answer.spend(session, token))
            session.commit()

    with TemporaryDirectory() as folder:
        address = f"sqlite:///{Path(folder) / 'tokens.db'}"
        engine, other_engine = create_engine(address), create_engine(address)
        answer.Base.metadata.create_all(engine)
        with Session(engine) as session:
            token = answer.issue(session, user)
            session.commit()
        first, second = [], []
        other = Thread(target=spend, args=[other_engine, second])

        @event.listens_for(engine, "before_cursor_execute")
        def let_the_other_in(connection, cursor, statement, *rest):
            writes = not statement.lstrip().upper().startswith(("SELECT", "PRAGMA", "BEGIN"))
            if writes and other.ident is None:
                other.start()
                other.join(0.7)  # one that waits for a lock is let go on

        spend(engine, first)
        if other.ident is None:
            other.start()
        other.join()
        engine.dispose()
        other_engine.dispose()
    return first + second


def new_user(random: Random) -> str:
    return f"user{random.randrange(10**9)}"


@check("A token works once", visible=True)
def token_works_once(answer: Answer, random: Random) -> None:
    user = new_user(random)
    seen = answer.probe(done, [["issue", user], ["spend", 0], ["spend", 0], ["spend", 0]])
    assert seen["given"][1:] == [user, None, None], "The token was spent three times."


@check("Each token is long, and of its own", visible=True)
def tokens_are_long(answer: Answer, random: Random) -> None:
    user = new_user(random)
    tokens = answer.probe(done, [["issue", user]] * 5)["given"]
    for token in tokens:
        assert len(token) >= 43, "32 random bytes are 43 characters in base64."
    assert len(set(tokens)) == 5, "The same user was given five tokens."


@check("Text that is no token gives nothing", visible=True)
def other_text_gives_nothing(answer: Answer, random: Random) -> None:
    user = new_user(random)
    texts = ["", "'", user, "é\N{SNOWMAN}", "1", f"{random.randrange(10**60)}"]
    seen = answer.probe(done, [["issue", user], *(["spend", text] for text in texts)])
    assert seen["given"][1:] == [None] * len(texts), f"None of {texts} is a token."


@check(
    "Whoever reads the table cannot use what is there",
    hint="What does the server need, to recognise a token that it once made? Not the token.",
)
def table_gives_nothing_away(answer: Answer, random: Random) -> None:
    steps = [["issue", new_user(random)] for _ in range(3)]
    seen = answer.probe(done, [*steps, ["spend", 1]], try_stored=True)
    stored = [one if isinstance(one, bytes) else str(one).encode() for one in seen["stored"]]
    for token in seen["given"][:3]:
        raw = token.encode()
        for written in (raw, base64.b64encode(raw), base64.urlsafe_b64encode(raw), raw[::-1]):
            found = [one for one in stored if written in one or written.hex().encode() in one]
            assert found == [], "A token stands in the table, as it is or written otherwise."
    assert seen["opened_by"] == [], "spend takes values that stand in the table."


@check(
    "Spending one token leaves all others good",
    hint="Which rows does your statement meet?",
)
def others_stay_good(answer: Answer, random: Random) -> None:
    user, other = new_user(random), new_user(random)
    steps = [["issue", user], ["issue", user], ["issue", other]]
    seen = answer.probe(done, [*steps, ["spend", 1], ["spend", 1], ["spend", 0], ["spend", 2]])
    assert seen["given"][3:] == [user, None, user, other], "Each of three tokens was spent."


@check(
    "Of two requests at the same moment, one gets the user",
    hint="What can happen between looking whether a token is spent and noting that it is?",
)
def one_of_two_gets_it(answer: Answer, random: Random) -> None:
    user = new_user(random)
    seen = answer.probe(spent_by_two, user)
    assert sorted(seen, key=str) == sorted([user, None], key=str), "Two requests, one token."
