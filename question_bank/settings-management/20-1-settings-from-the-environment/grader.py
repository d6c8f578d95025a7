"""Checks for 20.1: what the environment says is read, checked, and kept from prying eyes."""

from random import Random
from string import ascii_letters
from typing import Any

from greenroom_runner.harness.grading import Answer, check, probe

PREFIX = "SHOP_"
DEFAULTS = {"port": 5432, "debug": False, "page_size": 20, "allowed_hosts": []}


@probe
def enter(environment):
    """Make this the environment, as far as it can matter."""
    import os

    ours = ("SECRET_KEY", "DATABASE", "DEBUG", "PAGE_SIZE", "ALLOWED_HOSTS")
    for name in list(os.environ):
        if name.upper().startswith(("SHOP_", *ours)):
            del os.environ[name]
    os.environ.update(environment)


@probe
def plain(settings):
    """Return the values of settings, secrets revealed."""

    def revealed(value):
        return value.get_secret_value() if hasattr(value, "get_secret_value") else value

    return {
        "secret_key": revealed(settings.secret_key),
        "host": settings.database.host,
        "password": revealed(settings.database.password),
        "port": settings.database.port,
        "debug": settings.debug,
        "page_size": settings.page_size,
        "allowed_hosts": settings.allowed_hosts,
    }


@probe
def values(answer, *environments):
    """Return for each environment the values of Settings(), or None where they are refused."""
    from pydantic import ValidationError

    results = []
    for environment in environments:
        enter(environment)
        try:
            results.append(plain(answer.Settings()))
        except ValidationError:
            results.append(None)
    return results


@probe
def looks(answer, environment):
    """Return whatever of Settings() could come into a log."""
    enter(environment)
    settings = answer.Settings()
    texts = [f"{settings}", f"{settings!r}", f"{settings.database}", f"{settings.database!r}"]
    return [*texts, settings.model_dump_json()]


@probe
def complaint(answer, environment):
    """Return the text of the error that Settings() raises, as a traceback would show it."""
    import traceback

    from pydantic import ValidationError

    enter(environment)
    try:
        answer.Settings()
    except ValidationError as error:
        return "".join(traceback.format_exception(error)) + repr(error)
    return None


@probe
def changed(answer, environment, names):
    """Assign to each of these attributes. Return which of them could be assigned to."""
    from pydantic import ValidationError

    enter(environment)
    settings = answer.Settings()
    found = []
    for name, value in names.items():
        *parts, last = name.split(".")
        owner = getattr(settings, parts[0]) if parts else settings
        try:
            setattr(owner, last, value)
        except ValidationError:
            continue
        found.append(name)
    return found


@probe
def gotten(answer, first, second):
    """Call get_settings twice in the first environment and once in the second, then Settings."""
    enter(first)
    one, two = answer.get_settings(), answer.get_settings()
    enter(second)
    three = answer.get_settings()
    own = isinstance(one, answer.Settings)
    return [own, two is one, three is one, plain(three), plain(answer.Settings())]


def word(random: Random, length: int) -> str:
    return "".join(random.choices(ascii_letters, k=length))


def required(random: Random) -> dict[str, str]:
    """Return the three variables that are required."""
    return {
        "SHOP_SECRET_KEY": word(random, random.randint(33, 60)),
        "SHOP_DATABASE__HOST": f"db-{random.randint(1, 99)}.example",
        "SHOP_DATABASE__PASSWORD": word(random, 12),
    }


def expected(environment: dict[str, str], **others: Any) -> dict[str, Any]:
    """Return the values that these required variables, and else `others`, lead to."""
    return DEFAULTS | {
        "secret_key": environment["SHOP_SECRET_KEY"],
        "host": environment["SHOP_DATABASE__HOST"],
        "password": environment["SHOP_DATABASE__PASSWORD"],
        **others,
    }


