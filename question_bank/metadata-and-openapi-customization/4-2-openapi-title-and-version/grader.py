"""Checks for 4.2: the document's title and version are the product's, and all else stays."""

from html.parser import HTMLParser
from random import Random
from typing import Any

from greenroom_runner.harness.grading import Answer, Reply, check, probe

TITLE = "Berths API"
PATHS = ["/bookings", "/health"]
TAGS = [
    {"name": "berths", "description": "Places along the quay."},
    {"name": "operations", "description": "For those who run the service."},
]


@probe
def body_of(app, path):
    """Return what `app` answers at `path`."""
    import asyncio
    import json

    body = bytearray()

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        body.extend(message.get("body", b""))

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
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
    asyncio.run(app(scope, receive, send))
    return json.loads(bytes(body))


@probe
def read(answer, version, path):
    """Make an app for a version and return what it answers at a path."""
    return body_of(answer.create_app(version), path)


@probe
def two_apps(answer, first, second, path):
    """Make two apps; ask the first, then the second, then the first again."""
    one = answer.create_app(first)
    before = body_of(one, path)
    two = answer.create_app(second)
    return [before, body_of(two, path), body_of(one, path)]


@probe
def with_route_added(answer, version, path):
    """Add a route to a new app, then to another one nothing; return the paths of both."""
    app = answer.create_app(version)
    app.add_api_route(path, lambda: None, methods=["GET"])
    added = sorted(body_of(app, "/openapi.json")["paths"])
    return [added, sorted(body_of(answer.create_app(version), "/openapi.json")["paths"])]


def some_version(random: Random) -> str:
    return f"{random.randint(4, 9)}.{random.randint(0, 30)}.{random.randint(1, 99)}"


def document(reply: Reply) -> dict[str, Any]:
    assert reply.status == 200, "The document stands at /openapi.json."
    return reply.json()


class _Title(HTMLParser):
    """Collects the text inside of <title>."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "title"

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.text += data


@check("The document carries the product's title", group="basics", visible=True)
def title_is_ours(answer: Answer) -> None:
    found = document(answer.http.get("/openapi.json"))
    assert found["info"]["title"] == TITLE, "Look at info.title of /openapi.json."


@check("The document of app has VERSION as its version", group="basics", visible=True)
def app_has_its_version(answer: Answer) -> None:
    found = document(answer.http.get("/openapi.json"))
    assert found["info"]["version"] == "2.4.0", "app is made with VERSION, which is 2.4.0."


@check("An app made for another version says so", group="basics", visible=True)
def version_is_the_given_one(answer: Answer, random: Random) -> None:
    version = some_version(random)
    found = answer.probe(read, version, "/openapi.json")
    assert found["info"]["version"] == version, f"The app is create_app({version!r})."


@check("GET /version tells title and version", group="basics", visible=True)
def version_route_tells_both(answer: Answer) -> None:
    reply = answer.http.get("/version")
    assert reply.status == 200, "/version is answered with 200."
    assert reply.json() == {"title": TITLE, "version": "2.4.0"}, "These two keys, nothing else."


@check(
    "GET /version tells the version of its own app",
    group="versions",
    hint="There can be several apps in one process. Whom does the route ask?",
)
def version_route_is_its_own(answer: Answer, random: Random) -> None:
    version = some_version(random)
    found = answer.probe(read, version, "/version")
    assert found == {"title": TITLE, "version": version}, f"The app is create_app({version!r})."


@check(
    "A version stays as it was given, letter for letter",
    group="versions",
    hint="Is 2.10 the same as 2.1?",
)
def version_is_a_label(answer: Answer, random: Random) -> None:
    number = random.randint(2, 9)
    for version in (f"{number}.10", f"0{number}.00", f"{number}.0.0-rc.1+build.7", f"v{number}"):
        found = answer.probe(read, version, "/openapi.json")
        assert found["info"]["version"] == version, f"The app is create_app({version!r})."


@check(
    "Two apps have a document each",
    group="versions",
    hint="What is shared by all apps that the function makes?",
)
def apps_live_beside_each_other(answer: Answer, random: Random) -> None:
    first = some_version(random)
    second = f"{first}-next"
    seen = answer.probe(two_apps, first, second, "/openapi.json")
    versions = [found["info"]["version"] for found in seen]
    assert versions == [first, second, first], "Asked: the first app, the second, the first again."


@check(
    "Each call gives a new app, whose document shows routes added to it",
    group="versions",
    hint="When is the document made, and what exists by then? Is anything kept between calls?",
)
def added_routes_are_shown(answer: Answer, random: Random) -> None:
    path = f"/tides-{random.randint(100, 999)}"
    added, other = answer.probe(with_route_added, some_version(random), path)
    assert path in added, f"{path} was added before the document was asked for."
    assert path not in other, f"{path} was added to another app."


@check(
    "The pages for people carry the title, too",
    group="documentation",
    hint="Where do /docs and /redoc take the name from? Not from the document.",
)
def pages_carry_the_title(answer: Answer) -> None:
    for path in ("/docs", "/redoc"):
        reply = answer.http.get(path)
        assert reply.status == 200, f"{path} is still there."
        page = _Title()
        page.feed(reply.text)
        assert TITLE in page.text, f"Look at the <title> of {path}."


@check(
    "GET /version does not stand in the document",
    group="documentation",
    hint="A route can be left out of the schema.",
)
def version_route_is_hidden(answer: Answer) -> None:
    found = document(answer.http.get("/openapi.json"))
    assert sorted(found["paths"]) == PATHS, "The document has the paths of the product only."


@check(
    "The version of the specification is left alone",
    group="documentation",
    hint="There are two versions in a document: openapi and info.version.",
)
def specification_stays(answer: Answer, random: Random) -> None:
    found = answer.probe(read, some_version(random), "/openapi.json")
    assert found["openapi"].startswith("3.1"), "openapi says which specification the document is."


@check(
    "Description, tags, paths and schemas stay",
    group="documentation",
    hint="Whoever writes the document by hand has to hand over everything that FastAPI did.",
)
def rest_stays(answer: Answer) -> None:
    found = document(answer.http.get("/openapi.json"))
    about = found["info"].get("description")
    assert about == "Who lies where in the harbour, and until when.", "Look at info.description."
    assert found.get("tags") == TAGS, "What is said of each tag stays."
    booking = found["paths"]["/bookings"]["post"]
    assert booking["tags"] == ["berths"], "POST /bookings keeps its tag."
    assert found["paths"]["/health"]["get"]["tags"] == ["operations"], "So does GET /health."
    assert sorted(booking["responses"]) == ["201", "422"], "POST /bookings keeps its responses."
    required = found["components"]["schemas"]["Booking"]["required"]
    assert sorted(required) == ["berth", "ship"], "The schema of a booking stays."


@check(
    "The routes of the starter still answer",
    group="documentation",
    hint="Only what is said of the app changes, not what it does.",
)
def routes_still_answer(answer: Answer, random: Random) -> None:
    booking = {"ship": "Selma", "berth": random.randint(1, 40)}
    reply = answer.http.post("/bookings", json=booking)
    assert reply.status == 201, "A booking is answered with 201."
    assert reply.json() == booking, "The booking comes back."
    for wrong in ({"berth": 0}, {"berth": 41}, {"ship": ""}):
        reply = answer.http.post("/bookings", json=booking | wrong)
        assert reply.status == 422, f"{wrong} is not let through."
    assert answer.http.get("/health").json() == {"status": "ok"}, "GET /health"
