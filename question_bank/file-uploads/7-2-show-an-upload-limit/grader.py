"""Checks for 7.2 in code: an upload is judged by its bytes, and while they arrive."""

from random import Random

from greenroom_runner.harness.grading import Answer, Reply, check, probe

MOST = 64 * 1024
PNG = b"\x89PNG\r\n\x1a\n"


@probe
async def sent_in_pieces(answer, pieces):
    """Send a body without a length: the status, and how many pieces were read until it came."""
    rest = iter(pieces)
    read, status = 0, None

    async def receive():
        nonlocal read
        piece = next(rest, None)
        if piece is None:
            return {"type": "http.disconnect"}
        if status is None:
            read += 1
        more = read < len(pieces)
        return {"type": "http.request", "body": piece, "more_body": more}

    async def send(message):
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "PUT",
        "path": "/avatar",
        "raw_path": b"/avatar",
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": [(b"host", b"testserver"), (b"transfer-encoding", b"chunked")],
        "client": ("127.0.0.1", 40000),
        "server": ("testserver", 80),
        "state": {},
    }
    await answer.app(scope, receive, send)
    return [status, read]


def put(answer: Answer, data: bytes, declared: str = "image/png") -> Reply:
    return answer.http.put("/avatar", content=data, headers={"Content-Type": declared})


def cut(data: bytes, length: int) -> list[bytes]:
    return [data[start : start + length] for start in range(0, len(data), length)]


@check("Takes a PNG and tells its size", visible=True)
def takes_a_png(answer: Answer, random: Random) -> None:
    data = PNG + random.randbytes(random.randint(1, 5000))
    for declared in ("image/png", "text/plain"):
        reply = put(answer, data, declared)
        assert reply.status == 201, f"A PNG is taken, also with Content-Type: {declared}."
        assert reply.json() == {"size": len(data)}, "The size counts the bytes."


@check("Refuses what only says that it is a PNG", visible=True)
def refuses_other_types(answer: Answer, random: Random) -> None:
    others = {
        "text": b"Dear all, the picture follows.",
        "a GIF": b"GIF89a" + random.randbytes(100),
        "nothing": b"",
        "half a signature": PNG[:4],
        "a PNG with a broken first line": b"\x89PNG\n\x1a\n" + random.randbytes(100),
        "text before a PNG": b"hello " + PNG,
    }
    for what, data in others.items():
        assert put(answer, data).status == 415, f"The body is {what}."


@check("The limit is exact", hint="Longer than, or at least?")
def limit_is_exact(answer: Answer) -> None:
    data = PNG.ljust(MOST, b"\x00")
    assert put(answer, data).status == 201, "The body has exactly MOST bytes."
    assert put(answer, data + b"\x00").status == 413, "The body has one byte more."


@check(
    "An endless upload is cut off at the limit",
    hint="When does your code run: with each piece, or when all of them are there?",
)
def stops_at_the_limit(answer: Answer, random: Random) -> None:
    length = random.randint(900, 3000)
    pieces = cut(PNG.ljust(4 * MOST, b"\x00"), length)
    status, read = answer.probe(sent_in_pieces, pieces)
    assert status == 413, "The body is too long, and has no Content-Length."
    assert read == MOST // length + 1, "Nothing is read behind the piece that is too much."


@check(
    "The wrong type is refused at its start",
    hint="After how many bytes is the type known? Text of four gigabytes is text.",
)
def stops_at_the_start(answer: Answer, random: Random) -> None:
    for length in (8, random.randint(9, 500)):
        pieces = cut(random.choice([b"text ", b"GIF89a", PNG[:7]]) * 2000, length)
        status, read = answer.probe(sent_in_pieces, pieces)
        assert status == 415, "The body does not begin as a PNG does."
        assert read <= 1, f"A first piece of {length} bytes tells the type."


@check(
    "The start may come in several pieces",
    hint="What is in the first piece, if the network cuts after three bytes?",
)
def start_in_pieces(answer: Answer, random: Random) -> None:
    data = PNG + random.randbytes(40)
    pieces = cut(data, random.randint(1, 7))
    pieces.insert(random.randrange(2), b"")
    status, _ = answer.probe(sent_in_pieces, pieces)
    assert status == 201, f"This is a PNG, in pieces of {len(pieces[-2])} bytes."
    status, _ = answer.probe(sent_in_pieces, cut(PNG[:7] + b"!" + data, 3))
    assert status == 415, "The eighth byte is wrong."
