"""Checks for 36.1: whatever a route returns, a parser gets it back from the XML."""

import json
from collections.abc import Mapping
from random import Random
from typing import Any
from xml.etree.ElementTree import Element, ParseError, fromstring

from greenroom_runner.harness.grading import Answer, Reply, check, probe, raises

HOLE = "\N{REPLACEMENT CHARACTER}"
Tree = list[Any]


@probe
def made(answer, content, status_code, headers):
    """Make a response by hand; return its status, its headers, and its body."""
    response = answer.XMLResponse(content, status_code=status_code, headers=headers)
    fields = {name.lower(): value for name, value in response.headers.items()}
    return [response.status_code, fields, bytes(response.body)]


@probe
def made_of_strange_things(answer, which):
    """Make a response of something that JSON does not know."""
    import datetime as dt
    import decimal

    strange = {
        "an object": object(),
        "a date": dt.date(2026, 11, 5),
        "a Decimal": decimal.Decimal("1.50"),
        "bytes": b"abc",
        "a set": {1},
    }
    return bytes(answer.XMLResponse({"value": [strange[which]]}).body)


def tree(element: Element) -> Tree:
    """Return an element as [name, attributes, text or its children]."""
    children = list(element)
    if not children:
        return [element.tag, dict(element.attrib), element.text or ""]
    between = [element.text, *(child.tail for child in children)]
    assert not "".join(text or "" for text in between).strip(), "No text stands between elements."
    return [element.tag, dict(element.attrib), [tree(child) for child in children]]


def parsed(body: bytes) -> Tree:
    assert b"<!DOCTYPE" not in body, "There is no document type."
    try:
        root = fromstring(body)  # without a document type nothing expands
    except (ParseError, ValueError) as problem:
        raise AssertionError(f"A parser refuses it: {problem}. Body: {body[:300]!r}") from None
    return tree(root)


def echoed(answer: Answer, value: Any) -> Tree:
    """Send a value and return the tree that comes back."""
    reply = answer.http.post("/echo", content=json.dumps(value).encode(), headers=JSON)
    assert reply.status == 200, "An echo is answered with 200."
    return parsed(reply.body)


JSON: Mapping[str, str] = {"content-type": "application/json"}


def response(*children: Tree) -> Tree:
    return ["response", {}, list(children)]


def media_type(reply: Reply) -> str:
    return reply.headers.get("content-type", "").partition(";")[0].strip()


@check("An object becomes elements", group="basics", visible=True)
def object_becomes_elements(answer: Answer, random: Random) -> None:
    names = [*random.sample(["zeta", "b", "name", "item", "_x"], 3), "A-1", "v2.0"]
    random.shuffle(names)
    value = {name: f"text {random.randint(1, 99)}" for name in names}
    expected = response(*([name, {}, text] for name, text in value.items()))
    assert echoed(answer, value) == expected, f"Sent: {value}"
    inner = response(["outer", {}, [["inner", {}, [["x", {}, "deep"]]]]])
    assert echoed(answer, {"outer": {"inner": {"x": "deep"}}}) == inner, "Objects in an object."


@check("The answer and its documentation say application/xml", group="basics", visible=True)
def says_what_it_is(answer: Answer) -> None:
    reply = answer.http.post("/echo", json={"name": "Ada"})
    assert reply.status == 200, "An echo is answered with 200."
    assert media_type(reply) == "application/xml", "Look at content-type."
    start = reply.body[:60].lower().replace(b"'", b'"')
    assert start.startswith(b"<?xml "), "The body begins with an XML declaration."
    assert b'encoding="utf-8"' in start, "The declaration names UTF-8."
    documented = answer.http.get("/openapi.json").json()["paths"]["/echo"]["post"]["responses"]
    assert sorted(documented["200"]["content"]) == ["application/xml"], "Look at /openapi.json."


