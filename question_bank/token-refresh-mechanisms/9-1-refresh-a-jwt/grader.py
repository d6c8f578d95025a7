"""Checks for 9.1: tokens that renew each other, and what a copied or made-up one can do."""

import base64
import hashlib
import hmac
import json
import time
from random import Random
from typing import Any

from greenroom_runner.harness.grading import Answer, Reply, check, probe

MINUTES_5 = 5 * 60
DAYS_14 = 14 * 24 * 3600


@probe
def secret(answer):
    return answer.SECRET


@probe
def add_user(answer, name, password):
    answer.USERS[name] = password


@probe
def remove_user(answer, name):
    del answer.USERS[name]


@probe
def refreshed_at_once(answer, name, password, count):
    """Sign in and show the refresh token so many times at once: the statuses that come back."""
    from concurrent.futures import ThreadPoolExecutor

    from starlette.testclient import TestClient

    answer.USERS[name] = password
    with TestClient(answer.app) as client, ThreadPoolExecutor(count) as pool:
        signed_in = client.post("/login", json={"name": name, "password": password}).json()
        body = {"refresh_token": signed_in["refresh_token"]}
        replies = [pool.submit(client.post, "/refresh", json=body) for _ in range(count)]
        return [reply.result().status_code for reply in replies]


class Session:
    """A login of a user, and the tokens that it was given."""

    def __init__(self, answer: Answer, name: str) -> None:
        self.answer = answer
        self.name = name
        reply = answer.http.post("/login", json={"name": name, "password": f"pw-{name}"})
        self.spent: list[str] = []
        self.access, self.refresh = pair(reply, "/login, with the right password")

    def renew(self) -> None:
        self.spent.append(self.refresh)
        reply = refresh(self.answer, self.refresh)
        self.access, self.refresh = pair(reply, "/refresh, with the latest refresh token")


def sign_in(answer: Answer, random: Random) -> Session:
    """Return a session of a new user."""
    name = f"user{random.randrange(10**9)}"
    answer.probe(add_user, name, f"pw-{name}")
    return Session(answer, name)


def pair(reply: Reply, what: str) -> tuple[str, str]:
    """Return the access and the refresh token of a reply."""
    assert reply.status == 200, f"{what}, is answered with 200."
    body = reply.json()
    assert sorted(body) == ["access_token", "refresh_token", "token_type"], "These are the keys."
    assert body["token_type"] == "bearer", "The type of the tokens is bearer."
    return body["access_token"], body["refresh_token"]


def refresh(answer: Answer, token: str) -> Reply:
    return answer.http.post("/refresh", json={"refresh_token": token})


def me(answer: Answer, token: str) -> Reply:
    return answer.http.get("/me", headers={"Authorization": f"Bearer {token}"})


