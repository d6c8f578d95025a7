"""Checks for 6.1: every booking arrives, none waits for the last one, and nobody is told a lie."""

import csv
import io
import time
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from greenroom_runner.harness.grading import Answer, Stream, check, probe

COLUMNS = ["id", "day", "customer", "amount", "note"]
PATH = "/bookings.csv"
EXAMPLE = [
    COLUMNS,
    ["1", "2026-11-05", "Lind, Ada", "120.50", ""],
    ["2", "2026-11-06", "Grace", "-15.00", "'=refund"],
]
Booking = tuple[int, date, str, Decimal, str | None]


@probe
def in_an_event_loop():
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


@probe
def give(answer, rows, fails_after):
    """Have `get_rows` return these rows; it fails after so many of them, unless that is None."""

    class Source:
        def __init__(self):
            self.taken, self.on_the_loop, self.closed = 0, 0, False

        def __iter__(self):
            return self

        def __next__(self):
            self.on_the_loop += in_an_event_loop()
            if self.taken == fails_after:
                raise answer.SourceError("the database is gone")
            if self.taken == len(rows):
                raise StopIteration
            self.taken += 1
            return tuple(rows[self.taken - 1])

        def close(self):
            self.closed = True

    def get_rows():
        answer.__dict__["source_under_test"] = source = Source()
        return source

    answer.app.dependency_overrides[answer.get_rows] = get_rows


@probe
def give_its_own(answer):
    """Have `get_rows` return what the starter has it return."""
    answer.app.dependency_overrides.clear()


@probe
def observed(answer):
    """Return how many rows were taken, how many of them in the event loop, and whether the source
    is closed.
    """
    import gc

    gc.collect()
    source = answer.source_under_test
    return {"taken": source.taken, "on_the_loop": source.on_the_loop, "closed": source.closed}


@probe
def download(answer, path, count, length):
    """Download so many rows with notes of this length, throwing away what comes. Return how many
    bytes came, and how many were in memory at once, at most.
    """
    import asyncio
    import tracemalloc
    from datetime import date
    from decimal import Decimal

    def made():
        for number in range(count):
            yield number, date(2026, 1, 1), "Ada", Decimal("1.00"), f"{number:>{length}}"

    def get_rows():
        return made()

    answer.app.dependency_overrides[answer.get_rows] = get_rows
    came = 0

    async def request():
        stays = asyncio.Event()
        messages = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive():
            if not messages:
                await stays.wait()
            return messages.pop()

        async def send(message):
            nonlocal came
            came += len(message.get("body", b""))

        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [(b"host", b"testserver")],
            "client": ("127.0.0.1", 50000),
            "server": ("testserver", 80),
            "state": {},
        }
        await answer.app(scope, receive, send)

    tracemalloc.start()
    asyncio.run(request())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return [came, most]


def some_rows(random: Random, count: int, **changes: Any) -> list[Booking]:
    """Return bookings without anything special in them, but for `changes`."""
    names = ("Ada", "Grace", "Alan", "Edsger", "Barbara")
    start = random.randint(1, 900_000)
    return [
        (
            number,
            date(2026, 1, 1) + timedelta(days=random.randint(0, 364)),
            changes.get("customer", random.choice(names)),
            changes.get("amount", Decimal(random.randint(1, 99_999)) / 100),
            changes.get("note", random.choice((f"paid {number}", "by card"))),
        )
        for number in range(start, start + count)
    ]


def exported(answer: Answer, rows: list[Booking]) -> list[list[str]]:
    """Return the records that are downloaded when there are these rows."""
    answer.probe(give, rows, None)
    reply = answer.http.get(PATH)
    assert reply.status == 200, "The download is answered with 200."
    return list(csv.reader(io.StringIO(reply.body.decode(), newline="")))


def as_text(row: Booking) -> list[str]:
    return ["" if value is None else str(value) for value in row]


def rest_of(stream: Stream) -> bytes:
    """Read a stream to its end."""
    body = b""
    while part := stream.read():
        body += part
    assert stream.ended, "Nothing came for a second, and the download is not over."
    return body


def soon_closed(answer: Answer) -> bool:
    """Return whether the source is closed within a second: a request may end behind its body."""
    until = time.monotonic() + 1
    while not answer.probe(observed)["closed"]:
        if time.monotonic() > until:
            return False
        answer.http.get("/nowhere")  # the app's loop turns while it serves
        time.sleep(0.01)
    return True