@check("A list becomes items", group="basics", visible=True)
def list_becomes_items(answer: Answer, random: Random) -> None:
    texts = [f"text {random.randint(1, 99)}" for _ in range(random.randint(2, 5))]
    items = [["item", {}, text] for text in texts]
    assert echoed(answer, {"tags": texts}) == response(["tags", {}, items]), f"Sent: tags {texts}"
    assert echoed(answer, texts) == response(*items), f"Sent: {texts}"
    nested = [[["a"], {"b": "c"}], ["d"]]
    inner = [["item", {}, [["item", {}, "a"]]], ["item", {}, [["b", {}, "c"]]]]
    expected = response(["item", {}, inner], ["item", {}, [["item", {}, "d"]]])
    assert echoed(answer, nested) == expected, f"Sent: {nested}"


@check("Markup in a text stays text", group="basics", visible=True)
def markup_stays_text(answer: Answer, random: Random) -> None:
    texts = [
        "<b>bold</b>",
        "Fish & Co",
        "&amp;",
        "]]>",
        "<![CDATA[x]]>",
        "\"'",
        "<!--",
        "a < b > c",
    ]
    random.shuffle(texts)
    for text in texts:
        assert echoed(answer, {"t": text}) == response(["t", {}, text]), f"Sent: {text!r}"


@check(
    "Numbers and booleans are written as JSON writes them",
    group="values",
    hint="In Python True is a number, too. And str(True) is not JSON.",
)
def scalars_as_in_json(answer: Answer, random: Random) -> None:
    numbers = [random.randint(1, 10**15), -random.randint(1, 999), random.random(), 0, 1, -0.5, 2.0]
    values = [True, False, *numbers]
    expected = response(*(["item", {}, json.dumps(value)] for value in values))
    assert echoed(answer, values) == expected, f"Sent: {values}"
    assert echoed(answer, True) == ["response", {}, "true"], "A boolean by itself."


@check(
    "None is nil, and nothing else is",
    group="values",
    hint="Empty is not the same as absent: look at '', [], {}, 0 and False.",
)
def only_none_is_nil(answer: Answer) -> None:
    nil = {"nil": "true"}
    expected = response(["v", nil, ""], ["l", {}, [["item", nil, ""], ["item", {}, ""]]])
    assert echoed(answer, {"v": None, "l": [None, ""]}) == expected, "None in an object and a list."
    assert echoed(answer, None) == ["response", nil, ""], "None by itself."
    for empty in ("", [], {}):
        assert echoed(answer, {"v": empty}) == response(["v", {}, ""]), f"Sent: {empty!r}"
        assert echoed(answer, empty) == ["response", {}, ""], f"Sent: {empty!r}, by itself."
    for value in (0, False, 0.0):
        assert echoed(answer, [value]) == response(["item", {}, json.dumps(value)]), f"{value!r}"


@check(
    "Spaces and line breaks stay as they were",
    group="texts",
    hint="A parser makes a line feed of every line break that is written as it is.",
)
def white_space_stays(answer: Answer, random: Random) -> None:
    [word] = random.sample(["tide", "quay", "crane"], 1)
    texts = [f"  {word} ", f"{word}\r\n{word}", f"\r{word}", f"{word}\n\n", "\t", " ", "\r\n"]
    expected = response(*(["item", {}, text] for text in texts))
    assert echoed(answer, texts) == expected, f"Sent: {texts}"


@check(
    "What XML cannot hold is replaced",
    group="texts",
    hint="Most characters below the space, half of a surrogate pair, U+FFFE and U+FFFF.",
)
def forbidden_characters_are_replaced(answer: Answer, random: Random) -> None:
    control = random.choice("\x01\x02\x07\x0e\x1a\x1f")
    for one in f"{control}\x00\x08\x0b\x0c\x1b\ud800\udfff\ufffe\uffff":
        key, text = f"k{one}", f"a{one}b{one}"
        expected = response(["entry", {"key": f"k{HOLE}"}, f"a{HOLE}b{HOLE}"])
        assert echoed(answer, {key: text}) == expected, f"The key is {key!r}, the text {text!r}."