def packed(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unpacked(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def signature(head_and_claims: str, key: str) -> str:
    return packed(hmac.digest(key.encode(), head_and_claims.encode(), hashlib.sha256))


def made(claims: dict[str, Any], key: str) -> str:
    """Return a JWT with these claims, signed with HS256 and `key`."""
    text = f"{packed({'alg': 'HS256', 'typ': 'JWT'})}.{packed(claims)}"
    return f"{text}.{signature(text, key)}"


def claims_of(answer: Answer, token: str) -> dict[str, Any]:
    """Return the claims of a token, after a look at its signature."""
    parts = token.split(".")
    assert len(parts) == 3, "A JWT has three parts."
    header, claims = json.loads(unpacked(parts[0])), json.loads(unpacked(parts[1]))
    assert header["alg"] == "HS256", "The token names its algorithm."
    expected = signature(f"{parts[0]}.{parts[1]}", answer.probe(secret))
    assert parts[2] == expected, "The token is signed with SECRET."
    return claims


def forgeries(token: str) -> dict[str, str]:
    """Return tokens that anybody can make out of this one, who does not have the key."""
    head, claims, seal = token.split(".")
    told = json.loads(unpacked(claims))
    return {
        "unsigned, its algorithm is none": f"{packed({'alg': 'none', 'typ': 'JWT'})}.{claims}.",
        "unsigned, the header as it was": f"{head}.{claims}.",
        "signed with another key": made(told, "somebody-else-2f8a61c0d94b7e35"),
        "changed, with the old signature": f"{head}.{packed(told | {'sub': 'ben'})}.{seal}",
    }


@check("Signing in gives two JWTs with the right claims", group="tokens", visible=True)
def tokens_have_their_claims(answer: Answer, random: Random) -> None:
    session = sign_in(answer, random)
    for kind, token in (("access", session.access), ("refresh", session.refresh)):
        claims = claims_of(answer, token)
        seen = {"sub": claims.get("sub"), "type": claims.get("type")}
        assert seen == {"sub": session.name, "type": kind}, f"Claims of the {kind} token."
    reply = answer.http.post("/login", json={"name": session.name, "password": "wrong"})
    assert reply.status == 401, "A wrong password is answered with 401."


@check(
    "Access tokens live for five minutes, refresh tokens for fourteen days",
    group="tokens",
    hint="exp is a moment, in seconds since 1970: whose lifetime is which, also after a refresh?",
)
def lifetimes_are_right(answer: Answer, random: Random) -> None:
    session = sign_in(answer, random)
    for when in ("sign-in", "refresh"):
        lifetimes = ((session.access, MINUTES_5), (session.refresh, DAYS_14))
        for token, expected in lifetimes:
            lifetime = claims_of(answer, token)["exp"] - time.time()
            assert abs(lifetime - expected) < 5, f"After the {when} {expected} seconds are left."
        session.renew()


@check("An access token opens /me", group="tokens", visible=True)
def access_token_opens_me(answer: Answer, random: Random) -> None:
    session = sign_in(answer, random)
    earlier = session.access
    reply = me(answer, earlier)
    assert reply.status == 200, "The access token of the login is good."
    assert reply.json() == {"name": session.name}, "/me tells whose token it is."
    session.renew()
    assert me(answer, session.access).status == 200, "So is the one that a refresh gave."
    assert me(answer, earlier).status == 200, "An access token stays good until it expires."


@check("A refresh token gives a new pair", group="rotation", visible=True)
def refresh_gives_a_new_pair(answer: Answer, random: Random) -> None:
    session = sign_in(answer, random)
    for _ in range(4):
        session.renew()
        assert session.refresh not in session.spent, "The new refresh token is unlike all before."
        claims = claims_of(answer, session.refresh)
        assert claims["type"] == "refresh", "The refresh token is of the type refresh."
        assert claims["sub"] == session.name, "It is still the same user's."


@check("A refresh token works once", group="rotation", visible=True)
def refresh_token_works_once(answer: Answer, random: Random) -> None:
    session = sign_in(answer, random)
    session.renew()
    assert refresh(answer, session.spent[0]).status == 401, "This token was used already."


@check(
    "A used token ends the session it belongs to",
    group="rotation",
    hint="The thief or the owner: you cannot tell who of them has the newest token.",
)
def reuse_ends_the_session(answer: Answer, random: Random) -> None:
    for back in (1, random.randint(2, 4)):
        session = sign_in(answer, random)
        for _ in range(4):
            session.renew()
        reply = refresh(answer, session.spent[-back])
        assert reply.status == 401, f"A token from {back} refreshes ago was used already."
        reply = refresh(answer, session.refresh)
        assert reply.status == 401, f"One from {back} refreshes ago came back: the newest is dead."


@check(
    "Other logins go on when one session ends",
    group="rotation",
    hint="What exactly is revoked: a user, or what grew out of one login?",
)
def other_logins_go_on(answer: Answer, random: Random) -> None:
    stolen = sign_in(answer, random)
    same_user, other_user = Session(answer, stolen.name), sign_in(answer, random)
    stolen.renew()
    assert refresh(answer, stolen.spent[0]).status == 401, "This token was used already."
    same_user.renew()
    other_user.renew()
    Session(answer, stolen.name).renew()  # and who signs in again begins anew
    assert refresh(answer, stolen.refresh).status == 401, "The ended session stays ended."


@check(
    "Of several requests with one token, one succeeds",
    group="rotation",
    hint="What can happen between looking whether a token is used and noting that it is?",
)
def one_of_several_succeeds(answer: Answer, random: Random) -> None:
    name = f"user{random.randrange(10**9)}"
    statuses = answer.probe(refreshed_at_once, name, "several-at-once", 6)
    assert sorted(statuses) == [200, 401, 401, 401, 401, 401], "One token was shown six times."


@check(
    "One kind of token does not pass for the other",
    group="refusals",
    hint="Both are signed with the same key. What tells them apart?",
)
def kinds_are_told_apart(answer: Answer, random: Random) -> None:
    session = sign_in(answer, random)
    assert me(answer, session.refresh).status == 401, "/me, with a refresh token"
    assert refresh(answer, session.access).status == 401, "/refresh, with an access token"


@check(
    "Forged tokens are refused",
    group="refusals",
    hint="Who decides which algorithm a signature is checked with?",
)
def forged_tokens_are_refused(answer: Answer, random: Random) -> None:
    session = sign_in(answer, random)
    for how, token in forgeries(session.access).items():
        assert me(answer, token).status == 401, f"/me, with a token that is {how}"
    for how, token in forgeries(session.refresh).items():
        assert refresh(answer, token).status == 401, f"/refresh, with a token that is {how}"


@check(
    "Expired tokens are refused",
    group="refusals",
    hint="Is exp looked at, for both kinds?",
)
def expired_tokens_are_refused(answer: Answer, random: Random) -> None:
    session = sign_in(answer, random)
    past = {"exp": int(time.time()) - random.randint(100, 100_000)}
    key = answer.probe(secret)
    expired = made(claims_of(answer, session.access) | past, key)
    assert me(answer, expired).status == 401, "/me, with an access token of the past"
    expired = made(claims_of(answer, session.refresh) | past, key)
    assert refresh(answer, expired).status == 401, "/refresh, with a refresh token of the past"


@check(
    "Text that is no JWT is refused, not a fault",
    group="refusals",
    hint="Which exceptions can reading a token raise, and what is their common base?",
)
def nonsense_is_refused(answer: Answer, random: Random) -> None:
    word = f"{random.randrange(10**9)}"
    for token in (word, f"{word}.{word}", "a.b.c", f"{packed({'alg': 'HS256'})}.{word}.{word}"):
        assert refresh(answer, token).status == 401, f"/refresh, with {token!r}"
        assert me(answer, token).status == 401, f"/me, with {token!r}"
    assert refresh(answer, "").status == 401, "/refresh, with an empty token"


@check(
    "A forged token ends nobody's session",
    group="refusals",
    hint="In which order: look at the signature, revoke?",
)
def forgery_ends_no_session(answer: Answer, random: Random) -> None:
    session = sign_in(answer, random)
    session.renew()
    for old in (session.spent[0], session.refresh):
        for how, token in forgeries(old).items():
            assert refresh(answer, token).status == 401, f"/refresh, with a token that is {how}"
    reply = refresh(answer, session.refresh)
    assert reply.status == 200, "Nobody but a forger was there: the session goes on."


@check(
    "Who was removed gets no new tokens",
    group="refusals",
    hint="Weeks can lie between a login and a refresh: what has to be asked again?",
)
def removed_users_get_nothing(answer: Answer, random: Random) -> None:
    session = sign_in(answer, random)
    session.renew()
    answer.probe(remove_user, session.name)
    assert refresh(answer, session.refresh).status == 401, "The user is no longer in USERS."
