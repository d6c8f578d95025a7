"""Checks for 25.1: the promised schema, few calls to the store, errors that tell no secrets."""

from random import Random
from typing import Any

from greenroom_runner.harness.grading import Answer, Reply, check, probe

User = dict[str, Any]
TYPE = "kind name ofType { kind name ofType { kind name ofType { kind name } } }"
FIELDS = f"fields {{ name type {{ {TYPE} }} }}"


@probe
def put(answer, users, teams, down=()):
    """Fill the store. Functions that are named in `down` fail."""
    answer.USERS.clear()
    answer.TEAMS.clear()
    answer.DOWN.clear()
    answer.CALLS.clear()
    for user in users:
        answer.USERS[user["id"]] = answer.UserRow(**user)
    for team in teams:
        answer.TEAMS[team["id"]] = answer.TeamRow(**team)
    answer.DOWN.update(down)


@probe
def calls(answer):
    """Return what was called since the last time."""
    seen = sorted(answer.CALLS)
    answer.CALLS.clear()
    return seen


def draw_teams(random: Random, count: int = 3) -> list[dict[str, Any]]:
    """Return teams whose names stand in the opposite of the order in which a store gives them."""
    ids = random.sample(range(100, 10**6), count)
    names = sorted(
        (f"Team {number}" for number in random.sample(range(10**6), count)), reverse=True
    )
    return [{"id": number, "name": name} for number, name in zip(ids, names, strict=True)]


def draw_users(random: Random, teams: list[dict[str, Any]], count: int) -> list[User]:
    """Return users, each in a team and by id."""
    names = ["Ada", "Grace", "José", "Zoë", "陈"]
    return [
        {
            "id": number,
            "first_name": random.choice(names),
            "last_name": f"N{random.randrange(10**6)}",
            "email": f"u{number}@example.org",
            "password_hash": f"$argon2id${random.randrange(10**9)}",
            "team_id": random.choice(teams)["id"],
        }
        for number in sorted(random.sample(range(1, 10**6), count))
    ]


def full_name(user: User) -> str:
    return f"{user['first_name']} {user['last_name']}"


def send(answer: Answer, query: str, **more: Any) -> Reply:
    return answer.http.post("/graphql", json={"query": query, **more})


def data(answer: Answer, query: str, **more: Any) -> Any:
    """Return what a query that should succeed is answered."""
    reply = send(answer, query, **more)
    assert reply.status == 200, f"{query} is answered with 200."
    body = reply.json()
    assert not body.get("errors"), f"{query} has no errors."
    return body["data"]


def refused(answer: Answer, query: str, word: str) -> None:
    """See a query answered with an error that has a word in its message, and no data."""
    body = send(answer, query).json()
    assert not body.get("data"), f"{query} is answered without data."
    messages = " ".join(str(error["message"]) for error in body["errors"])
    assert word in messages, f"The message of {query} should contain {word!r}."


@check("A user is found by id, with the fields that were asked for", group="basics", visible=True)
def finds_a_user(answer: Answer, random: Random) -> None:
    teams = draw_teams(random)
    users = draw_users(random, teams, 4)
    answer.probe(put, users, teams)
    one = random.choice(users)
    seen = data(answer, f'{{ user(id: "{one["id"]}") {{ id fullName email }} }}')
    wanted = {"id": str(one["id"]), "fullName": full_name(one), "email": one["email"]}
    assert seen == {"user": wanted}, "The three fields of this user."
    seen = data(answer, f'{{ user(id: "{one["id"]}") {{ fullName }} }}')
    assert seen == {"user": {"fullName": full_name(one)}}, "Only what was asked for."


@check("Users come in order, each with their team", group="basics", visible=True)
def lists_users(answer: Answer, random: Random) -> None:
    teams = draw_teams(random)
    users = draw_users(random, teams, 7)
    for user, team in zip(users, teams, strict=False):
        user["team_id"] = team["id"]
    users[3]["team_id"], users[4]["team_id"] = None, 10**7
    answer.probe(put, users, teams)
    names = {team["id"]: {"name": team["name"]} for team in teams}
    seen = data(answer, "{ users { fullName team { name } } }")
    wanted = [{"fullName": full_name(user), "team": names.get(user["team_id"])} for user in users]
    assert seen == {"users": wanted}, "By id; the fourth has no team, the fifth one that is gone."


