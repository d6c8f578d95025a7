"""Checks for showing 33.1: a dependency that reads header, key and raw body from the request."""

import hashlib
import hmac
import json
from random import Random

from greenroom_runner.harness.grading import Answer, Reply, check, probe

KEY = "for tests only"
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@probe
def exchange_key(answer, key):
    answer.app.state.webhook_key = key.encode()


@probe
def add_routes(answer, path):
    """Add routes below `path` that depend on `signed`: with another body and without one."""
    from fastapi import Body, Depends

    async def take_refund(reason: str = Body(embed=True)):
        return reason

    def ping():
        return "pong"

    options = {"dependencies": [Depends(answer.signed)]}
    answer.app.add_api_route(f"{path}/refunds", take_refund, methods=["POST"], **options)
    answer.app.add_api_route(f"{path}/ping", ping, methods=["GET", "POST"], **options)


def word(random: Random) -> str:
    """Return a word that nobody could guess."""
    return "".join(random.choices(LETTERS, k=10))


def signature(body: bytes, key: str = KEY) -> str:
    """Return what the provider would send as signature."""
    return hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


def some_payment(random: Random) -> dict[str, object]:
    """Return a payment nobody could guess."""
    return {"order": word(random), "cents": random.randint(1, 10**6)}


def send(
    answer: Answer, body: bytes, signed: str | None, path: str = "/payments", method: str = "POST"
) -> Reply:
    """Send `body` with this signature; None: without the header."""
    headers = {"content-type": "application/json"}
    if signed is not None:
        headers["x-signature"] = signed
    return answer.http.request(method, path, content=body, headers=headers)


@check("A signed payment is taken", group="basics", visible=True)
def signed_payment_is_taken(answer: Answer, random: Random) -> None:
    payment = some_payment(random)
    body = json.dumps(payment).encode()
    reply = send(answer, body, signature(body))
    assert reply.status == 200, "The signature fits the body."
    assert reply.json() == payment, "The route has got its model."
    body = json.dumps({"order": word(random)}).encode()
    assert send(answer, body, signature(body)).status == 422, "Signed, but cents are missing."


@check("A signature that does not fit is 401", group="basics", visible=True)
def wrong_signature_is_401(answer: Answer, random: Random) -> None:
    body, other = (json.dumps(some_payment(random)).encode() for _ in range(2))
    for signed in ("c0ffee", signature(other), signature(body, word(random))):
        assert send(answer, body, signed).status == 401, "It is of another body or another key."


@check(
    "The bytes count as they were sent",
    group="body",
    hint="Two texts can be the same JSON: spaces, the order of keys, escapes.",
)
def bytes_count_as_they_were_sent(answer: Answer, random: Random) -> None:
    name, cents = word(random) + "é", random.randint(1, 999)
    written = [
        f'{{"cents":{cents},"order":"{name}"}}',
        f'{{ "order" : "{name}",\r\n  "cents" : {cents} }}\n',
        json.dumps({"note": "not in the model", "order": name, "cents": cents}),
    ]
    for text in written:
        body = text.encode()
        reply = send(answer, body, signature(body))
        assert reply.status == 200, f"{text!r} was sent with its signature."
        assert reply.json() == {"order": name, "cents": cents}, "The route has got its model."


@check(
    "Without the header, or with nonsense in it, it is 401",
    group="header",
    hint="What does FastAPI answer when a declared header is missing?",
)
def any_header_or_none_is_401(answer: Answer, random: Random) -> None:
    body = json.dumps(some_payment(random)).encode()
    for signed in (None, "", "none", "0" * 64, signature(body)[:-1]):
        assert send(answer, body, signed).status == 401, f"The header was {signed!r}."


@check(
    "The key is the one of now",
    group="key",
    hint="When is app.state read: when the module is, or when somebody asks?",
)
def key_is_the_one_of_now(answer: Answer, random: Random) -> None:
    body, key = json.dumps(some_payment(random)).encode(), word(random)
    answer.probe(exchange_key, key)
    try:
        assert send(answer, body, signature(body, key)).status == 200, "Signed with the new key."
        assert send(answer, body, signature(body)).status == 401, "Signed with the old one."
    finally:
        answer.probe(exchange_key, KEY)


@check(
    "Other routes can use it, with another body or without one",
    group="routes",
    hint="Whose model does the dependency need, if any?",
)
def other_routes_can_use_it(answer: Answer, random: Random) -> None:
    path, reason = f"/{word(random)}", word(random)
    answer.probe(add_routes, path)
    body = json.dumps({"reason": reason}).encode()
    reply = send(answer, body, signature(body), f"{path}/refunds")
    assert reply.status == 200, "A route with another body."
    assert reply.json() == reason, "The route has got its body."
    for method in ("GET", "POST"):
        reply = send(answer, b"", signature(b""), f"{path}/ping", method)
        assert reply.status == 200, f"{method} without a body, and the signature of no bytes."
    assert send(answer, body, signature(body), f"{path}/ping").status == 200, "Bytes, no model."
    assert send(answer, body, signature(b""), f"{path}/ping").status == 401, "Other bytes."
