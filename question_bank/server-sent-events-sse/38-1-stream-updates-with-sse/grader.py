"""Checks for 38.1: every screen hears every announcement, once, however often it was away."""

from random import Random

from greenroom_runner.harness.grading import Answer, Event, Stream, check

TRAINS = ("The 9:12 to Lund", "The night train", "The airport shuttle", "The 17:40 to Malmö")
NEWS = ("is late", "is cancelled", "leaves from platform 4", "stops at every station")


def texts(random: Random, count: int) -> list[str]:
    """Return announcements that differ from one another."""
    return [
        f"{random.choice(TRAINS)} {random.choice(NEWS)} ({number})"
        for number in random.sample(range(1000, 10_000), count)
    ]


def screen(answer: Answer, after: str | None = None) -> Stream:
    """Open a stream, as a screen that is new or comes back with the id of its last event."""
    headers = {} if after is None else {"Last-Event-ID": after}
    stream = answer.http.stream("/announcements/stream", headers=headers)
    assert stream.status == 200, "A stream is answered with 200."
    return stream


def announce(answer: Answer, text: str) -> Event:
    """Announce `text` and return the event that screens should see."""
    reply = answer.http.post("/announcements", json={"text": text})
    assert reply.status == 201, "An announcement is answered with 201."
    body = reply.json()
    assert sorted(body) == ["id"], "The answer to an announcement has an id, nothing else."
    assert isinstance(body["id"], int), "An id is a whole number."
    return Event(text, "announcement", str(body["id"]))


def open_screens(answer: Answer) -> int:
    reply = answer.http.get("/screens")
    assert reply.status == 200, "/screens is answered with 200."
    return reply.json()["open"]


@check("The answer is an event stream", group="basics", visible=True)
def answer_is_an_event_stream(answer: Answer) -> None:
    with screen(answer) as stream:
        media_type = stream.headers.get("content-type", "").partition(";")[0].strip()
        assert media_type == "text/event-stream", "Look at content-type."


@check("An announcement reaches an open stream as an event", group="basics", visible=True)
def announcement_is_an_event(answer: Answer, random: Random) -> None:
    with screen(answer) as stream:
        for text in texts(random, 2):
            sent = announce(answer, text)
            assert stream.event() == sent, "The open stream should have this event next."


@check("Ids count up by one", group="basics", visible=True)
def ids_count_up(answer: Answer, random: Random) -> None:
    first, *others = [int(announce(answer, text).id) for text in texts(random, 4)]
    assert others == [first + 1, first + 2, first + 3], f"The first of four had the id {first}."


@check(
    "No cache keeps the stream",
    group="basics",
    hint="A proxy that may keep an answer waits until it is whole.",
)
def no_cache_keeps_it(answer: Answer) -> None:
    with screen(answer) as stream:
        given = stream.headers.get("cache-control", "")
        words = {word.strip().lower() for word in given.split(",")}
        assert words & {"no-cache", "no-store"}, f"Cache-Control is {given!r}."


@check("Every open stream hears every announcement", group="many screens", visible=True)
def every_stream_hears_all(answer: Answer, random: Random) -> None:
    with screen(answer) as one, screen(answer) as two, screen(answer) as three:
        sent = [announce(answer, text) for text in texts(random, 3)]
        for name, stream in (("first", one), ("second", two), ("third", three)):
            assert stream.events(3) == sent, f"The {name} of three open streams should have all."


@check(
    "A new screen hears only what is announced from then on",
    group="many screens",
    hint="What does a screen without Last-Event-ID have to catch up with?",
)
def new_screen_starts_now(answer: Answer, random: Random) -> None:
    before, after = texts(random, 2)
    announce(answer, before)
    with screen(answer) as stream:
        sent = announce(answer, after)
        assert stream.event() == sent, f"{before!r} was announced before the screen was there."


@check(
    "Line breaks arrive whole",
    group="texts",
    hint="A line break ends a field. What does a browser make of several data fields?",
)
def line_breaks_arrive_whole(answer: Answer, random: Random) -> None:
    one, two = texts(random, 2)
    with screen(answer) as stream:
        for text in (f"{one}\n{two}", f"{one}\n\n\n{two}", f"{one}\n", f"\n{two}"):
            sent = announce(answer, text)
            assert stream.event() == sent, f"{text!r} was announced."


@check(
    "A text cannot become a field or an event of its own",
    group="texts",
    hint="Who writes the text? What if it looks like your own lines?",
)
def text_is_never_a_field(answer: Answer, random: Random) -> None:
    one, two = texts(random, 2)
    with screen(answer) as stream:
        for text in (
            f"{one}\nevent: evacuation",
            f"{one}\nid: 1",
            f"{one}\n\ndata: {two}",
            f": {one}",
            f"data: {one}",
        ):
            sent = announce(answer, text)
            assert stream.event() == sent, f"{text!r} was announced."