def refuses(answer: Answer, random: Random, name: str, *texts: str) -> None:
    """Expect each of these texts to be refused for a variable."""
    needed = required(random)
    seen = answer.probe(values, *({**needed, name: text} for text in texts))
    for text, found in zip(texts, seen, strict=True):
        assert found is None, f"{name}={text} should raise ValidationError."


@check("Variables are read into their attributes", group="basics", visible=True)
def values_are_read(answer: Answer, random: Random) -> None:
    needed = required(random)
    port, size = random.randint(1024, 65000), random.randint(2, 99)
    numbers = {"SHOP_DATABASE__PORT": str(port), "SHOP_PAGE_SIZE": str(size)}
    others = {"SHOP_DEBUG": "true", "SHOP_ALLOWED_HOSTS": "a.example,b.example"}
    [seen] = answer.probe(values, needed | numbers | others)
    assert seen == expected(
        needed,
        port=port,
        page_size=size,
        debug=True,
        allowed_hosts=["a.example", "b.example"],
    ), "All seven variables are set."


@check("What is not set has its default", group="basics", visible=True)
def defaults_hold(answer: Answer, random: Random) -> None:
    needed = required(random)
    assert answer.probe(values, needed) == [expected(needed)], "Only the required ones are set."


@check("A required variable that is missing is refused", group="basics", visible=True)
def required_ones_are_missed(answer: Answer, random: Random) -> None:
    needed = required(random)
    for name in needed:
        rest = {other: value for other, value in needed.items() if other != name}
        assert answer.probe(values, rest) == [None], f"{name} is missing: ValidationError."
    assert answer.probe(values, {}) == [None], "All are missing: ValidationError."


@check("get_settings reads once and returns the same object", group="basics", visible=True)
def read_once(answer: Answer, random: Random) -> None:
    first, second = required(random), required(random)
    own, again, later, kept, anew = answer.probe(gotten, first, second)
    assert own is True, "get_settings() returns Settings."
    assert again is True, "The second call should return the object of the first."
    assert later is True, "So should a call after the environment has changed."
    assert kept == expected(first), "The environment of the first call counts."
    assert anew == expected(second), "Settings() itself reads the environment of that moment."


@check(
    "Only variables with the prefix count",
    group="reading",
    hint="PAGE_SIZE may belong to another program.",
)
def prefix_counts(answer: Answer, random: Random) -> None:
    needed = required(random)
    without = {name.removeprefix(PREFIX): value for name, value in needed.items()}
    assert answer.probe(values, without) == [None], "All required ones lack their prefix."
    strange = {"PAGE_SIZE": "7", "DEBUG": "true", "DATABASE__PORT": "1", "ALLOWED_HOSTS": "c"}
    assert answer.probe(values, needed | strange) == [expected(needed)], f"Not ours: {strange}"


@check(
    "Other variables are ignored",
    group="reading",
    hint="A new variable should not stop an old release, wherever it stands.",
)
def others_are_ignored(answer: Answer, random: Random) -> None:
    needed = required(random)
    strange = {"SHOP_COLOUR": "red", "SHOP_DATABASE__COLOUR": "red", "SHOP_PAGE": "{"}
    assert answer.probe(values, needed | strange) == [expected(needed)], f"Unknown: {strange}"


@check("A variable set to nothing counts as not set", group="reading", hint="Compose files do it.")
def empty_is_not_set(answer: Answer, random: Random) -> None:
    needed = required(random)
    optional = ("DATABASE__PORT", "DEBUG", "PAGE_SIZE", "ALLOWED_HOSTS")
    for name in optional:
        seen = answer.probe(values, {**needed, PREFIX + name: ""})
        assert seen == [expected(needed)], f"SHOP_{name}= is like not there."
    for name in needed:
        assert answer.probe(values, {**needed, name: ""}) == [None], f"{name}= is like missing."


