import itertools
from dataclasses import replace
from uuid import uuid4

import pytest

from greenroom.bank.models import Topic
from greenroom.bank.views import QuestionLine, plain_title, title_html
from greenroom.practice import catalogue
from greenroom.practice.catalogue import Entry, Wanted
from greenroom.practice.catalogue_views import CataloguePage, catalogue_page, topic_page
from greenroom.practice.progress import Status

_numbers = itertools.count(1)


def line(
    kind: str = "code", difficulty: str = "mid", *tags: str, complete: bool = True
) -> QuestionLine:
    number = next(_numbers)
    return QuestionLine(
        id=uuid4(),
        slug=f"question-{number}",
        key=f"1.{number}",
        kind=kind,
        title=f"Question {number}",
        difficulty=difficulty,
        minutes=10,
        tags=tags,
        is_complete=complete,
    )


def entry(question: QuestionLine, status: Status = "new", topic: str = "one") -> Entry:
    return Entry(question, topic, f"Section {topic}", status)


CODE, EXPLAIN = line("code", "junior", "orm"), line("explain", "senior", "orm", "jwt")
MID = line("explain", "mid", complete=False)
ENTRIES = (entry(CODE, "solved"), entry(EXPLAIN, "new", "two"), entry(MID, "begun", "two"))


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        (Wanted(), [CODE, EXPLAIN, MID]),
        (Wanted(kind=("explain",)), [EXPLAIN, MID]),
        (Wanted(kind=("code", "explain"), level=("mid", "junior")), [CODE, MID]),
        (Wanted(status=("solved", "begun")), [CODE, MID]),
        (Wanted(topic="two", level=("senior",)), [EXPLAIN]),
        (Wanted(section="Section one"), [CODE]),
        (Wanted(tag="orm"), [CODE, EXPLAIN]),
        (Wanted(ready="1"), [CODE, EXPLAIN]),
        (Wanted(kind=("nonsense",)), []),
    ],
)
def test_choices_of_a_group_widen_and_groups_narrow(
    wanted: Wanted, left: list[QuestionLine]
) -> None:
    assert [each.line for each in catalogue.narrowed(ENTRIES, wanted)] == left


def test_a_count_says_what_a_choice_would_leave_beside_the_other_groups() -> None:
    numbers = catalogue.counts(ENTRIES, Wanted(kind=("explain",), level=("senior",)))
    assert numbers.kind == {"explain": 1}
    assert numbers.level == {"senior": 1, "mid": 1}
    assert numbers.status == {"new": 1}
    assert numbers.ready == 1


def test_tags_are_counted_in_the_order_of_the_alphabet() -> None:
    assert catalogue.tags(ENTRIES) == (("jwt", 1), ("orm", 2))


def test_the_address_holds_the_filter_and_nothing_empty() -> None:
    wanted = Wanted(q="a & b", kind=("code", "explain"), ready="1")
    assert wanted.href == "/questions?q=a+%26+b&kind=code&kind=explain&ready=1"
    assert Wanted().href == "/questions"
    assert not Wanted(show="list").narrows
    assert Wanted(ready="1").narrows


PLACES = [
    {"says_html": "<p>Here.</p>", "file": "platform/greenroom/bank/here.py", "name": "excerpt"},
    {"says_html": "<p>Not here.</p>", "file": "tests/nowhere.py", "name": "gone"},
]


def topics() -> list[Topic]:
    return [
        Topic(
            id=uuid4(),
            slug=slug,
            number=number,
            title=f"Topic {slug}",
            section="First" if number < 3 else "Second",
            blurb_html="<p>A blurb.</p>",
            why_html="",
            prerequisites=before,
            here=PLACES if slug == "two" else [],
        )
        for number, (slug, before) in enumerate(
            [("one", []), ("two", ["one"]), ("three", ["two"]), ("four", [])], start=1
        )
    ]


def page(wanted: Wanted, matching: frozenset[object] | None = None) -> CataloguePage:
    made = topics()
    lines = {made[0].id: [CODE], made[2].id: [EXPLAIN, MID]}
    found = None if matching is None else frozenset(each.id for each in (CODE,) if each in matching)
    return catalogue_page(made, lines, found, {CODE.id: "solved"}, wanted)


def test_without_a_filter_the_catalogue_is_an_index() -> None:
    shown = page(Wanted())
    assert not shown.as_list
    assert [(each.name, each.done, each.total) for each in shown.sections] == [
        ("First", 1, 1),
        ("Second", 0, 2),
    ]
    assert (shown.topics_in_all, shown.questions_in_all, shown.found) == (4, 3, 3)
    assert shown.other_view.href == "/questions?show=list"


def test_what_the_text_was_not_found_in_is_left_out() -> None:
    shown = page(Wanted(q="it"), frozenset({CODE}))
    assert shown.found_words == "1 question found"
    assert page(Wanted(q="it"), frozenset()).found_words == "No question found"


def test_each_part_of_the_filter_can_be_taken_out_alone() -> None:
    wanted = Wanted(q="x", topic="one", kind=("code", "explain"), ready="1")
    chips = {chip.label: chip.href for chip in page(wanted).chips}
    assert chips == {
        "“x”": replace(wanted, q="").href,
        "Topic one": replace(wanted, topic="").href,
        "Can be judged": replace(wanted, ready="").href,
        "Write code": replace(wanted, kind=("explain",)).href,
        "Explain": replace(wanted, kind=("code",)).href,
    }


def test_a_topic_names_each_neighbour_once() -> None:
    made = topics()
    shown = topic_page(made[1], made, [EXPLAIN], {})
    assert [link.title for link in shown.first] == ["Topic one"]
    assert [link.title for link in shown.then] == ["Topic three"]
    assert shown.beside == ()
    assert shown.before is not None
    assert shown.after is not None
    assert (shown.before.number, shown.after.number) == (1, 3)
    assert topic_page(made[0], made, [], {}).before is None
    assert topic_page(made[3], made, [], {}).after is None


def test_a_topic_says_how_this_site_does_it() -> None:
    made = topics()
    there, gone = topic_page(made[1], made, [], {}).here
    assert (there.says_html, there.file, there.name) == tuple(PLACES[0].values())
    assert there.line > 0
    assert "excerpt" in there.code_html
    assert (gone.says_html, gone.line, gone.code_html) == ("<p>Not here.</p>", 0, "")
    assert topic_page(made[0], made, [], {}).here == ()


def test_a_title_shows_its_code_and_escapes_the_rest() -> None:
    assert title_html("What is `a < b` <b>?") == "What is <code>a &lt; b</code> &lt;b&gt;?"
    assert plain_title("What is `x`?") == "What is x?"