@check(
    "Spaces and all kinds of letters arrive as they are",
    group="texts",
    hint="One space behind the colon is not part of a value, and only few characters end a line.",
)
def characters_arrive_as_they_are(answer: Answer, random: Random) -> None:
    [one] = texts(random, 1)
    with screen(answer) as stream:
        for text in (
            f"  {one}",
            f"{one} ",
            f"Ålesund \N{RIGHTWARDS ARROW} 東京 {one}",
            f"{one}\u2028{one}",
        ):
            sent = announce(answer, text)
            assert stream.event() == sent, f"{text!r} was announced."


@check("A screen that comes back gets what it missed", group="coming back", visible=True)
def missed_ones_are_made_up_for(answer: Answer, random: Random) -> None:
    known, *missed, live = texts(random, 5)
    with screen(answer) as stream:
        seen = announce(answer, known)
        assert stream.event() == seen, "The open stream should have this event."
    sent = [announce(answer, text) for text in missed]
    with screen(answer, after=seen.id) as stream:
        assert stream.events(3) == sent, f"Last-Event-ID was {seen.id}; three were made since then."
        sent_now = announce(answer, live)
        assert stream.event() == sent_now, "After that the stream should go on."


@check(
    "The last 100 announcements are kept",
    group="coming back",
    hint="How long is the memory? And what are ids counted from, once it is full?",
)
def last_hundred_are_kept(answer: Answer, random: Random) -> None:
    *_, seen = [announce(answer, text) for text in texts(random, 30)]
    sent = [announce(answer, text) for text in texts(random, 100)]
    ids = [int(event.id) for event in sent]
    assert ids == [int(seen.id) + more for more in range(1, 101)], "Ids go on counting up by one."
    with screen(answer, after=seen.id) as stream:
        assert stream.events(100) == sent, f"Last-Event-ID was {seen.id}; 100 were made since then."


@check(
    "What is announced while a screen catches up is neither lost nor doubled",
    group="coming back",
    hint="What can happen between looking at the past and joining those who hear the next one?",
)
def nothing_lost_or_doubled(answer: Answer, random: Random) -> None:
    known, last, *others = [f"{text} {'.' * 2500}" for text in texts(random, 92)]
    seen = announce(answer, known)
    sent = [announce(answer, text) for text in others[:80]]
    with screen(answer, after=seen.id) as stream:
        got = [stream.event()]
        assert got == sent[:1], f"Last-Event-ID was {seen.id}."
        # More is left than fits on the way, so the screen still catches up.
        sent += [announce(answer, text) for text in others[80:]]
        got += stream.events(len(sent) - 1)
        lost = [event.id for event in sent if event not in got]
        assert lost == [], "80 were missed and 10 more are made meanwhile: none should be lost."
        assert got == sent, "They should come in order, each once."
        sent_last = announce(answer, last)
        assert stream.event() == sent_last, "Nothing comes twice behind them."


@check(
    "A Last-Event-ID that is no number counts as none",
    group="coming back",
    hint="Any client can send any header.",
)
def strange_ids_count_as_none(answer: Answer, random: Random) -> None:
    for after, text in zip(("latest", "12a", "1.5"), texts(random, 3), strict=True):
        with screen(answer, after=after) as stream:
            sent = announce(answer, text)
            assert stream.event() == sent, f"Last-Event-ID was {after!r}."


@check(
    "A screen that leaves is forgotten, and the others go on",
    group="leaving",
    hint="A generator that is cancelled still runs its finally.",
)
def left_screens_are_forgotten(answer: Answer, random: Random) -> None:
    before = open_screens(answer)
    with screen(answer) as stays:
        with screen(answer):
            assert open_screens(answer) == before + 2, "Two more streams are open."
        assert open_screens(answer) == before + 1, "One of the two has left."
        sent = announce(answer, texts(random, 1)[0])
        assert stays.event() == sent, "The other one should still hear what is announced."
    assert open_screens(answer) == before, "Both have left."


@check(
    "A screen that does not read holds up nobody",
    group="leaving",
    hint="Nothing on the way to the other screens may wait for this one.",
)
def silent_screen_holds_up_nobody(answer: Answer, random: Random) -> None:
    with screen(answer), screen(answer) as reads:
        for text in texts(random, 60):
            sent = announce(answer, f"{text} {'.' * 4000}")
            assert reads.event() == sent, "The screen that reads should have each at once."
