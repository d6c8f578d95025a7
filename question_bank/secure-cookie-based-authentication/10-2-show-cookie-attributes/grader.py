"""Checks for 10.2 in code: what a browser does with a cookie that is set, and then dropped."""

import time
from email.utils import parsedate_to_datetime

from greenroom_runner.harness.grading import Answer, Cookie, check

DAY = 24 * 3600


def lifetime(cookie: Cookie) -> float | None:
    """Return for how many seconds a browser keeps it, None for as long as it is open."""
    age, expires = cookie.attributes.get("max-age"), cookie.attributes.get("expires")
    if age is not None:
        return float(age)
    if expires is not None:
        return parsedate_to_datetime(expires).timestamp() - time.time()
    return None


def new_basket(answer: Answer) -> Cookie:
    reply = answer.http.post("/shop/basket")
    assert reply.status == 204, "A new basket is answered with 204."
    assert list(reply.cookies) == ["basket"], "The answer sets one cookie."
    return reply.cookies["basket"]


def place(cookie: Cookie) -> dict[str, str | None]:
    """Return what makes a browser tell two cookies of one name apart."""
    path = cookie.attributes.get("path") or "/shop"  # without one, the request's folder
    return {"path": path, "domain": cookie.attributes.get("domain") or None}


@check("Each new basket sets a cookie of its own", visible=True)
def each_basket_has_its_own(answer: Answer) -> None:
    values = [new_basket(answer).value for _ in range(4)]
    assert "" not in values, "The cookie has a value."
    assert len(set(values)) == 4, "There were four baskets."


@check("No script reads it, and plain HTTP never carries it", visible=True)
def only_the_server_reads_it(answer: Answer) -> None:
    given = new_basket(answer).attributes
    assert "httponly" in given, "Without HttpOnly, document.cookie shows it."
    assert "secure" in given, "Without Secure, it is sent over plain HTTP as well."


@check(
    "Links from other sites carry it, forms do not",
    hint="Three values tell a browser what to do with other sites. Which is the one in the middle?",
)
def links_carry_it(answer: Answer) -> None:
    seen = new_basket(answer).attributes.get("samesite", "")
    assert seen.lower() == "lax", "Strict stays at home with links too, None goes with forms."


@check(
    "It goes to the shop on this host, and nowhere else",
    hint="Two attributes widen or narrow where it goes. One of them you name, one you leave out.",
)
def goes_to_the_shop_alone(answer: Answer) -> None:
    seen = place(new_basket(answer))
    assert seen == {"path": "/shop", "domain": None}, "With a Domain, all subdomains get it."


@check("It stays for 30 days", hint="Without which attribute does it end with the browser?")
def stays_for_thirty_days(answer: Answer) -> None:
    seconds = lifetime(new_basket(answer))
    assert seconds is not None, "It ends when the browser is closed."
    assert abs(seconds - 30 * DAY) < 60, "30 days have 2592000 seconds."


@check(
    "The browser drops the cookie",
    hint="Which cookie is dropped, if path or domain are not those of the one that was set?",
)
def browser_drops_it(answer: Answer) -> None:
    basket = new_basket(answer)
    for sent in ({"basket": basket.value}, {}):
        reply = answer.http.delete("/shop/basket", cookies=sent)
        assert reply.status == 204, "Dropping a basket is answered with 204."
        assert list(reply.cookies) == ["basket"], "A cookie is dropped by setting it, expired."
        dropped = reply.cookies["basket"]
        assert place(dropped) == place(basket), "This is another cookie: the basket stays."
        left = lifetime(dropped)
        assert left is not None, "Without a lifetime, it stays as long as the browser is open."
        assert left <= 0, "Its lifetime is over."
