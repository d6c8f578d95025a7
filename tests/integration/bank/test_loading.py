"""From folders into both databases: what is new, what changed, what went, and nothing by half."""

import shutil
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from greenroom.bank import queries, service
from greenroom.bank.faults import BankFaultsError
from greenroom.bank.models import Question, QuestionVersion, Topic
from greenroom.bank.queries import QuestionFilter
from greenroom.core import db
from greenroom.core.errors import ConfigurationError, NotFoundError
from tests.factories import accounts, judging
from tests.support import open_suites
from tests.support.bank_folder import CODE, EXPLAIN, FILES, TOPIC, UNFINISHED, write_bank

CODE_TOML = "adding/1-1-add-numbers/question.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_bank(tmp_path / "bank")


def load(session: Session, folder: Path) -> service.LoadReport:
    """Load a folder as the program does, in a transaction of its own."""
    report = service.load_if_changed(session, folder)
    session.commit()
    session.expunge_all()
    assert report is not None
    return report


def test_an_open_suite_comes_in_with_its_tests(session: Session, tmp_path: Path) -> None:
    load(session, write_bank(tmp_path / "open", {**open_suites.QUESTION}))
    version = queries.question_by_slug(session, "round-a-price").current
    assert version.is_complete
    assert (version.grader, version.suite) == (None, {"test_prices.py": open_suites.TESTS})
    assert version.checks[0] == {
        "id": "test_keeps_whole_cents",
        "name": "Whole cents stay as they are.",
        "group": "",
        "visibility": "visible",
        "test": "test_prices.py::test_keeps_whole_cents",
    }
    assert queries.question_by_slug(session, "add-numbers").current.suite is None


def numbers_of(session: Session, slug: str) -> list[tuple[int, bool]]:
    rows = session.execute(
        select(QuestionVersion.number, QuestionVersion.is_current)
        .join(QuestionVersion.question)
        .where(Question.slug == slug)
        .order_by(QuestionVersion.number)
    )
    return [(number, current) for number, current in rows]


def test_everything_of_a_question_comes_in(session: Session, folder: Path) -> None:
    report = load(session, folder)

    assert report.new == ["add-numbers", "why-add", "subtract-numbers"]
    code = queries.question_by_slug(session, "add-numbers")
    assert (code.uid, code.key, code.kind, code.topic.slug) == ("q-1-1", "1.1", "code", "adding")
    version = code.current
    assert version.is_complete
    assert version.heading == "Adding"
    assert version.statement_text == "Write add(left, right) . It returns the sum."
    assert version.hints_html == ["<p>Think of apples.</p>\n", "<p>Use <code>+</code>.</p>\n"]
    assert "highlight" in version.solution_html
    assert version.limits == {"check_seconds": 2.0}
    assert [(check["id"], check["visibility"]) for check in version.checks] == [
        ("adds", "visible"),
        ("adds_negative", "hidden"),
    ]
    assert list(version.starter) == ["answer.py"]
    explain = queries.question_by_slug(session, "why-add").current
    assert explain.is_complete
    assert explain.rubric is not None
    assert explain.rubric["key_points"][0]["claim_html"] == ("The sum tells <code>how many</code>.")
    assert not queries.question_by_slug(session, "subtract-numbers").current.is_complete


def test_an_untouched_folder_is_not_even_read(session: Session, folder: Path) -> None:
    load(session, folder)
    assert service.load_if_changed(session, folder) is None


def test_only_what_changed_gets_a_new_version(session: Session, folder: Path) -> None:
    load(session, folder)
    write_bank(folder, {CODE_TOML: CODE.replace("minutes = 10", "minutes = 12")})

    report = load(session, folder)

    assert (report.new, report.changed, report.unchanged) == ([], ["add-numbers"], 2)
    assert numbers_of(session, "add-numbers") == [(1, False), (2, True)]
    assert numbers_of(session, "why-add") == [(1, True)]
    assert queries.question_by_slug(session, "add-numbers").current.minutes == 12


def test_a_submission_keeps_its_version(session: Session, folder: Path) -> None:
    load(session, folder)
    question = queries.question_by_slug(session, "add-numbers")
    handed_in = judging.submission(session, accounts.scope(session), question)
    first = handed_in.question_version_id
    session.commit()
    write_bank(folder, {CODE_TOML: CODE.replace("minutes = 10", "minutes = 12")})

    load(session, folder)

    assert session.get_one(QuestionVersion, first).minutes == 10


def test_what_is_gone_is_retired_and_comes_back(session: Session, folder: Path) -> None:
    load(session, folder)
    shutil.rmtree(folder / "subtracting")

    assert load(session, folder).retired == ["subtract-numbers"]
    with pytest.raises(NotFoundError):
        queries.question_by_slug(session, "subtract-numbers")
    with pytest.raises(NotFoundError):
        queries.topic_by_slug(session, "subtracting")
    assert [topic.slug for topic in queries.all_topics(session)] == ["adding"]

    write_bank(folder)
    assert load(session, folder).unchanged == 3
    assert queries.question_by_slug(session, "subtract-numbers").key == "2.1"
    assert queries.topic_by_slug(session, "subtracting").number == 2


