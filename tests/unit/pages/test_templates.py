"""Every template of the reading and explain pages, in every state it can be in."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from markupsafe import Markup

from greenroom.accounts.views import SignInPage
from greenroom.bank.markdown import render
from greenroom.practice.answer_views import AnswerLine
from greenroom.practice.api_page import api_page
from greenroom.practice.attempt_views import AttemptPage, DraftFile, Fact
from greenroom.practice.catalogue import Wanted
from greenroom.practice.catalogue_views import catalogue_page, sections_of, topic_page
from greenroom.practice.explain_views import Earlier, ExplainPage, Preview, subject_of
from greenroom.practice.home import Proposal
from greenroom.practice.home_views import HomePage, UnderWay, home_page
from greenroom.practice.views import DraftView, LinkView
from greenroom.web import pages
from greenroom.web.pages import Frame
from greenroom.web.problems import ErrorPage
from tests.unit.pages.explained import HOSTILE, NOW, QUESTION, VERSION, explanation, page
from tests.unit.pages.test_api_page import DESCRIPTION
from tests.unit.pages.test_catalogue import CODE, EXPLAIN, MID, entry, topics
from tests.unit.templates.html_tree import Element, check_ids, check_names, parse

SUBJECT = subject_of(QUESTION, VERSION)
EARLIER = Earlier("/explanations/1", "2 hours ago", "2026-11-24T07:30:00+00:00", 12, "Hard")
SHEET = ExplainPage(
    subject=SUBJECT,
    statement=Markup("<p>Say more.</p>"),
    body="",
    attempt_id=str(uuid4()),
    draft=DraftView("/attempts/1/draft"),
    has_rubric=True,
)
SUBMITTED = AnswerLine(
    question="upload-an-image",
    href="/submissions/1",
    key="7.1",
    kind="code",
    title_html=Markup("A question"),
    word="Wrong answer",
    tone="failed",
    icon="x",
    detail="1 of 2 checks passed",
    ticks=("passed", "failed"),
    when="just now",
    when_iso=NOW.isoformat(),
)
EXPLAINED = replace(
    SUBMITTED,
    href="/explanations/1",
    kind="explain",
    word="Not rated yet",
    tone="neutral",
    icon="circle-dashed",
    detail="12 words",
    ticks=(),
)
OPEN = UnderWay(
    subject=SUBJECT,
    kind="explain",
    attempt_href="/attempts/1",
    draft="Draft of 12 words, saved just now",
    touched="just now",
    touched_iso=NOW.isoformat(),
)
ATTEMPT = AttemptPage(
    subject=SUBJECT,
    kind="explain",
    status="New",
    facts=(Fact("book-open", "First opened", "1 day ago", NOW.isoformat()),),
    hints_shown=0,
    hints_total=0,
    answers=(),
    draft="",
    files=(),
)
FAULT = ErrorPage(404, "Not found", "There is nothing at this address.", {})
TOPICS = topics()
LINES = {TOPICS[0].id: [CODE, EXPLAIN], TOPICS[2].id: [MID]}
STATES = {CODE.id: "solved", EXPLAIN.id: "begun"}


def home(**values: object) -> HomePage:
    fields: dict[str, object] = {
        "now": NOW,
        "open_ones": (),
        "proposals": (Proposal(CODE, "A first one to write"),),
        "sections": sections_of(TOPICS, [entry(CODE, "solved", "one"), entry(MID, "new", "three")]),
        "answers": (),
    }
    return home_page(**fields | values)  # type: ignore[arg-type]


def catalogue(wanted: Wanted) -> object:
    return catalogue_page(TOPICS, LINES, None, STATES, wanted)  # type: ignore[arg-type]


PAGES = {
    "a new person's first page": (
        "home/today.html",
        home(sections=sections_of(TOPICS, [entry(CODE, "new", "one")])),
    ),
    "today": (
        "home/today.html",
        home(open_ones=(replace(OPEN, last=SUBMITTED), OPEN), answers=(SUBMITTED, EXPLAINED)),
    ),
    "today without a draft": ("home/today.html", home(open_ones=(replace(OPEN, draft=""),))),
    "today with an empty bank": ("home/today.html", home(sections=(), proposals=())),
    "the index": ("bank/catalogue.html", catalogue(Wanted())),
    "the list": ("bank/catalogue.html", catalogue(Wanted(show="list"))),
    "a filter": ("bank/catalogue.html", catalogue(Wanted(q=HOSTILE[:200], kind=("code",)))),
    "a filter that leaves nothing": ("bank/catalogue.html", catalogue(Wanted(topic="gone"))),
    "an empty bank": ("bank/catalogue.html", catalogue_page([], {}, None, {}, Wanted())),
    "a topic": ("bank/topic.html", topic_page(TOPICS[1], TOPICS, [CODE, MID], {})),
    "a topic without questions": ("bank/topic.html", topic_page(TOPICS[0], TOPICS, [], {})),
    "a sheet": ("practice/explain.html", SHEET),
    "a sheet with everything": (
        "practice/explain.html",
        replace(
            SHEET,
            body=HOSTILE,
            draft=DraftView("/attempts/1/draft", 3, "2026-11-24T07:30:00+00:00"),
            earlier=(EARLIER, replace(EARLIER, rating="")),
            model_answer=Markup("<p>The model.</p>"),
            problem=HOSTILE,
            preview=render(HOSTILE),
            previous=LinkView("/questions/a", "9.1"),
            following=LinkView("/questions/b", "9.3"),
        ),
    ),
    "a sheet without a rubric": (
        "practice/explain.html",
        replace(SHEET, has_rubric=False, statement=Markup(), subject=replace(SUBJECT, key="")),
    ),
    "a sheet after giving up": (
        "practice/explain.html",
        replace(SHEET, model_answer=Markup("<p>The model.</p>")),
    ),
    "an explanation": ("practice/explanation.html", page(explanation())),
    "a hostile explanation": ("practice/explanation.html", page(explanation(HOSTILE))),
    "a decided and rated explanation": (
        "practice/explanation.html",
        page(
            explanation(marks={"hash-only": "said", "rotation": "missed"}, rating="easy"),
            (explanation(rating="again"),),
        ),
    ),
    "an explanation without a rubric": (
        "practice/explanation.html",
        replace(page(explanation(rubric=None)), following=None),
    ),
    "an attempt": ("practice/attempt.html", ATTEMPT),
    "an attempt with everything": (
        "practice/attempt.html",
        replace(
            ATTEMPT,
            kind="code",
            status="Solved",
            hints_shown=1,
            hints_total=3,
            answers=(SUBMITTED, EXPLAINED),
            draft="Draft of 3 lines, saved just now",
            files=(DraftFile("answer.py", HOSTILE),),
        ),
    ),
    "how judging works": ("about/judging.html", None),
    "the API": ("about/api.html", api_page(DESCRIPTION, "http://127.0.0.1:8000/")),
    "not found": ("errors/error.html", FAULT),
    "a fault of ours": (
        "errors/error.html",
        replace(FAULT, status=500, title="Something went wrong", reference="17f1463a"),
    ),
    "wrong input": (
        "errors/error.html",
        replace(FAULT, status=422, message=HOSTILE, fields={"q<": HOSTILE, "kind": "Too many."}),
    ),
    "signing in": ("accounts/sign_in.html", SignInPage()),
    "signing in again": (
        "accounts/sign_in.html",
        SignInPage('/a?b="c', 'ada"@example.com', "That did not fit together."),
    ),
}
FRAGMENTS = {
    "the rubric": ("practice/_explain_rubric.html", page(explanation())),
    "the decided rubric": (
        "practice/_explain_rubric.html",
        page(explanation(marks={"hash-only": "said", "rotation": "said"})),
    ),
    "the rating": ("practice/_explain_rated.html", page(explanation(rating="hard"))),
    "a preview": ("practice/_explain_preview.html", Preview(render("*x*"))),
    "a preview of nothing": ("practice/_explain_preview.html", Preview(Markup())),
}


def shown(name: str) -> Element:
    template, context = PAGES[name]
    return parse(pages.render(template, page=context, frame=Frame(viewer="Ada", version="0.1")))


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_whole_named_and_outlined(name: str) -> None:
    root = shown(name)
    check_ids(root, whole_page=True)
    check_names(root)
    assert len(root.find(tag="h1")) == 1
    assert root.one(tag="title").text.endswith("Greenroom")
    levels = [int(each.tag[1]) for each in root.one(tag="main").walk() if _is_heading(each)]
    steps = pairwise(levels)
    assert all(below <= above + 1 for above, below in steps), f"a level is skipped: {levels}"
    assert all("src" in each.attributes for each in root.find(tag="script"))


def _is_heading(element: Element) -> bool:
    return len(element.tag) == 2 and element.tag[0] == "h" and element.tag[1].isdigit()


@pytest.mark.parametrize("name", FRAGMENTS)
def test_every_fragment_is_whole(name: str) -> None:
    template, context = FRAGMENTS[name]
    root = parse(pages.render(template, page=context, frame=Frame()))
    check_ids(root, whole_page=False)
    check_names(root)


def test_the_model_answer_is_not_in_the_page_before_the_person_answers() -> None:
    assert "The model." not in shown("a sheet").text
    assert "A hash is enough." not in shown("a sheet").text
    assert "The model." in shown("a sheet after giving up").text
    assert "A hash is enough." in shown("an explanation").text


def test_the_sheet_works_without_scripts() -> None:
    root = shown("a sheet")
    form = root.one(id="answer").attributes
    assert (form["method"], form["action"]) == ("post", "/questions/store-tokens/explanations")
    assert root.one(tag="textarea").attributes["name"] == "answer.md"
    preview = root.one(formaction="/questions/store-tokens/preview")
    assert preview.attributes["type"] == "submit"


def test_hostile_text_is_only_text() -> None:
    root = shown("a sheet with everything")
    # A parser drops the one line break that begins a textarea.
    assert root.one(tag="textarea").text.lstrip("\n") == HOSTILE
    for name in ("a hostile explanation", "an attempt with everything", "wrong input"):
        main = shown(name).one(tag="main")
        assert not main.find(tag="script")
        assert "<script>alert(1)</script>" in main.text
    for name in ("an attempt with everything", "wrong input"):
        assert "\\x1b[31m" in shown(name).one(tag="main").text


def test_what_a_person_decides_is_pressed_and_can_be_taken_back() -> None:
    root = shown("a decided and rated explanation")
    pressed = [each.attributes["id"] for each in root.find(aria_pressed="true")]
    assert pressed == ["said-1", "missed-2", "rate-easy"]
    assert root.one(id="said-1").attributes["value"] == "undecide:hash-only"
    assert root.one(id="missed-1").attributes["value"] == "missed:hash-only"


def test_swapped_parts_have_the_same_ids_as_on_the_page() -> None:
    whole = {each.attributes["id"] for each in shown("an explanation").walk() if _has_id(each)}
    for name in ("the rubric", "the rating"):
        template, context = FRAGMENTS[name]
        root = parse(pages.render(template, page=context, frame=Frame()))
        assert {each.attributes["id"] for each in root.walk() if _has_id(each)} <= whole
        for partial in root.find(tag="hx-partial"):
            assert partial.attributes["hx-target"].removeprefix("#") in whole


def _has_id(element: Element) -> bool:
    return "id" in element.attributes


def test_a_new_person_is_told_what_this_is_and_where_to_begin() -> None:
    text = shown("a new person's first page").text
    assert "Where to begin" in text
    assert "Lately" not in text
    assert "Where you were" not in text


def test_a_fault_says_what_to_do_and_its_part_can_be_taken_alone() -> None:
    root = shown("a fault of ours")
    fault = root.one(id="fault")
    assert "17f1463a" in fault.text
    assert {each.text for each in fault.find(tag="a")} >= {"Try again", "Go to the first page"}
    assert shown("not found").find(tag="input", name="q")


def test_time_passes_in_words() -> None:
    old = explanation(created_at=NOW - timedelta(days=3))
    root = parse(
        pages.render("practice/explanation.html", page=page(old), frame=Frame(viewer="Ada"))
    )
    assert "Answered 3 days ago" in " ".join(root.text.split())
