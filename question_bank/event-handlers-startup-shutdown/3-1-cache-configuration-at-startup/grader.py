"""Checks for 3.1: the file is read at startup, once, and never by a request."""

import json
from random import Random

from greenroom_runner.harness.grading import Answer, check, probe

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@probe
async def started(app):
    """Start `app` and return how to stop it. Raises RuntimeError where startup fails."""
    import asyncio

    told, heard, state = asyncio.Queue(), asyncio.Queue(), {}

    async def live():
        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": state}
        try:
            await app(scope, told.get, heard.put)
        except BaseException:
            await heard.put({"type": "lifespan.startup.failed"})

    life = asyncio.create_task(live())
    await told.put({"type": "lifespan.startup"})
    if (await heard.get())["type"] != "lifespan.startup.complete":
        await life
        raise RuntimeError

    async def stop():
        await told.put({"type": "lifespan.shutdown"})
        await life

    return stop, state


@probe
async def get(app, state, path):
    """Send one GET request; return [status, body], the body of 200 only."""
    import json
    from urllib.parse import quote

    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": quote(path).encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"shop")],
        "client": ("127.0.0.1", 1),
        "server": ("shop", 80),
        "state": dict(state),
    }
    try:
        await app(scope, receive, send)
    except Exception:
        return [500, None]
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return [sent[0]["status"], json.loads(body) if sent[0]["status"] == 200 else None]


@probe
def place(path, text):
    """Have the file at `path` hold `text`; None: have no file there."""
    if text is None:
        path.unlink(missing_ok=True)
    else:
        path.write_text(text, encoding="utf-8")


@probe
async def lives(answer, starts):
    """Start the app once for each of `starts` and return what it answered, and what it opened.

    A start has the `text` of the file when the app starts, what is `written` into it afterwards
    (None: it is deleted), and the `keys` that are asked for.
    """
    import os
    import sys
    import tempfile
    from pathlib import Path

    watched = {"names": (), "opened": 0}

    def hook(name, arguments):
        if name == "open" and arguments[0] in watched["names"]:
            watched["opened"] += 1

    sys.addaudithook(hook)
    seen = []
    for start in starts:
        path = Path(tempfile.mkdtemp(), "config.json")
        place(path, start["text"])
        os.environ["CONFIG_FILE"] = str(path)
        watched.update(names=(str(path), bytes(path)), opened=0)
        stop, state = await started(answer.app)
        opened = [watched["opened"]]
        watched["names"] = ()
        if "written" in start:
            place(path, start["written"])
        watched.update(names=(str(path), bytes(path)), opened=0)
        replies = [await get(answer.app, state, f"/config/{key}") for key in start["keys"]]
        opened.append(watched["opened"])
        watched["names"] = ()
        await stop()
        seen.append({"replies": replies, "opened": opened})
    return seen


@probe
async def starts_with(answer, text):
    """Return whether the app starts when the file holds `text` (None: no file; "": not set)."""
    import os
    import tempfile
    from pathlib import Path

    path = Path(tempfile.mkdtemp(), "config.json")
    os.environ["CONFIG_FILE"] = str(path)
    place(path, text)
    if text == "":
        del os.environ["CONFIG_FILE"]
    try:
        stop, _ = await started(answer.app)
    except RuntimeError:
        return False
    await stop()
    return True


def word(random: Random) -> str:
    """Return a word that nobody could guess."""
    return "".join(random.choices(LETTERS, k=10))


def start(config: object, keys: list[str], **changes: object) -> dict[str, object]:
    """Describe a start with `config` in the file; `changes` may say what is written later."""
    return {"text": json.dumps(config, ensure_ascii=False), "keys": keys, **changes}


def found(key: str, value: object) -> list[object]:
    """Return what a request for a known key should come to."""
    return [200, {"key": key, "value": value}]


@check("A value of the file is served", group="basics", visible=True)
def serves_a_value(answer: Answer, random: Random) -> None:
    key, value = word(random), word(random)
    (seen,) = answer.probe(lives, [start({key: value, "other": 1}, [key])])
    assert seen["replies"] == [found(key, value)], f"The file holds {key}."


@check("A key that the file does not have is 404", group="basics", visible=True)
def unknown_key_is_404(answer: Answer, random: Random) -> None:
    (seen,) = answer.probe(lives, [start({"currency": "EUR"}, [word(random)])])
    assert seen["replies"][0][0] == 404, "The file holds currency alone."


