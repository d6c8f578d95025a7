"""Checks for 8.1: who is known, who may, and a guard that any route can use."""

from random import Random

from greenroom_runner.harness.grading import Answer, Reply, check, probe

NAMES = ("ada", "ben", "cem", "dina", "eve", "femi")
ROLES = ("auditor", "buyer", "courier", "curator", "planner", "trainer")


@probe
def store_session(answer, token, name, roles):
    """Put a user behind a token, in the place of whoever was there."""
    answer.SESSIONS[token] = answer.User(name=name, roles=frozenset(roles))


@probe
def end_session(answer, token):
    del answer.SESSIONS[token]


@probe
def add_route(answer, path, roles):
    """Add a route that only these roles may use, and that tells the name it was given."""
    from fastapi import Depends

    guard = Depends(answer.require_roles(*roles))

    def who(user=guard):
        return {"name": user.name}

    answer.app.get(path)(who)


def new_token(random: Random) -> str:
    return f"t{random.randrange(10**12)}"


def session(answer: Answer, random: Random, *roles: str, name: str = "ada") -> dict[str, str]:
    """Return the headers of somebody who is known and has these roles."""
    token = new_token(random)
    answer.probe(store_session, token, name, list(roles))
    return {"Authorization": f"Bearer {token}"}


def new_route(answer: Answer, random: Random, *roles: str) -> str:
    """Return the path of a new route that only these roles may use."""
    path = f"/guarded/{random.randrange(10**12)}"
    answer.probe(add_route, path, list(roles))
    return path


def assert_unknown(reply: Reply, what: str) -> None:
    assert reply.status == 401, f"{what}: nobody knows who this is."
    scheme = reply.headers.get("www-authenticate", "").partition(" ")[0].lower()
    assert scheme == "bearer", "A 401 says in WWW-Authenticate how to sign in."


@check("Who has the role gets the answer", group="basics", visible=True)
def role_gets_the_answer(answer: Answer, random: Random) -> None:
    for role in ("analyst", "admin"):
        reply = answer.http.get("/reports", headers=session(answer, random, role))
        assert reply.status == 200, f"Reports are there for the role {role}."
        assert reply.json()["1"] == "Sales by region", "The answer of the route stays as it was."


@check("Who is known but has another role gets 403", group="basics", visible=True)
def other_role_gets_403(answer: Answer, random: Random) -> None:
    for roles in ([], ["support"], [random.choice(ROLES)]):
        reply = answer.http.get("/reports", headers=session(answer, random, *roles))
        assert reply.status == 403, f"A user whose roles are {roles} may not see reports."


@check("Who sends no token, or an unknown one, gets 401", group="basics", visible=True)
def unknown_gets_401(answer: Answer, random: Random) -> None:
    assert_unknown(answer.http.get("/reports"), "No Authorization header")
    headers = {"Authorization": f"Bearer {new_token(random)}"}
    assert_unknown(answer.http.get("/reports", headers=headers), "A token without a session")


@check("Everybody who is known has a name at /me", group="basics", visible=True)
def me_is_for_everybody_known(answer: Answer, random: Random) -> None:
    name = random.choice(NAMES)
    for roles in ([], ["analyst"], ["admin", "support"]):
        reply = answer.http.get("/me", headers=session(answer, random, *roles, name=name))
        assert reply.status == 200, f"/me is for all users, also one whose roles are {roles}."
        assert reply.json() == {"name": name}, "It tells the name of who asks."
    assert_unknown(answer.http.get("/me"), "No Authorization header")


@check(
    "Adding and deleting is for admins alone",
    group="routes",
    hint="Is each of the routes guarded, and with which roles?",
)
def writing_is_for_admins(answer: Answer, random: Random) -> None:
    admin = session(answer, random, "admin")
    analyst = session(answer, random, "analyst", random.choice(ROLES))
    report = {"title": f"Costs {random.randrange(10**9)}"}
    assert_unknown(answer.http.post("/reports", json=report), "POST without a token")
    refused = answer.http.post("/reports", json=report, headers=analyst)
    assert refused.status == 403, "An analyst may not add a report."
    seen = answer.http.get("/reports", headers=admin).json()
    assert report["title"] not in seen.values(), "What was refused should not have been stored."
    reply = answer.http.post("/reports", json=report, headers=admin)
    assert reply.status == 201, "An admin may add a report."
    number = str(reply.json()["id"])
    path = f"/reports/{number}"
    assert_unknown(answer.http.delete(path), "DELETE without a token")
    refused = answer.http.delete(path, headers=analyst)
    assert refused.status == 403, "An analyst may not delete a report."
    seen = answer.http.get("/reports", headers=admin).json()
    assert seen.get(number) == report["title"], "The report should still be there."
    assert answer.http.delete(path, headers=admin).status == 204, "An admin may delete a report."
    assert answer.http.delete(path, headers=admin).status == 404, "Now it is gone."


