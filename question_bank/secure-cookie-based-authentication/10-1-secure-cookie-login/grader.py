"""Checks for 10.1: a session's cookie as a browser sees it, and as somebody who copied it would."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from random import Random
from typing import Any

from greenroom_runner.harness.grading import Answer, Cookie, Reply, check, probe

COOKIE = "__Host-session"
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@probe
def add_user(answer, name, password):
    answer.USERS[name] = password


@probe
def move_clock(answer, seconds):
    """Have the app believe that it is so many seconds later."""
    import time

    real = vars(time).setdefault("real_time", time.time)
    time.time = answer.now = lambda: real() + seconds


class Browser:
    """Keeps and sends cookies as a browser does that visits the app over HTTPS."""

    def __init__(self, answer: Answer, cookies: dict[str, str] | None = None) -> None:
        self.answer = answer
        self.cookies = dict(cookies or {})

    def request(self, method: str, path: str, **content: Any) -> Reply:
        reply = self.answer.http.request(method, path, cookies=self.cookies, **content)
        for name, cookie in reply.cookies.items():
            self._take(name, cookie)
        return reply

    def _take(self, name: str, cookie: Cookie) -> None:
        given = cookie.attributes
        bound = "secure" in given and given.get("path") == "/" and not given.get("domain")
        if name.startswith("__Host-") and not bound:
            return
        if is_over(cookie):
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = cookie.value

    def login(self, name: str, password: str) -> Reply:
        return self.request("POST", "/login", json={"name": name, "password": password})

    def me(self) -> Reply:
        return self.request("GET", "/me")

    def logout(self) -> Reply:
        return self.request("POST", "/logout")


def is_over(cookie: Cookie) -> bool:
    """Say whether a browser drops this cookie at once. Max-Age goes before Expires."""
    age, expires = cookie.attributes.get("max-age"), cookie.attributes.get("expires")
    if age is not None:
        return int(age) <= 0
    return expires is not None and parsedate_to_datetime(expires).timestamp() <= time.time()


@contextmanager
def later(answer: Answer, seconds: int) -> Iterator[None]:
    answer.probe(move_clock, seconds)
    try:
        yield
    finally:
        answer.probe(move_clock, 0)


def new_user(answer: Answer, random: Random) -> tuple[str, str]:
    """Return name and password of a new user."""
    name = "".join(random.choices(LETTERS, k=12))
    password = "".join(random.choices(LETTERS, k=12))
    answer.probe(add_user, name, password)
    return name, password


def signed_in(answer: Answer, name: str, password: str) -> Browser:
    """Return a new browser in which this user is signed in."""
    browser = Browser(answer)
    assert browser.login(name, password).status == 204, "A login that is right is answered 204."
    return browser


def login_cookie(answer: Answer, random: Random) -> Cookie:
    reply = Browser(answer).login(*new_user(answer, random))
    assert reply.status == 204, "A login that is right is answered with 204."
    assert COOKIE in reply.cookies, f"The login sets the cookie {COOKIE}."
    return reply.cookies[COOKIE]


def assert_signed_in(browser: Browser, name: str, when: str) -> None:
    reply = browser.me()
    assert reply.status == 200, f"{when}: /me knows the user."
    assert reply.json() == {"name": name}, f"{when}: /me tells the name."


@check("Who signs in is known from then on, and nobody else", group="basics", visible=True)
def login_is_remembered(answer: Answer, random: Random) -> None:
    name, password = new_user(answer, random)
    assert Browser(answer).me().status == 401, "No cookie was sent."
    browser = signed_in(answer, name, password)
    assert COOKIE in browser.cookies, "The browser should have taken the cookie."
    for _ in range(2):
        assert_signed_in(browser, name, "After the login")
    made_up = {COOKIE: "".join(random.choices(LETTERS, k=43))}
    assert Browser(answer, made_up).me().status == 401, "The cookie's value was made up."


@check("A wrong password gets no cookie", group="basics", visible=True)
def wrong_password_gets_nothing(answer: Answer, random: Random) -> None:
    name, password = new_user(answer, random)
    for wrong in (password[:-1], password.upper(), ""):
        reply = Browser(answer).login(name, wrong)
        assert reply.status == 401, "The password is wrong."
        assert reply.cookies == {}, "A login that failed sets no cookie."


@check("Signing out ends the session", group="basics", visible=True)
def logout_ends_the_session(answer: Answer, random: Random) -> None:
    browser = signed_in(answer, *new_user(answer, random))
    assert browser.logout().status == 204, "/logout is answered with 204."
    assert browser.me().status == 401, "After the logout nobody is signed in."


@check("No script can read the cookie", group="cookie", visible=True)
def no_script_reads_it(answer: Answer, random: Random) -> None:
    attributes = login_cookie(answer, random).attributes
    assert "httponly" in attributes, "One attribute keeps scripts away."


@check(
    "The cookie stays on HTTPS, on this host and at home, for an hour",
    group="cookie",
    hint="Which attributes decide where a cookie is sent, from whose pages, and for how long?",
)
def it_stays_at_home(answer: Answer, random: Random) -> None:
    attributes = login_cookie(answer, random).attributes
    assert "secure" in attributes, "It is sent over HTTPS alone."
    assert attributes.get("samesite", "").lower() in {"lax", "strict"}, "SameSite is Lax or Strict."
    assert attributes.get("path") == "/", "Its path is /."
    assert "domain" not in attributes, "With a Domain it would go to other hosts as well."
    assert attributes.get("max-age") == "3600", "Max-Age is an hour."


@check(
    "Its value is long, new each time, and says nothing",
    group="value",
    hint="Could somebody who knows the name, or the value of yesterday, make one?",
)
def value_is_not_guessed(answer: Answer, random: Random) -> None:
    name, password = new_user(answer, random)
    values = [signed_in(answer, name, password).cookies[COOKIE] for _ in range(3)]
    assert len(set(values)) == 3, "Three logins of one user give three values."
    assert min(map(len, values)) >= 22, "A value of less than 22 characters can be tried out."
    middle = len(values[0]) // 2
    other = "b" if values[0][middle] == "a" else "a"
    changed = f"{values[0][:middle]}{other}{values[0][middle + 1 :]}"
    for value in ("", name, values[0][:-1], changed):
        reply = Browser(answer, {COOKIE: value}).me()
        assert reply.status == 401, f"{value!r} is no session that anybody was given."


@check(
    "A value that the client brought is not taken over",
    group="value",
    hint="An attacker can put a cookie into a browser before its user signs in.",
)
def value_is_not_the_clients(answer: Answer, random: Random) -> None:
    name, password = new_user(answer, random)
    planted = "".join(random.choices(LETTERS, k=43))
    browser = Browser(answer, {COOKIE: planted})
    assert browser.login(name, password).status == 204, "The password is right."
    assert browser.cookies[COOKIE] != planted, "The login gives a value of its own."
    assert_signed_in(browser, name, "After the login")
    assert Browser(answer, {COOKIE: planted}).me().status == 401, "The planted value opens nothing."


@check(
    "A copied cookie is worthless after the logout",
    group="ending",
    hint="The browser forgets; who else has to?",
)
def copies_end_with_the_logout(answer: Answer, random: Random) -> None:
    browser = signed_in(answer, *new_user(answer, random))
    copy = Browser(answer, browser.cookies)
    assert copy.me().status == 200, "Whoever has the value is signed in."
    browser.logout()
    assert copy.me().status == 401, "The session has ended on the server."


@check(
    "The browser drops the cookie at the logout",
    group="ending",
    hint="A browser refuses to set this cookie without certain attributes. And to remove it?",
)
def browser_drops_the_cookie(answer: Answer, random: Random) -> None:
    browser = signed_in(answer, *new_user(answer, random))
    browser.logout()
    assert COOKIE not in browser.cookies, "The browser still has the cookie after the logout."
    assert browser.logout().status == 204, "Whoever is not signed in may sign out."


@check(
    "Each browser has a session of its own",
    group="ending",
    hint="What does the logout end: the user, or this one session?",
)
def sessions_are_apart(answer: Answer, random: Random) -> None:
    name, password = new_user(answer, random)
    other = new_user(answer, random)
    first, second = signed_in(answer, name, password), signed_in(answer, name, password)
    third = signed_in(answer, *other)
    first.logout()
    assert_signed_in(second, name, "The same user, in another browser")
    assert_signed_in(third, other[0], "Another user")


@check(
    "A link cannot sign anybody out",
    group="ending",
    hint="With SameSite=Lax, which requests from other sites carry the cookie?",
)
def get_signs_nobody_out(answer: Answer, random: Random) -> None:
    name, password = new_user(answer, random)
    browser = signed_in(answer, name, password)
    for path in ("/logout", "/login", "/me"):
        browser.request("GET", path)
    assert_signed_in(browser, name, "After GET /logout")


@check(
    "The server ends a session after an hour",
    group="ending",
    hint="Who keeps a cookie's Max-Age, if somebody copied the value?",
)
def server_ends_it_after_an_hour(answer: Answer, random: Random) -> None:
    name, password = new_user(answer, random)
    browser = signed_in(answer, name, password)
    for seconds in (random.randint(1000, 3000), 3500):
        with later(answer, seconds):
            assert_signed_in(browser, name, f"{seconds} seconds after the login")
    with later(answer, random.randint(3700, 7000)):
        assert browser.me().status == 401, "More than an hour has passed, whatever was used since."
        assert_signed_in(signed_in(answer, name, password), name, "After a new login")


@check(
    "An unknown name is answered like a wrong password",
    group="passwords",
    hint="Can a stranger find out who works here?",
)
def unknown_names_look_the_same(answer: Answer, random: Random) -> None:
    name, password = new_user(answer, random)
    wrong = Browser(answer).login(name, f"{password}!")
    for unknown in ("", f"{password}!"):
        reply = Browser(answer).login(f"{name}-x", unknown)
        assert reply.status == 401, "Nobody has this name."
        assert reply.body == wrong.body, "It looks as a wrong password does."
        assert reply.cookies == {}, "A login that failed sets no cookie."


@check(
    "Names and passwords hold any letters",
    group="passwords",
    hint="Text or bytes: what do the functions that you compare and write cookies with take?",
)
def any_letters_work(answer: Answer, random: Random) -> None:
    name = f"Zoë \N{SNOWMAN}; {random.randrange(10**9)}"
    password = f"pässwörd 東京 {random.randrange(10**9)}"
    answer.probe(add_user, name, password)
    assert Browser(answer).login(name, f"{password}é").status == 401, "The password is wrong."
    assert_signed_in(signed_in(answer, name, password), name, "After the login")