@check(
    "Every script arrives, and the length is that of the bytes",
    group="texts",
    hint="Characters are not bytes.",
)
def every_script_arrives(answer: Answer, random: Random) -> None:
    texts = [
        "Åsa",
        "東京",
        "Ζωή",
        "🚢",
        "\x7f\x85\xa0",
        "\ud7ff\ue000\ufffd",
        "\U00010000\U0010ffff",
    ]
    random.shuffle(texts)
    reply = answer.http.post("/echo", json=texts)
    assert parsed(reply.body) == response(*(["item", {}, text] for text in texts)), f"{texts}"
    assert reply.headers.get("content-length") == str(len(reply.body)), "Look at content-length."


@check(
    "A key that is no name becomes an entry",
    group="keys",
    hint="The statement says what a name is, to the last character. It says ASCII, too.",
)
def other_keys_are_entries(answer: Answer, random: Random) -> None:
    strange = [
        "2nd floor",
        "",
        " ",
        "-a",
        ".a",
        "7",
        "a b",
        "größe",
        "a:b",
        "naïve",
        "a/b",
        "²",
        "٣",
    ]
    strange += ["name\n", "a$", f"{random.randint(1, 9)}x"]
    seen = echoed(answer, dict.fromkeys(strange, "v"))
    expected = response(*(["entry", {"key": key}, "v"] for key in dict.fromkeys(strange)))
    assert seen == expected, f"The keys are {strange}."
    seen = echoed(answer, {"1": None, "2": ["x"], "3": {"y": "z"}})
    assert seen == response(
        ["entry", {"key": "1", "nil": "true"}, ""],
        ["entry", {"key": "2"}, [["item", {}, "x"]]],
        ["entry", {"key": "3"}, [["y", {}, "z"]]],
    ), "Entries hold any value."


@check(
    "A key is data, whatever it looks like",
    group="keys",
    hint="Attributes have rules of their own: quotes, and line breaks that become spaces.",
)
def keys_are_data(answer: Answer, random: Random) -> None:
    number = random.randint(1, 99)
    for key in (
        f"a><admin>{number}</admin><b",
        f'" nil="true" x="{number}',
        f'it\'s "{number}"',
        f"&lt;{number}&",
        f"line\n{number}\r\nend\tof it\r",
    ):
        seen = echoed(answer, {key: "v"})
        assert seen == response(["entry", {"key": key}, "v"]), f"The key is {key!r}."


@check(
    "Status and headers are taken like those of any response",
    group="response",
    hint="What does Response do in __init__ that yours does not?",
)
def status_and_headers_are_taken(answer: Answer, random: Random) -> None:
    number = random.randint(1, 999)
    status, headers, body = answer.probe(made, {"n": number}, 202, {"X-Batch": str(number)})
    assert status == 202, "The response was made with status_code=202."
    assert headers.get("x-batch") == str(number), "It was made with a header X-Batch."
    assert headers.get("content-type", "").startswith("application/xml"), "Look at content-type."
    assert parsed(body) == response(["n", {}, str(number)]), "Look at the body."


@check(
    "Models are written through the response class",
    group="response",
    hint="FastAPI has made plain values of a model when your class gets it.",
)
def models_are_written(answer: Answer, random: Random) -> None:
    weight = random.randint(1, 99) / 4
    box = {"label": "<A & B>", "weight": weight, "packed": "2026-11-05", "contents": ["tea", ""]}
    reply = answer.http.post("/boxes", json=box)
    assert reply.status == 201, "A box is answered with 201, as the route says."
    assert media_type(reply) == "application/xml", "Look at content-type."
    fields = [
        ["label", {}, "<A & B>"],
        ["weight", {}, json.dumps(weight)],
        ["packed", {}, "2026-11-05"],
        ["contents", {}, [["item", {}, "tea"], ["item", {}, ""]]],
        ["customer", {"nil": "true"}, ""],
    ]
    assert parsed(reply.body) == response(["item", {}, fields]), f"Sent: {box}"


@check(
    "What JSON does not know is refused",
    group="response",
    hint="str() makes a text of anything, also of what nobody meant to send.",
)
def other_types_are_refused(answer: Answer) -> None:
    for which in ("an object", "a date", "a Decimal", "bytes", "a set"):
        with raises("TypeError", f"XMLResponse was given {which} in a list."):
            answer.probe(made_of_strange_things, which)