@check("A change of the file does not show while the app runs", group="cache", visible=True)
def change_does_not_show(answer: Answer, random: Random) -> None:
    old, new = word(random), word(random)
    later = json.dumps({"name": new, "new": 1})
    (seen,) = answer.probe(lives, [start({"name": old}, ["name", "new"], written=later)])
    assert seen["replies"] == [found("name", old), [404, None]], "The file has changed meanwhile."


@check(
    "The file may be gone before the first request",
    group="cache",
    hint="When does the app read the file: as it starts, or when somebody asks?",
)
def file_may_be_gone(answer: Answer, random: Random) -> None:
    key, value = word(random), word(random)
    (seen,) = answer.probe(lives, [start({key: value}, [key, word(random), key], written=None)])
    expected = [found(key, value), [404, None], found(key, value)]
    assert seen["replies"] == expected, "The file was deleted right after the start."


@check(
    "A start opens the file once, and no request does",
    group="cache",
    hint="Count the calls of open, whoever makes them.",
)
def file_is_opened_once(answer: Answer, random: Random) -> None:
    key = word(random)
    (seen,) = answer.probe(lives, [start({key: 1}, [key, word(random)] * 3)])
    assert seen["opened"] == [1, 0], "Opened by the start, and by six requests."


@check(
    "The next start knows what the file holds then, and nothing else",
    group="restart",
    hint="What is left of the old file when the new one has fewer keys?",
)
def next_start_reads_again(answer: Answer, random: Random) -> None:
    gone, old, new = word(random), word(random), word(random)
    keys = ["name", gone, "added"]
    first, second = answer.probe(
        lives, [start({"name": old, gone: 1}, keys), start({"name": new, "added": 2}, keys)]
    )
    assert first["replies"] == [found("name", old), found(gone, 1), [404, None]], "First start."
    expected = [found("name", new), [404, None], found("added", 2)]
    assert second["replies"] == expected, "Second start, with another file in CONFIG_FILE."


@check(
    "A value may be anything that JSON has",
    group="values",
    hint="Being there and being true are two questions.",
)
def any_value_is_served(answer: Answer, random: Random) -> None:
    config = {
        "null": None,
        "false": False,
        "zero": 0,
        "empty": "",
        "list": [],
        "nested": {"hosts": [{"name": word(random), "port": random.randint(1, 9999)}]},
        "number": random.randint(1, 10**6) / 4,
        "привет": "Überraschung, 値",
    }
    (seen,) = answer.probe(lives, [start(config, list(config))])
    expected = [found(key, value) for key, value in config.items()]
    assert seen["replies"] == expected, "Each value comes back as the file has it."


@check(
    "Only keys of the file are found",
    group="values",
    hint="Attributes and methods of Python objects are no configuration.",
)
def only_keys_of_the_file(answer: Answer) -> None:
    keys = ["__class__", "__dict__", "items", "get", "config", "CONFIG_FILE"]
    (seen,) = answer.probe(lives, [start({"currency": "EUR"}, keys)])
    statuses = [status for status, _ in seen["replies"]]
    assert statuses == [404] * len(keys), "The file holds currency alone."


@check(
    "Without its file the app does not start",
    group="failures",
    hint="A service without configuration should fail where its operator looks: at startup.",
)
def no_file_no_start(answer: Answer) -> None:
    assert answer.probe(starts_with, None) is False, "CONFIG_FILE names a file that is missing."
    assert answer.probe(starts_with, "") is False, "CONFIG_FILE is not set."


@check(
    "With a file that is not JSON the app does not start",
    group="failures",
    hint="Who sees the exception of json.loads?",
)
def broken_file_no_start(answer: Answer) -> None:
    for text in ('{"currency": ', "currency = EUR", " "):
        assert answer.probe(starts_with, text) is False, f"The file holds {text!r}."


@check(
    "With JSON that is no object the app does not start",
    group="failures",
    hint="json.loads is content with lists, numbers and null as well.",
)
def no_object_no_start(answer: Answer) -> None:
    for text in ('["currency", "EUR"]', "null", "7", '"currency"', "[]"):
        assert answer.probe(starts_with, text) is False, f"The file holds {text}."
