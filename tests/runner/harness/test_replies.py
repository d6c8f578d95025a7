"""Requests as a grader writes them, and replies as it reads them: all of a reply is hostile."""

import base64
import json
from typing import Any

import pytest

from greenroom_runner.harness import replies, requests
from greenroom_runner.harness.asserts import CheckFailed
from greenroom_runner.harness.replies import Reply
from greenroom_runner.harness.requests import Content
from greenroom_runner.harness.values import BadValue


def reply(body: bytes = b"", content_type: str = "", **fields: str) -> Reply:
    headers = [["Content-Type", content_type], *[[k, v] for k, v in fields.items()]]
    return replies.read({"status": 200, "headers": headers, "body": body, "raised": None})


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("é".encode(), "", "é"),
        ("é".encode("latin-1"), "text/plain; charset=latin-1", "é"),
        ("é".encode("utf-16"), 'text/plain; charset="UTF-16"', "é"),
        ("€".encode("cp1252"), "text/plain; charset=windows-1252", "€"),
        (b"\xff", "", "\ufffd"),
        (b"x", "text/plain; charset=nonsense", "x"),
        (b"x", "text/plain; charset=\0", "x"),
        (b"x-a", "text/plain; charset=punycode", "x-a"),
        (b"eA==", "text/plain; charset=base64", "eA=="),
        (b"x", ";" * 60_000, "x"),
    ],
)
def test_text_is_read_in_a_charset_that_is_quick(body: bytes, content_type: str, text: str) -> None:
    assert reply(body, content_type).text == text


def test_headers_go_by_any_case_and_join_what_came_twice() -> None:
    found = replies.read(
        {"status": 200, "headers": [["X-A", "1"], ["x-a", "2"], ["B", "3"]], "body": b""}
    ).headers
    assert found["X-a"] == "1, 2"
    assert found.all("x-A") == ["1", "2"]
    assert found.get("c") is None
    assert (list(found), len(found)) == (["x-a", "b"], 2)


def test_json_is_read_strictly() -> None:
    assert reply(b'{"a": [1]}').json() == {"a": [1]}
    for body in (b"", b"{", b"NaN", b"[" * 100_000, b"\xff", b"9" * 5000):
        with pytest.raises(CheckFailed) as caught:
            reply(body).json()
        assert caught.value.message == "The body of a 200 response should be JSON."
        assert caught.value.expected == "JSON"


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"status": "200", "headers": [], "body": b""},
        {"status": 200, "headers": {}, "body": b""},
        {"status": 200, "headers": [], "body": "text"},
        {"status": 200, "headers": [["name"]], "body": b""},
        {"status": 200, "headers": [["name", 1]], "body": b""},
        {"status": 200, "headers": [["name", "x" * 70_000]], "body": b""},
    ],
)
def test_what_is_no_reply_is_refused(value: Any) -> None:
    with pytest.raises(BadValue):
        replies.read(value)


def test_the_name_of_what_was_raised_is_text_or_nothing() -> None:
    read = {"status": 500, "headers": [], "body": b""}
    assert replies.read({**read, "raised": "KeyError"}).raised == "KeyError"
    assert replies.read({**read, "raised": ["KeyError"]}).raised is None


def operation(target: str = "/", content: Content | None = None, **options: Any) -> dict[str, Any]:
    return requests.operation("post", target, content or Content(), **options)


def body_of(op: dict[str, Any]) -> bytes:
    return base64.b64decode(op["body"])


def test_a_target_is_taken_apart() -> None:
    op = operation("/a%2Fb/ü c?x=1", params={"y": ["2", "3"], "z": "&"})
    assert (op["method"], op["path"]) == ("POST", "/a/b/ü c")
    assert op["raw_path"] == "/a%2Fb/%C3%BC%20c"
    assert op["query"] == "x=1&y=2&y=3&z=%26"


def test_bodies_carry_their_type_and_length() -> None:
    op = operation(content=Content(json={"name": "é\ud800"}))
    headers = dict(map(tuple, op["headers"]))
    assert headers["content-type"] == "application/json"
    assert headers["content-length"] == str(len(body_of(op)))
    assert json.loads(body_of(op).decode("utf-8", "surrogatepass")) == {"name": "é\ud800"}
    form = operation(content=Content(data={"a": "1 2"}))
    assert body_of(form) == b"a=1+2"
    assert body_of(operation(content=Content(content=b"raw"))) == b"raw"


def test_files_are_sent_in_parts() -> None:
    files = {"file": ("a.png", b"\x89PNG", "image/png")}
    op = operation(content=Content(data={"title": "A"}, files=files))
    boundary = dict(map(tuple, op["headers"]))["content-type"].partition("boundary=")[2].encode()
    first, second = body_of(op).split(b"--" + boundary)[1:3]
    assert first == b'\r\nContent-Disposition: form-data; name="title"\r\n\r\nA\r\n'
    assert b'name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG' in second


def test_headers_of_a_grader_replace_the_usual_ones() -> None:
    op = operation(headers={"Accept": "text/html", "X-A": "1"}, cookies={"a": "1", "b": "2"})
    headers = [tuple(field) for field in op["headers"]]
    assert ("accept", "text/html") in headers
    assert ("accept", "*/*") not in headers
    assert ("cookie", "a=1; b=2") in headers
    assert ("x-a", "1") in headers


@pytest.mark.parametrize(
    "options", [{"headers": {"x": "\u20ac"}}, {"params": {"x": "\ud800"}}], ids=str
)
def test_what_no_client_could_send_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="codec can't encode"):
        operation(**options)


def test_cookies_are_read_with_their_attributes() -> None:
    told = replies.read(
        {
            "status": 200,
            "headers": [
                ["Set-Cookie", 'session="a=b"; HttpOnly; Path=/; SameSite=Lax;secure'],
                ["Set-Cookie", "old=; Max-Age=0"],
                ["set-cookie", "old"],
            ],
            "body": b"",
        }
    )
    assert told.cookies["session"].value == "a=b"
    assert told.cookies["session"].attributes == {
        "httponly": "",
        "path": "/",
        "samesite": "Lax",
        "secure": "",
    }
    assert told.cookies["old"].attributes == {}
