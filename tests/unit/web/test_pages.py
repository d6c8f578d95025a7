from dataclasses import dataclass
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, UndefinedError
from starlette.requests import Request
from starlette.responses import Response

from greenroom.web import pages
from greenroom.web.pages import Notice

TEMPLATE = "{{ frame.viewer }}|{% block part %}{{ page.words }}{% endblock %}|{{ frame.section }}"


@dataclass(frozen=True)
class Words:
    words: str


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The site's environment, over a folder of this test's own."""
    (tmp_path / "page.html").write_text(TEMPLATE)
    environment: Environment = pages.environment().overlay(loader=FileSystemLoader(tmp_path))
    monkeypatch.setattr(pages, "environment", lambda: environment)
    return tmp_path


def request(headers: dict[str, str] | None = None, viewer: str | None = None) -> Request:
    class App:
        class state:  # noqa: N801 named as Starlette names it
            pass

    raw = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    made = Request({"type": "http", "headers": raw, "app": App, "path": "/", "query_string": b""})
    made.state.viewer_name = viewer
    return made


def body(response: Response) -> str:
    return bytes(response.body).decode()


@pytest.mark.usefixtures("templates")
def test_a_page_is_its_context_in_the_frame() -> None:
    answer = pages.page(
        request(viewer="Ada"), "page.html", Words("a < b"), section="questions", status=422
    )
    assert body(answer) == "Ada|a &lt; b|questions"
    assert answer.status_code == 422
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["vary"] == "HX-Request, HX-Request-Type"


@pytest.mark.usefixtures("templates")
def test_a_fragment_is_one_block_of_the_page() -> None:
    answer = pages.fragment(request(), "page.html", Words("only this"), block="part")
    assert body(answer) == "only this"


@pytest.mark.usefixtures("templates")
def test_headers_can_be_given() -> None:
    answer = pages.fragment(
        request(), "page.html", Words(""), headers={"Cache-Control": "max-age=5", "HX-Trigger": "x"}
    )
    assert answer.headers["cache-control"] == "max-age=5"
    assert answer.headers["hx-trigger"] == "x"


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ({}, False),
        ({"HX-Request": "true", "HX-Request-Type": "partial"}, True),
        ({"HX-Request": "true", "HX-Request-Type": "full"}, False),
    ],
)
def test_who_wants_a_fragment(headers: dict[str, str], wanted: bool) -> None:
    assert pages.wants_fragment(request(headers)) is wanted


def test_a_missing_name_is_an_error_not_an_empty_place(templates: Path) -> None:
    (templates / "page.html").write_text("{{ page.nothing }}")
    with pytest.raises(UndefinedError):
        pages.render("page.html", page=Words(""))


def test_site_wide_notices_come_from_the_application() -> None:
    asked = request(viewer=None)
    asked.app.state.notices = lambda: (Notice("waiting", "The sandbox is being built.", 40),)
    frame = pages.frame_of(asked, "today")
    assert frame.viewer == ""
    assert [notice.percent for notice in frame.notices] == [40]
    assert frame.version


def test_an_icon_is_decoration_until_it_has_a_name() -> None:
    assert 'aria-hidden="true"' in pages.icon("check")
    assert 'role="img" aria-label="a &#34;name&#34;"' in pages.icon("check", 'a "name"')
    assert 'class="icon spin"' in pages.icon("loader-circle", spin=True)


def test_every_template_compiles() -> None:
    environment = pages.environment()
    names = environment.list_templates(["html"])
    assert "base.html" in names
    for name in names:
        environment.get_template(name)