@check("The schema has the promised types and fields", group="basics", visible=True)
def has_the_promised_schema(answer: Answer) -> None:
    query = " ".join(
        f'{name}: __type(name: "{name}") {{ {FIELDS} }}' for name in ("Query", "User", "Team")
    )
    seen = {
        kind: {each["name"]: written(each["type"]) for each in found["fields"]} if found else None
        for kind, found in data(answer, f"{{ {query} }}").items()
    }
    assert seen == {
        "Query": {"user": "User", "users": "[User!]!"},
        "User": {"id": "ID!", "fullName": "String!", "email": "String!", "team": "Team"},
        "Team": {"id": "ID!", "name": "String!", "members": "[User!]!"},
    }, "The fields of each type, and which of them may be null."


def written(kind: dict[str, Any] | None) -> str:
    """Return a type as it is written in a schema."""
    if kind is None:
        return ""
    if kind.get("name"):
        return kind["name"]
    inner = written(kind.get("ofType"))
    return f"{inner}!" if kind.get("kind") == "NON_NULL" else f"[{inner}]"


@check("A user who is not there is null, and no error", group="basics", visible=True)
def unknown_users_are_null(answer: Answer, random: Random) -> None:
    teams = draw_teams(random)
    users = draw_users(random, teams, 2)
    answer.probe(put, users, teams)
    for unknown in (str(10**7 + random.randrange(10**6)), "ada", "", f"{users[0]['id']}x"):
        seen = data(answer, "query($id: ID!) { user(id: $id) { id } }", variables={"id": unknown})
        assert seen == {"user": None}, f"There is no user with the id {unknown!r}."


@check(
    "Variables, operation names, aliases and fragments work",
    group="protocol",
    hint="What besides query stands in the body, and is it handed on?",
)
def speaks_graphql(answer: Answer, random: Random) -> None:
    teams = draw_teams(random)
    users = draw_users(random, teams, 5)
    answer.probe(put, users, teams)
    one, other = random.sample(users, 2)
    query = """
        query One($id: ID!) { found: user(id: $id) { ...Shown } }
        query Two($id: ID!, $all: Boolean!) {
            user(id: $id) { ...Shown team @include(if: $all) { id } }
        }
        fragment Shown on User { id email }
    """
    seen = data(answer, query, operationName="One", variables={"id": str(one["id"])})
    wanted = {"id": str(one["id"]), "email": one["email"]}
    assert seen == {"found": wanted}, "The operation One, under its alias."
    for all_of_it in (True, False):
        variables = {"id": str(other["id"]), "all": all_of_it}
        seen = data(answer, query, operationName="Two", variables=variables)
        wanted = {"id": str(other["id"]), "email": other["email"]}
        wanted |= {"team": {"id": str(other["team_id"])}} if all_of_it else {}
        assert seen == {"user": wanted}, f"The operation Two, with $all = {all_of_it}."


@check(
    "Pages follow each other, and a page has its limits",
    group="lists",
    hint="Who keeps a client from asking for all users at once, or for none?",
)
def pages_have_limits(answer: Answer, random: Random) -> None:
    teams = draw_teams(random)
    users = draw_users(random, teams, 60)
    users[0]["id"] = 1
    answer.probe(put, users, teams)
    ids = [str(user["id"]) for user in users]
    page = "query($first: Int! = 20, $after: ID) { users(first: $first, after: $after) { id } }"
    seen = [user["id"] for user in data(answer, "{ users { id } }")["users"]]
    assert seen == ids[:20], "Without first there are twenty."
    for first, start in ((1, 0), (50, 0), (7, random.randrange(1, 30)), (20, 55)):
        variables = {"first": first, "after": ids[start - 1] if start else None}
        seen = [user["id"] for user in data(answer, page, variables=variables)["users"]]
        assert seen == ids[start : start + first], f"first: {first}, after {start} users."
    for first in (0, -1, 51, 10**6):
        refused(answer, f"{{ users(first: {first}) {{ id }} }}", "first")


@check(
    "A team has its own members, in order",
    group="lists",
    hint="In which order come the rows that you fetched together?",
)
def teams_have_their_members(answer: Answer, random: Random) -> None:
    teams = draw_teams(random, 4)
    users = draw_users(random, teams, 18)
    for user, team in zip(users, teams, strict=False):
        user["team_id"] = team["id"]
    answer.probe(put, users, teams)
    members = {
        team["id"]: [{"id": str(user["id"])} for user in users if user["team_id"] == team["id"]]
        for team in teams
    }
    seen = data(answer, "{ users { id team { id members { id } } } }")["users"]
    for user, shown in zip(users, seen, strict=True):
        wanted = {"id": str(user["team_id"]), "members": members[user["team_id"]]}
        assert shown == {"id": str(user["id"]), "team": wanted}, "Each team with its members."


