from dataclasses import replace

from greenroom.practice.catalogue import Entry
from greenroom.practice.home import proposals
from tests.unit.pages.test_catalogue import entry, line

EASY_CODE = line("code", "junior")
EASY_WORDS = line("explain", "junior")
HARD = line("explain", "senior")
UNREADY = line("code", "junior", complete=False)


def reasons(entries: list[Entry], ratings: dict[object, str | None] | None = None) -> list[str]:
    known = {each.line.id for each in entries}
    given = {key: value for key, value in (ratings or {}).items() if key in known}
    return [found.reason for found in proposals(entries, given)]  # type: ignore[arg-type]


def test_a_new_person_is_offered_one_of_each_kind_the_easiest_first() -> None:
    entries = [entry(each) for each in (UNREADY, HARD, EASY_WORDS, EASY_CODE)]
    found = proposals(entries, {})
    assert [each.line for each in found] == [EASY_CODE, EASY_WORDS, HARD]
    assert [each.reason for each in found] == [
        "A first one to write",
        "A first one to explain",
        "Or begin here",
    ]


def test_what_was_rated_hard_comes_first_and_only_once() -> None:
    entries = [entry(EASY_WORDS, "answered"), entry(HARD, "answered", "two"), entry(EASY_CODE)]
    found = proposals(entries, {HARD.id: "hard", EASY_WORDS.id: "easy"})
    assert [each.line for each in found] == [HARD, EASY_CODE]
    assert found[0].reason == "You rated your last answer “hard”"


def test_then_comes_what_follows_in_a_topic_that_is_begun_well() -> None:
    other = line("explain", "junior")
    entries = [entry(EASY_CODE, "solved"), entry(HARD), entry(other, "new", "two")]
    found = proposals(entries, {})
    assert [each.line for each in found] == [HARD, other]
    assert found[0].reason == f"Follows {EASY_CODE.key}, which you have done"
    assert found[1].reason == "Not met yet"


def test_an_extra_question_without_a_key_goes_by_its_title() -> None:
    extra = replace(EASY_CODE, key=None, title="About `x`")
    assert reasons([entry(extra, "solved"), entry(HARD)]) == [
        "Follows About x, which you have done"
    ]


def test_what_cannot_be_judged_is_never_proposed() -> None:
    assert proposals([entry(UNREADY)], {}) == ()


def test_no_more_than_asked_for() -> None:
    assert len(proposals([entry(line()) for _ in range(9)], {}, limit=2)) == 2