def test_topics_change_numbers_and_questions_change_slugs(
    session: Session, folder: Path, tmp_path: Path
) -> None:
    load(session, folder)
    code = CODE.replace('"1.1"', '"2.1"').replace('"add-numbers"', '"why-add"')
    explain = EXPLAIN.replace('"1.2"', '"2.2"').replace('"why-add"', '"add-numbers"')
    other = write_bank(
        tmp_path / "other",
        {
            **dict.fromkeys(FILES),
            "adding/topic.toml": TOPIC.format(number=2, title="Adding"),
            "adding/2-1-why-add/question.toml": code,
            "adding/2-1-why-add/statement.md": "Add.",
            "adding/2-2-add-numbers/question.toml": explain,
            "adding/2-2-add-numbers/statement.md": "Say why.",
            "subtracting/topic.toml": TOPIC.format(number=1, title="Subtracting"),
            "subtracting/1-1-subtract-numbers/question.toml": UNFINISHED.replace('"2.1"', '"1.1"'),
            "subtracting/1-1-subtract-numbers/statement.md": "Subtract.",
        },
    )

    report = load(session, other)

    assert sorted(report.changed) == ["add-numbers", "subtract-numbers", "why-add"]
    assert [topic.slug for topic in queries.all_topics(session)] == ["subtracting", "adding"]
    assert queries.question_by_slug(session, "why-add").uid == "q-1-1"
    assert queries.question_by_slug(session, "add-numbers").uid == "q-1-2"


def test_a_slug_of_a_retired_question_can_be_used_again(session: Session, folder: Path) -> None:
    load(session, folder)
    write_bank(folder, {CODE_TOML: CODE.replace('"q-1-1"', '"q-new"')})

    report = load(session, folder)

    assert (report.new, report.retired) == (["add-numbers"], ["add-numbers"])
    assert queries.question_by_slug(session, "add-numbers").uid == "q-new"


def test_a_bank_with_a_fault_changes_nothing(session: Session, folder: Path) -> None:
    load(session, folder)
    write_bank(
        folder,
        {
            CODE_TOML: CODE.replace("minutes = 10", "minutes = 12"),
            "adding/1-2-why-add/question.toml": EXPLAIN.replace("minutes = 5", "minutes = 0"),
        },
    )

    with pytest.raises(BankFaultsError, match=r"question\.toml, line 9, minutes"):
        service.load_if_changed(session, folder)

    assert numbers_of(session, "add-numbers") == [(1, True)]


def test_a_folder_that_is_not_there_is_one_sentence(session: Session, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="GREENROOM_QUESTION_BANK"):
        service.load_if_changed(session, tmp_path / "nowhere")


def test_two_who_load_at_once_take_turns(database: Engine, folder: Path) -> None:
    failures: list[BaseException] = []
    start = threading.Barrier(2)

    def run() -> None:
        try:
            start.wait()
            with db.transaction() as session:
                service.load_if_changed(session, folder)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Question)) == 3
        assert session.scalar(select(func.count()).select_from(QuestionVersion)) == 3
        assert session.scalar(select(func.count()).select_from(Topic)) == 2


def test_the_bank_that_comes_with_the_program_loads(session: Session) -> None:
    report = service.load_if_changed(session)
    session.commit()
    assert report is not None
    assert len(report.new) == len(list(service.bank_folder().glob("*/*/question.toml")))
    assert service.load_if_changed(session) is None


def test_questions_are_filtered_searched_and_paged(session: Session, folder: Path) -> None:
    load(session, folder)

    def slugs(**wanted: str) -> list[str]:
        page = queries.search_questions(session, QuestionFilter(**wanted))
        assert page.total == len(page.items)
        return [question.slug for question in page.items]

    assert slugs() == ["add-numbers", "why-add", "subtract-numbers"]
    assert slugs(kind="explain") == ["why-add"]
    assert slugs(topic="subtracting") == ["subtract-numbers"]
    assert slugs(difficulty="junior") == ["add-numbers"]
    assert slugs(tag="numbers") == ["add-numbers"]
    assert slugs(tag="number") == []
    assert slugs(text="sum RETURNS") == ["add-numbers"]
    assert slugs(text="100%") == []
    assert slugs(text="1.2") == ["why-add"]
    first = queries.search_questions(session, QuestionFilter(), size=2)
    assert (first.total, [question.slug for question in first.items]) == (
        3,
        ["add-numbers", "why-add"],
    )
    second = queries.search_questions(session, QuestionFilter(), first.next, size=2)
    assert [question.slug for question in second.items] == ["subtract-numbers"]
    assert second.next is None