@check("The columns' names and all rows are in the file", group="basics", visible=True)
def header_and_rows(answer: Answer, random: Random) -> None:
    answer.probe(give_its_own)
    reply = answer.http.get(PATH)
    assert reply.status == 200, "The download is answered with 200."
    seen = list(csv.reader(io.StringIO(reply.body.decode(), newline="")))
    assert seen == EXAMPLE, "The example of the statement."
    rows = some_rows(random, 20 * random.randint(3, 5) + random.randint(1, 9))
    seen = exported(answer, rows)
    assert seen[:1] == [COLUMNS], "The first record names the columns."
    assert seen[1:] == [as_text(row) for row in rows], f"There are {len(rows)} bookings, in order."


@check("The browser saves it as bookings.csv", group="basics", visible=True)
def saved_as_a_file(answer: Answer, random: Random) -> None:
    answer.probe(give, some_rows(random, 1), None)
    reply = answer.http.get(PATH)
    media_type = reply.headers.get("content-type", "").partition(";")[0].strip()
    assert media_type == "text/csv", "Look at content-type."
    disposition = reply.headers.get("content-disposition", "")
    assert disposition.replace('"', "") == "attachment; filename=bookings.csv", (
        "Look at content-disposition."
    )


@check("Commas, quotes and line breaks stay inside their fields", group="format", visible=True)
def special_characters_are_quoted(answer: Answer, random: Random) -> None:
    texts = ['Lind, "Ada"', "two\nlines", "two\r\nlines", '"', ",", 'a""b', " spaces ", "it's"]
    random.shuffle(texts)
    rows = [some_rows(random, 1, customer=text, note=text)[0] for text in texts]
    assert exported(answer, rows)[1:] == [as_text(row) for row in rows], (
        "A CSV reader should find these texts as they were."
    )


@check(
    "Every record ends with CRLF",
    group="format",
    hint="Which line ends does the csv module write? Does anything translate them?",
)
def records_end_with_crlf(answer: Answer, random: Random) -> None:
    rows = some_rows(random, 3)
    answer.probe(give, rows, None)
    text = answer.http.get(PATH).text
    assert text.endswith("\r\n"), "The last record, too."
    assert text.count("\r\n") == 4, "There are four records: the names and three bookings."
    assert text.replace("\r\n", "").count("\n") == 0, "No line feed stands alone."


@check(
    "The file is UTF-8 without a byte order mark",
    group="format",
    hint="Look at the first bytes, and at a name that Latin-1 does not know.",
)
def file_is_utf_8(answer: Answer, random: Random) -> None:
    names = ["Åsa Ödmann", "Łukasz", "東京", "Ζωή", "🚢"]
    random.shuffle(names)
    rows = [some_rows(random, 1, customer=name)[0] for name in names]
    seen = exported(answer, rows)
    assert seen[0][0] == "id", "Nothing stands before the first column's name."
    assert [record[2] for record in seen[1:]] == names, "Names of customers, decoded as UTF-8."


@check(
    "Missing notes are empty, and amounts keep their digits",
    group="format",
    hint="What does str() make of None? And 120.50 is not 120.5.",
)
def values_keep_their_form(answer: Answer, random: Random) -> None:
    amounts = [
        Decimal("120.50"),
        Decimal("0.00"),
        Decimal(random.randint(10**12, 10**13)),
        Decimal(7),
    ]
    rows = [some_rows(random, 1, amount=amount, note=None)[0] for amount in amounts]
    seen = exported(answer, rows)[1:]
    assert [record[4] for record in seen] == [""] * 4, "None is an empty field."
    assert [record[3] for record in seen] == [str(amount) for amount in amounts], "Amounts."


@check(
    "No text is a formula for a spreadsheet",
    group="format",
    hint="The statement lists six characters. Both customers and notes are written by strangers.",
)
def formulas_are_disarmed(answer: Answer, random: Random) -> None:
    for start in ("=", "+", "-", "@", "\t", "\r"):
        text = f"{start}HYPERLINK({random.randint(1, 99)})"
        seen = exported(answer, some_rows(random, 1, customer=text, note="by card"))[1]
        assert [seen[2], seen[4]] == [f"'{text}", "by card"], f"The customer was {text!r}."
        seen = exported(answer, some_rows(random, 1, customer="Ada", note=text))[1]
        assert [seen[2], seen[4]] == ["Ada", f"'{text}"], f"The note was {text!r}."
    harmless = ["a=1", "'=1", "", "1-2"]
    rows = [some_rows(random, 1, note=note)[0] for note in harmless]
    assert [record[4] for record in exported(answer, rows)[1:]] == harmless, "These are harmless."


