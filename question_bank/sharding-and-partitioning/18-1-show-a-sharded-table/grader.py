"""Checks for showing 18.1: a user's own shard for what knows the id, all of them for the rest."""

from random import Random

from greenroom_runner.harness.grading import Answer, check, probe

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@probe
def sharded(answer, names, buckets, people, down=(), asked=(), counts=()):
    """Add `people` ([id, email]), without the shards that are `down`; return what is seen."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.pool import StaticPool

    shared = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    engines = {name: create_engine("sqlite://", **shared) for name in names}
    for name, engine in engines.items():
        if name not in down:
            answer.Base.metadata.create_all(engine)
    users = answer.Users(engines, buckets)
    for user_id, email in people:
        users.add(user_id, email)
    seen = {
        "emails": [users.email_of(user_id) for user_id in asked],
        "first": [list(users.first(count)) for count in counts],
        "ids": {},
    }
    for name, engine in engines.items():
        if name not in down:
            with engine.connect() as connection:
                rows = connection.execute(text("SELECT id FROM users ORDER BY id"))
                seen["ids"][name] = [row.id for row in rows]
        engine.dispose()
    return seen


def some_people(random: Random, ids: list[int]) -> list[list]:
    return [[user_id, "".join(random.choices(LETTERS, k=8)) + "@x.org"] for user_id in ids]


@check("A user is found again, an unknown one is not", group="one user", visible=True)
def users_are_found(answer: Answer, random: Random) -> None:
    *ids, unknown = random.sample(range(1, 10**9), 5)
    people = some_people(random, ids)
    names = ["north", "south"]
    seen = answer.probe(sharded, names, names, people, asked=[*ids, unknown])
    expected = [*(email for _, email in people), None]
    assert seen["emails"] == expected, "Four users of two shards, and an id that nobody has."


@check("Each user lies on the shard of the bucket", group="one user", visible=True)
def the_map_decides(answer: Answer, random: Random) -> None:
    names = ["east", "north", "west"]
    buckets = [*random.choices(names, k=8), *names, "north", "north"]
    random.shuffle(buckets)
    ids = random.sample(range(1, 10**9), 12)
    seen = answer.probe(sharded, names, buckets, some_people(random, ids))
    expected = {
        name: sorted(user_id for user_id in ids if buckets[user_id % len(buckets)] == name)
        for name in names
    }
    assert seen["ids"] == expected, f"The ids on each shard, with the buckets {buckets}."


@check(
    "Users are added and found while the other shards are down",
    group="one user",
    hint="How many databases does a lookup by id have to ask?",
)
def only_its_shard_is_used(answer: Answer, random: Random) -> None:
    names = ["east", "north", "west"]
    up = random.choice(names)
    buckets = [*names, up, up]
    first = buckets.index(up)
    ids = [first + 5 * number for number in random.sample(range(1, 10**6), 3)]
    down = [name for name in names if name != up]
    people = some_people(random, ids)
    seen = answer.probe(sharded, names, buckets, people, down, asked=[*ids, first])
    expected = [*(email for _, email in people), None]
    assert seen["emails"] == expected, f"All of these users lie on {up}; the others are down."


@check(
    "The first of all shards are in order, and as many as asked for",
    group="all users",
    hint="What does LIMIT mean in a statement that several databases answer, each for itself?",
)
def first_is_merged(answer: Answer, random: Random) -> None:
    names = ["east", "north", "west"]
    spread = some_people(random, random.sample(range(1, 10**6), 9))
    ordered = sorted(email for _, email in spread)
    seen = answer.probe(sharded, names, names, spread, counts=[4, 1, 9, 20])
    expected = [ordered[:4], ordered[:1], ordered, ordered]
    assert seen["first"] == expected, "The first 4, 1, 9 and 20 of nine users."
    emails = sorted(email for _, email in some_people(random, list(range(6))))
    crowded = [[3 * number, email] for number, email in enumerate(emails[:4])]
    crowded += [[1, emails[4]], [2, emails[5]]]
    random.shuffle(crowded)
    seen = answer.probe(sharded, names, names, crowded, counts=[3])
    assert seen["first"] == [emails[:3]], "The first four of six users lie on one shard."