@check(
    "A refused caller learns nothing else",
    group="routes",
    hint="What runs first: your decision, or the route's own look at the request?",
)
def refusal_comes_first(answer: Answer, random: Random) -> None:
    missing = f"/reports/{random.randint(10**6, 10**9)}"
    for headers, expected in (({}, 401), (session(answer, random, "analyst"), 403)):
        for method, path in (("DELETE", missing), ("DELETE", "/reports/first")):
            reply = answer.http.request(method, path, headers=headers)
            assert reply.status == expected, f"{method} {path}, by somebody who may not."
        reply = answer.http.post("/reports", json={"title": ""}, headers=headers)
        assert reply.status == expected, "POST /reports with an empty title, by who may not."
    admin = session(answer, random, "admin")
    reply = answer.http.post("/reports", json={"title": ""}, headers=admin)
    assert reply.status == 422, "An admin is told that a title cannot be empty."


@check(
    "One of the named roles suffices, whatever else somebody has",
    group="guard",
    hint="Two sets: when do they have enough in common?",
)
def one_role_suffices(answer: Answer, random: Random) -> None:
    named, others = random.sample((ROLES[::2], ROLES[1::2]), 2)
    path = new_route(answer, random, *named)
    for role in named:
        for more in ((), random.sample(others, 2)):
            roles = random.sample([role, *more], len(more) + 1)
            reply = answer.http.get(path, headers=session(answer, random, *roles))
            assert reply.status == 200, f"{named} are named, the user has {roles}."
    reply = answer.http.get(path, headers=session(answer, random, *others))
    assert reply.status == 403, f"{named} are named, the user has {others}."


@check(
    "The guard gives the route its user",
    group="guard",
    hint="What does the dependency return?",
)
def guard_gives_the_user(answer: Answer, random: Random) -> None:
    role = random.choice(ROLES)
    path = new_route(answer, random, role)
    for name in random.sample(NAMES, 2):
        reply = answer.http.get(path, headers=session(answer, random, role, name=name))
        assert reply.status == 200, f"The user has the role {role}."
        assert reply.json() == {"name": name}, "The route should be given the user who asks."
    assert_unknown(answer.http.get(path), "No Authorization header")


@check(
    "Each guard asks for its own roles",
    group="guard",
    hint="What do two calls of require_roles share?",
)
def guards_are_apart(answer: Answer, random: Random) -> None:
    first, second = random.sample(ROLES, 2)
    paths = {role: new_route(answer, random, role) for role in (first, second)}
    for role, path in paths.items():
        for has in (first, second):
            reply = answer.http.get(path, headers=session(answer, random, has))
            expected = 200 if has == role else 403
            assert reply.status == expected, f"The route asks for {role}, the user is {has}."


@check(
    "No role includes another, and names count whole",
    group="guard",
    hint="Who said that an admin may do everything? And is a role that contains its name the same?",
)
def names_count_whole(answer: Answer, random: Random) -> None:
    role = random.choice(ROLES)
    path = new_route(answer, random, role)
    for has in ("admin", f"{role}s", f"chief-{role}", role[:-1], role.upper()):
        reply = answer.http.get(path, headers=session(answer, random, has))
        assert reply.status == 403, f"The route asks for {role}, the user is {has}."


@check(
    "What the sessions say now counts",
    group="changes",
    hint="When is the user looked up, and what is kept of it?",
)
def changes_count_at_once(answer: Answer, random: Random) -> None:
    token = new_token(random)
    headers = {"Authorization": f"Bearer {token}"}
    assert_unknown(answer.http.get("/reports", headers=headers), "The session is not there yet")
    seen = []
    for roles in (["analyst"], ["support"], ["admin"]):
        answer.probe(store_session, token, "ada", roles)
        seen.append(answer.http.get("/reports", headers=headers).status)
    assert seen == [200, 403, 200], "The same user is analyst, then support, then admin."
    answer.probe(end_session, token)
    assert_unknown(answer.http.get("/reports", headers=headers), "The session was ended")


@check(
    "Another scheme or half a header is no session",
    group="headers",
    hint="Any client can send any header: read both of its parts.",
)
def strange_headers_are_unknown(answer: Answer, random: Random) -> None:
    token = session(answer, random, "admin")["Authorization"].partition(" ")[2]
    for value in (f"Basic {token}", f"Token {token}", token, "Bearer", "Bearer ", "", "Basic a b"):
        reply = answer.http.get("/reports", headers={"Authorization": value})
        assert_unknown(reply, f"Authorization: {value.replace(token, 'TOKEN')}")


@check(
    "The scheme may be written in any case",
    group="headers",
    hint="Names of schemes are no passwords.",
)
def scheme_in_any_case(answer: Answer, random: Random) -> None:
    token = session(answer, random, "analyst")["Authorization"].partition(" ")[2]
    for scheme in ("bearer", "BEARER"):
        reply = answer.http.get("/reports", headers={"Authorization": f"{scheme} {token}"})
        assert reply.status == 200, f"Authorization: {scheme} TOKEN"