@check(
    "Negative amounts stay numbers",
    group="format",
    hint="Whom does the apostrophe protect, and from what? Look at the type, not at the text.",
)
def negative_amounts_are_numbers(answer: Answer, random: Random) -> None:
    rows = some_rows(random, 1, amount=-Decimal(random.randint(1, 9999)) / 100)
    assert exported(answer, rows)[1] == as_text(rows[0]), "An amount needs no apostrophe."


@check(
    "Without bookings the file has its column names",
    group="edges",
    hint="What does next() do with an empty iterator?",
)
def empty_source_has_a_header(answer: Answer) -> None:
    assert exported(answer, []) == [COLUMNS], "There is no booking."


@check("The first bytes come while most rows are not taken", group="streaming", visible=True)
def first_bytes_come_early(answer: Answer, random: Random) -> None:
    rows = some_rows(random, 600, note="." * 2000)
    answer.probe(give, rows, None)
    with answer.http.stream(PATH) as stream:
        assert stream.status == 200, "The download is answered with 200."
        assert len(stream.read(1)) == 1, "The first byte of the columns' names."
        taken = answer.probe(observed)["taken"]
        # 64 KiB fit on the way to the client: some 35 rows, beside 50 that are written and 50 held.
        assert taken < 200, "So many of 600 rows were taken, and one byte was read by the client."


@check(
    "Memory does not grow with the file",
    group="streaming",
    hint="What holds a row once it is sent? Empty the buffer, keep no list.",
)
def memory_stays_small(answer: Answer) -> None:
    came, most = answer.probe(download, PATH, 600, 20_000)
    assert came > 11_000_000, "600 rows of 20 KB each should come."
    # 50 rows, as text, in a buffer with four bytes a character, copied, and encoded.
    assert most < 10_500_000, "So many bytes were in memory at once; 50 rows are one megabyte."


@check(
    "The event loop never waits for a row",
    group="streaming",
    hint="Which thread runs next()? Look at every place where a row is taken.",
)
def loop_never_waits(answer: Answer, random: Random) -> None:
    answer.probe(give, some_rows(random, 40), None)
    assert answer.http.get(PATH).status == 200, "The download is answered with 200."
    on_the_loop = answer.probe(observed)["on_the_loop"]
    assert on_the_loop == 0, "So often a row was waited for in the thread of the event loop."


@check(
    "A source that fails at once is answered with 503",
    group="failures",
    hint="The status goes out before the body. What has to be known by then?",
)
def failure_at_once_is_503(answer: Answer, random: Random) -> None:
    answer.probe(give, some_rows(random, 5), 0)
    assert answer.http.get(PATH).status == 503, "The source failed before its first row."


@check(
    "A source that fails later breaks the download off",
    group="failures",
    hint="200 is on its way already. How does a client learn that a body is not whole?",
)
def later_failure_breaks_off(answer: Answer, random: Random) -> None:
    rows = some_rows(random, 120, customer="Ada", amount=Decimal("10.00"), note="by card")
    fails_after = random.randint(60, 119)
    answer.probe(give, rows, fails_after)
    with answer.http.stream(PATH) as stream:
        body = rest_of(stream)
        assert stream.raised is not None, (
            f"The source failed after {fails_after} rows, and the response ended as if whole."
        )
    answer.http.get("/nowhere")  # From here on it is the body that is judged, not the failure.
    seen = list(csv.reader(io.StringIO(body.decode(), newline="")))[1:]
    expected = [as_text(row) for row in rows[: len(seen)]]
    assert seen == expected, "What was sent until then is bookings, and nothing else."


@check(
    "The source is closed at the end, after a failure, and when the client leaves",
    group="failures",
    hint="Three ways out, one of them without your next line being reached. What runs in each?",
)
def source_is_closed(answer: Answer, random: Random) -> None:
    rows = some_rows(random, 400, note="." * 1000)
    for fails_after, way in (
        (None, "gave all of its rows"),
        (0, "failed at once"),
        (80, "failed after 80 rows"),
    ):
        answer.probe(give, rows[:120], fails_after)
        with answer.http.stream(PATH) as stream:
            rest_of(stream)
        assert soon_closed(answer), f"The source {way}: close() should be called."
    answer.probe(give, rows, None)
    with answer.http.stream(PATH) as stream:
        stream.read(100)
    assert soon_closed(answer), "The client left after 100 bytes: close() should be called."