@check(
    "Calls to the store do not grow with the number of users",
    group="cost",
    hint="Twenty users ask for their team: who collects that into one call?",
)
def calls_do_not_grow(answer: Answer, random: Random) -> None:
    for count in (3, random.randint(10, 20)):
        teams = draw_teams(random, 4)
        users = draw_users(random, teams, count)
        answer.probe(put, users, teams)
        data(answer, "{ users { team { members { fullName } } } }")
        seen = answer.probe(calls)
        assert seen == ["fetch_members", "fetch_page", "fetch_teams"], f"For {count} users."
    chosen = sorted(random.sample(users, 3), key=lambda user: user["last_name"], reverse=True)
    ids = [user["id"] for user in chosen]
    query = " ".join(f'u{each}: user(id: "{each}") {{ email }}' for each in ids)
    seen = data(answer, f"{{ {query} }}")
    assert seen == {f"u{each}": {"email": f"u{each}@example.org"} for each in ids}, "Three by id."
    assert answer.probe(calls) == ["fetch_users"], "Three users by id, one call."


@check(
    "What one request has read is not used for the next",
    group="cost",
    hint="How long does what a loader remembers live?",
)
def forgets_after_the_request(answer: Answer, random: Random) -> None:
    teams = draw_teams(random)
    users = draw_users(random, teams, 3)
    query = f'{{ user(id: "{users[0]["id"]}") {{ fullName team {{ name members {{ id }} }} }} }}'
    for _ in range(2):
        answer.probe(put, users, teams)
        team = next(team for team in teams if team["id"] == users[0]["team_id"])
        seen = data(answer, query)["user"]
        members = sorted(int(member["id"]) for member in seen["team"].pop("members"))
        wanted = {"fullName": full_name(users[0]), "team": {"name": team["name"]}}
        assert seen == wanted, "The user as the store has it now."
        now = [user["id"] for user in users if user["team_id"] == team["id"]]
        assert members == now, "The team's members as the store has them now."
        users[0]["last_name"] = "Byron"
        team["name"] = "Renamed"
        users[1]["team_id"] = None


@check(
    "When a part of the store fails, the rest is answered, and no secret told",
    group="failure",
    hint="What does the client see of an exception that you did not expect?",
)
def failures_stay_small(answer: Answer, random: Random) -> None:
    teams = draw_teams(random)
    users = draw_users(random, teams, 2)
    one = f'user(id: "{users[0]["id"]}")'
    team = next(team for team in teams if team["id"] == users[0]["team_id"])
    kept = {"user": {"email": users[0]["email"], "team": None}}
    cases = {
        "fetch_teams": (f"{{ {one} {{ email team {{ name }} }} }}", kept, ["user", "team"]),
        "fetch_members": (
            f"{{ {one} {{ email team {{ name members {{ id }} }} }} }}",
            kept,
            ["user", "team", "members"],
        ),
        "fetch_users": (
            f"{{ {one} {{ email }} __typename }}",
            {"user": None, "__typename": "Query"},
            ["user"],
        ),
    }
    for name, (query, wanted, path) in cases.items():
        answer.probe(put, users, teams, [name])
        reply = send(answer, query)
        body = reply.json()
        assert body.get("data") == wanted, f"{name} fails: the rest of {query} is answered."
        paths = [error.get("path") for error in body.get("errors") or []]
        assert paths == [path], f"{name} fails: errors names the place."
        for secret in ("hunter2", "10.0.0.5", "postgresql", "does not answer"):
            assert secret not in reply.text, "What the exception said should stay inside."
    answer.probe(put, users, teams)
    seen = data(answer, f"{{ {one} {{ team {{ name }} }} }}")
    assert seen == {"user": {"team": {"name": team["name"]}}}, "The store is back, and so is this."


@check(
    "A mistake in a query is told to the client",
    group="failure",
    hint="Which errors are ours, and which are the client's to see?",
)
def mistakes_are_told(answer: Answer, random: Random) -> None:
    teams = draw_teams(random)
    answer.probe(put, draw_users(random, teams, 2), teams)
    field = f"salary{random.randrange(1000)}"
    refused(answer, f"{{ users {{ {field} }} }}", field)
    refused(answer, "{ user { id } }", "id")
    refused(answer, "{ users { id }", "Syntax")


@check(
    "A body without a query gets a 4xx status",
    group="protocol",
    hint="Whose mistake is a body that cannot be read?",
)
def bodies_without_a_query(answer: Answer) -> None:
    as_json = {"content-type": "application/json"}
    for body in (b"{}", b'{"variables": {}}', b'{"query": ', b"users"):
        reply = answer.http.post("/graphql", content=body, headers=as_json)
        assert 400 <= reply.status < 500, f"{body!r} is the client's mistake."
