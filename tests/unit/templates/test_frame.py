from greenroom.web import pages
from greenroom.web.pages import Frame, Notice
from tests.unit.templates.html_tree import Element, check_ids, check_names, parse

PLAIN = Notice("plain", "Answers run as local processes.", href="/about/judging", action="What?")
BUILDING = Notice("waiting", "The sandbox is being built, this once.", percent=40)
TROUBLE = Notice("trouble", "The queue does not answer <now>.")


def notices(*shown: Notice) -> Element:
    frame = Frame(notices=shown)
    return parse(pages.render("components/notices.html", page=None, frame=frame))


def test_a_long_job_shows_how_far_it_has_come() -> None:
    progress = notices(BUILDING).one(tag="progress")
    assert (progress.attributes["value"], progress.attributes["max"]) == ("40", "100")
    assert progress.attributes["aria-label"] == BUILDING.text


def test_notices_look_again_only_while_something_is_awaited() -> None:
    assert "hx-get" not in notices().one(id="notices").attributes
    assert "hx-get" not in notices(PLAIN).one(id="notices").attributes
    for awaited in (BUILDING, TROUBLE):
        box = notices(PLAIN, awaited).one(id="notices").attributes
        assert box["hx-get"] == "/system/status"
        assert box["hx-swap"] == "outerMorph"


def test_a_notice_leads_on_and_escapes_its_words() -> None:
    shown = notices(PLAIN, TROUBLE)
    assert shown.one(tag="a").attributes["href"] == "/about/judging"
    assert TROUBLE.text in shown.text
    check_ids(shown, whole_page=False)
    check_names(shown)


def test_what_waits_and_what_troubles_is_announced() -> None:
    assert len(notices(PLAIN, BUILDING, TROUBLE).find(role="status")) == 2


def test_the_frame_says_who_is_here_and_where() -> None:
    frame = Frame(viewer="Ada Byron", section="questions", version="0.1.0")
    root = parse(pages.environment().get_template("base.html").render(page=None, frame=frame))
    check_ids(root, whole_page=True)
    check_names(root)
    assert root.one(class_="who").text == "AB"
    current = [link.text for link in root.one(tag="nav").find(aria_current="page")]
    assert current == ["Questions"]


def test_a_stranger_is_shown_no_initials() -> None:
    root = parse(pages.environment().get_template("base.html").render(page=None, frame=Frame()))
    assert not root.find(class_="who")
