"""Checks for 8.2 in code: whose token counts, and what its roles grant."""

import base64
import hashlib
import hmac
import json
import time
from random import Random
from typing import Any

from greenroom_runner.harness.grading import Answer, Reply, check, probe

WRITE = "article:write"


@probe
def key(answer):
    return answer.KEY


@probe
def grant(answer, role, permissions):
    answer.GRANTS[role] = set(permissions)


@probe
def add_route(answer, path, permission):
    """Add a route that asks for a permission."""
    from fastapi import Depends

    def allowed():
        return "allowed"

    answer.app.get(path, dependencies=[Depends(answer.require(permission))])(allowed)


def packed(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def made(claims: dict[str, Any], secret: str, algorithm: str = "HS256") -> str:
    """Return a JWT, signed so."""
    text = f"{packed({'alg': algorithm, 'typ': 'JWT'})}.{packed(claims)}"
    digest = {"HS256": hashlib.sha256, "HS512": hashlib.sha512}[algorithm]
    return f"{text}.{packed(hmac.digest(secret.encode(), text.encode(), digest))}"


def claims_for(*roles: str) -> dict[str, Any]:
    return {"sub": "7", "aud": "blog", "exp": int(time.time()) + 300, "roles": list(roles)}


def post(answer: Answer, token: str) -> Reply:
    return answer.http.post("/articles", headers={"Authorization": f"Bearer {token}"})


def post_as(answer: Answer, *roles: str) -> Reply:
    return post(answer, made(claims_for(*roles), answer.probe(key)))


def assert_unknown(reply: Reply, what: str) -> None:
    assert reply.status == 401, f"{what}: nobody knows who this is."
    scheme = reply.headers.get("www-authenticate", "").partition(" ")[0].lower()
    assert scheme == "bearer", "A 401 says in WWW-Authenticate how to sign in."


@check("A role that grants the permission opens the route", visible=True)
def role_opens_the_route(answer: Answer) -> None:
    assert post_as(answer, "editor").status == 204, "Editors may write."


@check("A role that does not grant it gets 403, no token 401", visible=True)
def other_role_gets_403(answer: Answer) -> None:
    assert post_as(answer, "reader").status == 403, "Readers are known, and may not write."
    assert_unknown(answer.http.post("/articles"), "No Authorization header")


@check(
    "Forged tokens are refused",
    hint="Who decides with which key and algorithm a signature is checked?",
)
def refuses_forged_tokens(answer: Answer) -> None:
    secret, claims = answer.probe(key), claims_for("editor")
    head, _, seal = made(claims_for("reader"), secret).split(".")
    forged = {
        "signed with another key": made(claims, "somebody-else-2f8a61c0d94b7e35a1c7"),
        "signed with HS512": made(claims, secret, "HS512"),
        "changed, with the old signature": f"{head}.{packed(claims)}.{seal}",
        "unsigned": f"{packed({'alg': 'none', 'typ': 'JWT'})}.{packed(claims)}.",
        "no JWT": "editor",
    }
    for how, token in forged.items():
        assert_unknown(post(answer, token), f"A token that is {how}")


@check(
    "Tokens that are over, without an end, or for somebody else are refused",
    hint="The signature is right in each case. Which claims does your library insist on unasked?",
)
def refuses_other_tokens(answer: Answer, random: Random) -> None:
    secret, claims = answer.probe(key), claims_for("editor")
    over = claims | {"exp": int(time.time()) - random.randint(100, 100_000)}
    assert_unknown(post(answer, made(over, secret)), "A token that is over")
    for aud in ("shop", "blo"):
        token = made(claims | {"aud": aud}, secret)
        assert_unknown(post(answer, token), f"A token for {aud}")
    for claim in ("exp", "aud"):
        rest = {name: value for name, value in claims.items() if name != claim}
        assert_unknown(post(answer, made(rest, secret)), f"A token without {claim}")


@check(
    "Any of several roles suffices, unknown ones grant nothing",
    hint="Which roles can stand in a token, and does GRANTS know all of them?",
)
def roles_add_up(answer: Answer, random: Random) -> None:
    unknown = f"role{random.randrange(10**9)}"
    for roles in (["reader", "editor"], ["editor", "reader"], [unknown, "editor"]):
        assert post_as(answer, *roles).status == 204, f"The roles are {roles}."
    for roles in ([], [unknown], [unknown, "reader"], [WRITE]):
        assert post_as(answer, *roles).status == 403, f"The roles are {roles}."
    claims = claims_for()
    del claims["roles"]
    reply = post(answer, made(claims, answer.probe(key)))
    assert reply.status == 403, "The token is good, and names no roles."


@check(
    "Each route asks for its own permission, and new grants count at once",
    hint="When do you look into GRANTS: when the route is made, or when somebody asks?",
)
def grants_count_at_once(answer: Answer, random: Random) -> None:
    number = random.randrange(10**9)
    role, permission, path = f"role{number}", f"thing{number}:read", f"/things/{number}"
    answer.probe(add_route, path, permission)
    token = made(claims_for(role), answer.probe(key))
    for permissions, status in (([WRITE], 403), ([WRITE, permission], 200), ([], 403)):
        answer.probe(grant, role, permissions)
        reply = answer.http.get(path, headers={"Authorization": f"Bearer {token}"})
        assert reply.status == status, f"The role grants {permissions}; asked is {permission}."