@check(
    "Switches are read as what they say",
    group="types",
    hint="The text false is not empty, so bool() calls it true.",
)
def switches_are_read(answer: Answer, random: Random) -> None:
    needed = required(random)
    for debug, texts in ((True, ("true", "yes", "on", "1")), (False, ("false", "no", "off", "0"))):
        seen = answer.probe(values, *({**needed, "SHOP_DEBUG": text} for text in texts))
        assert seen == [expected(needed, debug=debug)] * 4, f"SHOP_DEBUG was one of {texts}."
    refuses(answer, random, "SHOP_DEBUG", "maybe", "2")


@check("Numbers keep their limits", group="types", hint="1 and 100, 1 and 65535; and what is none?")
def numbers_keep_their_limits(answer: Answer, random: Random) -> None:
    needed = required(random)
    for name, key, most in (("PAGE_SIZE", "page_size", 100), ("DATABASE__PORT", "port", 65535)):
        seen = answer.probe(values, *({**needed, PREFIX + name: str(n)} for n in (1, most)))
        wanted = [expected(needed, **{key: number}) for number in (1, most)]
        assert seen == wanted, f"SHOP_{name} may be 1 and {most}."
        wrong = ("0", "-1", str(most + 1), "many", "1.5")
        refuses(answer, random, PREFIX + name, *wrong)


@check(
    "A list is written with commas",
    group="types",
    hint="Who turns the text into a list, and what does it expect before your validator is asked?",
)
def list_is_written_with_commas(answer: Answer, random: Random) -> None:
    needed = required(random)
    one, two, three = (f"{word(random, 6)}.example" for _ in range(3))
    for text, hosts in (
        (one, [one]),
        (f"{one},{two},{three}", [one, two, three]),
        (f"  {two} ,{one}  , {three}", [two, one, three]),
        (f",{one},,{two}, ,", [one, two]),
    ):
        seen = answer.probe(values, {**needed, "SHOP_ALLOWED_HOSTS": text})
        assert seen == [expected(needed, allowed_hosts=hosts)], f"The text was {text!r}."


@check("A secret key has at least 32 characters", group="secrets", hint="31 are too few.")
def secret_key_is_long(answer: Answer, random: Random) -> None:
    needed = required(random)
    needed["SHOP_SECRET_KEY"] = word(random, 32)
    assert answer.probe(values, needed) == [expected(needed)], "32 characters suffice."
    refuses(answer, random, "SHOP_SECRET_KEY", word(random, 31), word(random, 1))


@check(
    "Settings that are printed or dumped hide their secrets",
    group="secrets",
    hint="There is a type for text that must not be shown. The nested settings are shown, too.",
)
def secrets_are_hidden(answer: Answer, random: Random) -> None:
    needed = required(random)
    for text in answer.probe(looks, needed):
        for name in ("SHOP_SECRET_KEY", "SHOP_DATABASE__PASSWORD"):
            assert needed[name] not in text, f"The value of {name} can be read."


@check(
    "Errors hide secrets, too",
    group="secrets",
    hint="An error shows its input. Here the input is the secret, or the whole database.",
)
def errors_hide_secrets(answer: Answer, random: Random) -> None:
    needed = required(random)
    short = word(random, 20)
    cases = (
        ({"SHOP_SECRET_KEY": short}, short, "The secret key is too short"),
        ({"SHOP_DATABASE__HOST": ""}, needed["SHOP_DATABASE__PASSWORD"], "The host is missing"),
        ({"SHOP_PAGE_SIZE": "0"}, needed["SHOP_SECRET_KEY"], "The page size is wrong"),
    )
    for changes, secret, fault in cases:
        text = answer.probe(complaint, needed | changes)
        assert secret not in (text or ""), f"{fault}, and the error shows a secret."


@check(
    "Settings cannot be changed",
    group="sharing",
    hint="All requests share one object, and what it holds.",
)
def settings_are_frozen(answer: Answer, random: Random) -> None:
    names = {"page_size": 7, "debug": True, "database.port": 7, "database.host": "elsewhere"}
    seen = answer.probe(changed, required(random), names)
    assert seen == [], "These attributes could be assigned to."
