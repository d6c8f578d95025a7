"""Checks for 7.1: only the bytes decide, in the promised order."""

import struct
import zlib
from random import Random

from greenroom_runner.harness.grading import Answer, Reply, check

LIMIT = 2 * 1024 * 1024
SIGNATURE = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a PNG chunk: length, kind, data, checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def header(width: int, height: int) -> bytes:
    """Return the header chunk of an image with one bit a pixel."""
    return chunk(b"IHDR", struct.pack(">II5B", width, height, 1, 0, 0, 0, 0))


def png(width: int = 8, height: int = 8) -> bytes:
    """Return a whole PNG, all black."""
    row = b"\x00" + bytes((width + 7) // 8)
    pixels = chunk(b"IDAT", zlib.compress(row * height))
    return SIGNATURE + header(width, height) + pixels + chunk(b"IEND", b"")


def jpeg(random: Random) -> bytes:
    """Return the start of a JPEG and some bytes of random length."""
    return JPEG + random.randbytes(random.randint(50, 5000)) + b"\xff\xd9"


def send(answer: Answer, data: bytes, name: str = "cat.png", declared: str = "image/png") -> Reply:
    """Upload `data`."""
    return answer.http.post("/images", files={"file": (name, data, declared)})


@check("Takes a PNG and answers 201", group="basics", visible=True)
def takes_a_png(answer: Answer) -> None:
    data = png()
    reply = send(answer, data)
    assert reply.status == 201, "A whole PNG is taken."
    body = reply.json()
    assert sorted(body) == ["id", "media_type", "name", "size"], "The body has these four keys."
    seen = {key: body[key] for key in ("media_type", "name", "size")}
    assert seen == {"media_type": "image/png", "name": "cat.png", "size": len(data)}, "cat.png"


@check("Takes a JPEG and answers 201", group="basics", visible=True)
def takes_a_jpeg(answer: Answer, random: Random) -> None:
    data = jpeg(random)
    reply = send(answer, data, "cat.jpg", "image/jpeg")
    assert reply.status == 201, "A JPEG is taken."
    body = reply.json()
    seen = {key: body[key] for key in ("media_type", "name", "size")}
    assert seen == {"media_type": "image/jpeg", "name": "cat.jpg", "size": len(data)}, "cat.jpg"


@check("Refuses text named photo.png with 415", group="basics", visible=True)
def refuses_renamed_text(answer: Answer) -> None:
    reply = send(answer, b"Dear all, the picture follows.", "photo.png")
    assert reply.status == 415, "The name says PNG, the bytes do not."


@check("Refuses a PNG cut off in its header with 422", group="basics", visible=True)
def refuses_a_cut_png(answer: Answer) -> None:
    reply = send(answer, png()[:20])
    assert reply.status == 422, "The upload is a PNG cut off after 20 bytes."


@check("Refuses more than 2 MiB with 413", group="size", visible=True)
def refuses_too_much(answer: Answer) -> None:
    reply = send(answer, png() + bytes(LIMIT))
    assert reply.status == 413, "The upload is a PNG with 2 MiB of zeros behind it."


@check(
    "Exactly 2 MiB is taken, one byte more is not", group="size", hint="Larger than, or at least?"
)
def the_limit_is_exact(answer: Answer) -> None:
    data = JPEG.ljust(LIMIT, b"\x00")
    assert send(answer, data, "cat.jpg").status == 201, "The upload has exactly 2 MiB."
    assert send(answer, data + b"\x00", "cat.jpg").status == 413, "One byte more."


@check("Size is judged before kind", group="size", hint="The answers are tried from the top.")
def size_comes_first(answer: Answer) -> None:
    reply = send(answer, b"text " * (LIMIT // 4), "notes.txt", "text/plain")
    assert reply.status == 413, "It is text, but it is too large in the first place."


@check(
    "The bytes decide, not the name or the declared type",
    group="kind",
    hint="file.content_type is a claim.",
)
def bytes_decide(answer: Answer, random: Random) -> None:
    reply = send(answer, png(), "cat.jpg", "image/jpeg")
    assert reply.status == 201, "A PNG that says it is a JPEG is still an image."
    assert reply.json()["media_type"] == "image/png", "It is a PNG, whatever it is called."
    reply = send(answer, jpeg(random), "notes.txt", "text/plain")
    assert reply.status == 201, "A JPEG that says it is text is still an image."
    assert reply.json()["media_type"] == "image/jpeg", "It is a JPEG, whatever it is called."


@check(
    "Other kinds of file are refused, and an empty one",
    group="kind",
    hint="How many bytes do you compare?",
)
def other_kinds_are_refused(answer: Answer) -> None:
    others = {
        "a GIF": b"GIF89a" + bytes(40),
        "an SVG": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        "a WebP": b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(30),
        "an empty file": b"",
        "a PNG with a broken first line": b"\x89PNG\n\x1a\n" + header(8, 8),
        "text before a PNG": b"hello " + png(),
        "half a JPEG signature": b"\xff\xd8",
    }
    for what, data in others.items():
        assert send(answer, data).status == 415, f"The upload is {what}."


@check(
    "Sides from 1 to 4096 px are taken, longer ones are not",
    group="header",
    hint="Two sides, both bounds inclusive.",
)
def sides_are_limited(answer: Answer, random: Random) -> None:
    small, large = random.randint(1, 9), random.randint(4097, 60_000)
    assert send(answer, png(1, 1)).status == 201, "1 by 1 px."
    assert send(answer, png(4096, small)).status == 201, f"4096 by {small} px."
    assert send(answer, png(small, 4096)).status == 201, f"{small} by 4096 px."
    assert send(answer, png(large, small)).status == 422, f"{large} by {small} px."
    assert send(answer, png(small, large)).status == 422, f"{small} by {large} px."
    assert send(answer, png(small, 4097)).status == 422, f"{small} by 4097 px."


@check("A PNG with a side of 0 is refused", group="header", hint="There is a lower bound too.")
def empty_sides_are_refused(answer: Answer) -> None:
    for width, height in ((0, 8), (8, 0)):
        reply = send(answer, SIGNATURE + header(width, height) + chunk(b"IEND", b""))
        assert reply.status == 422, f"{width} by {height} px."


@check(
    "Every kind of damage to the header is 422, never 500",
    group="header",
    hint="Check length before you unpack.",
)
def damage_is_told(answer: Answer, random: Random) -> None:
    whole = png()
    place = random.choice([24, 25, 26, 28, 30, 31, 32])
    flipped = bytearray(whole)
    flipped[place] ^= 0xFF
    damaged = {
        "the signature and nothing else": SIGNATURE,
        "a PNG without the end of its header": whole[:32],
        "a PNG that starts with another chunk": SIGNATURE + chunk(b"IDAT", bytes(13)) + whole[33:],
        f"a PNG whose byte {place} is wrong": bytes(flipped),
    }
    for what, data in damaged.items():
        assert send(answer, data).status == 422, f"The upload is {what}."


@check("Only the last part of the name is kept", group="name", hint="Two kinds of slash.")
def last_part_is_kept(answer: Answer) -> None:
    names = {
        "../../etc/cat.png": "cat.png",
        "C:\\Users\\ada\\cat.png": "cat.png",
        "/tmp\\mixed/eine Katze.png": "eine Katze.png",
        "photos\\2026\\cat.png": "cat.png",
        "archive.tar.png": "archive.tar.png",
    }
    for name, kept in names.items():
        reply = send(answer, png(), name)
        assert reply.status == 201, f"The file is called {name}."
        assert reply.json()["name"] == kept, f"The file is called {name}."


@check("A name that is only a path becomes image", group="name", hint="What is left of photos/ ?")
def empty_names_are_replaced(answer: Answer) -> None:
    for name in ("photos/", "..", "a/..", "b\\."):
        reply = send(answer, png(), name)
        assert reply.status == 201, f"The file is called {name}."
        assert reply.json()["name"] == "image", f"The file is called {name}."


@check("Every upload has an id of its own", group="id", hint="Same bytes, other upload.")
def every_upload_has_its_own_id(answer: Answer) -> None:
    ids = [send(answer, png()).json()["id"] for _ in range(5)]
    assert all(isinstance(one, str) for one in ids), "An id is text."
    assert len(set(ids)) == 5, "The same file was sent five times."
