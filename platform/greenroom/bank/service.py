"""From folders to the database: new versions for what changed, nothing for what did not.

A version never changes once it is there, since submissions and judgements are pinned to it. Either
a whole bank comes in or nothing does: the caller commits.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.orm import Session

from greenroom.bank import queries
from greenroom.bank.digest import folder_stamp
from greenroom.bank.loader import read_bank
from greenroom.bank.models import BankState, Question, QuestionVersion, Topic
from greenroom.bank.package import Files, LoadedBank, LoadedQuestion, LoadedTopic
from greenroom.core.clock import now
from greenroom.core.config import settings
from greenroom.core.paths import data_path


@dataclass
class LoadReport:
    """Slugs of the questions that a load touched, and how many it left as they were."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    unchanged: int = 0


def bank_folder() -> Path:
    """Return the folder of questions that the settings name."""
    return settings().question_bank or data_path("question_bank")


def load_if_changed(session: Session, folder: Path | None = None) -> LoadReport | None:
    """Load the bank if its folder was touched since the last time; None if it was not.

    Quick when nothing changed: no file is read. Raises BankFaultsError with everything wrong.
    """
    place = folder or bank_folder()
    if place.is_dir() and queries.loaded_stamp(session) == folder_stamp(place):
        return None
    return load(session, read_bank(place))


def load(session: Session, bank: LoadedBank) -> LoadReport:
    """Bring the bank into the database; what is no longer in it is retired, never deleted."""
    # Two who load at once take turns: the first statement locks the one row of the state.
    session.execute(update(BankState).values(stamp=bank.stamp, loaded_at=now()))
    topics = _load_topics(session, bank.topics)
    known = {question.uid: question for question in queries.every_question(session)}
    current = queries.current_versions(session)
    here = {loaded.manifest.id for loaded in bank.questions}
    gone = {question.slug: question for uid, question in known.items() if uid not in here}
    _make_way(session, known, bank.questions)
    report = LoadReport()
    for loaded in bank.questions:
        question = known.get(loaded.manifest.id)
        slug = loaded.manifest.slug
        if question is None:
            question = _new_question(session, loaded, topics[loaded.topic])
            _add_version(session, question, loaded, 1)
            report.new.append(slug)
            continue
        _describe(question, loaded, topics[loaded.topic])
        number, digest = current.get(question.id, (0, ""))
        if digest == loaded.digest:
            report.unchanged += 1
        else:
            _replace_version(session, question, loaded, number + 1)
            report.changed.append(slug)
    report.retired = sorted(_retire(gone))
    session.flush()
    return report


def _load_topics(session: Session, loaded: Sequence[LoadedTopic]) -> dict[str, Topic]:
    known = {topic.slug: topic for topic in queries.every_topic(session)}
    # Numbers may change places, and each is there once at any moment.
    lowest = min([0, *(topic.number for topic in known.values())])
    for step, topic in enumerate(known.values(), start=1):
        topic.number = lowest - step
    session.flush()
    for found in loaded:
        if found.slug not in known:
            known[found.slug] = Topic(slug=found.slug)
            session.add(known[found.slug])
        topic = known[found.slug]
        topic.number = found.manifest.number
        topic.title = found.manifest.title
        topic.section = found.manifest.section
        topic.blurb_html = found.blurb_html
        topic.why_html = found.why_html
        topic.prerequisites = list(found.manifest.prerequisites)
        topic.here = list(found.here)
        topic.retired_at = None
    for slug in known.keys() - {found.slug for found in loaded}:
        known[slug].retired_at = known[slug].retired_at or now()
    session.flush()
    return known


def _make_way(
    session: Session, known: dict[str, Question], loaded: Iterable[LoadedQuestion]
) -> None:
    """Free the slugs and keys that change hands, since each is there once at any moment."""
    wanted = {found.manifest.id: (found.manifest.slug, found.manifest.key) for found in loaded}
    taken = {value for values in wanted.values() for value in values if value}
    for uid, question in known.items():
        if (question.slug, question.key) == wanted.get(uid):
            continue
        if uid in wanted or question.slug in taken or question.key in taken:
            question.slug, question.key = f"was-{question.id}", None
    session.flush()


def _new_question(session: Session, loaded: LoadedQuestion, topic: Topic) -> Question:
    question = Question(uid=loaded.manifest.id)
    _describe(question, loaded, topic)
    session.add(question)
    session.flush()
    return question


def _describe(question: Question, loaded: LoadedQuestion, topic: Topic) -> None:
    question.slug = loaded.manifest.slug
    question.key = loaded.manifest.key
    question.kind = loaded.manifest.kind
    question.shows = loaded.manifest.shows
    question.topic_id = topic.id
    question.position = loaded.position
    question.retired_at = None


def _retire(questions: Mapping[str, Question]) -> Iterable[str]:
    for slug, question in questions.items():
        if question.retired_at is None:
            question.retired_at = now()
            yield slug


def _replace_version(
    session: Session, question: Question, loaded: LoadedQuestion, number: int
) -> None:
    session.execute(
        update(QuestionVersion)
        .where(QuestionVersion.question_id == question.id, QuestionVersion.is_current)
        .values(is_current=False)
    )
    _add_version(session, question, loaded, number)


def _add_version(session: Session, question: Question, loaded: LoadedQuestion, number: int) -> None:
    manifest = loaded.manifest
    session.add(
        QuestionVersion(
            question_id=question.id,
            number=number,
            digest=loaded.digest,
            grading_digest=loaded.grading_digest,
            title=manifest.title,
            heading=manifest.heading or manifest.title[:200],
            difficulty=manifest.difficulty,
            minutes=manifest.minutes,
            tags=list(manifest.tags),
            statement_html=loaded.statement_html,
            statement_text=loaded.statement_text,
            hints_html=list(loaded.hints_html),
            solution_html=loaded.solution_html,
            profile=manifest.profile,
            services=list(manifest.services),
            fresh=manifest.fresh,
            limits=manifest.limits.model_dump(exclude_none=True),
            starter=_in_order(loaded.starter, manifest.answer_files),
            reference=_in_order(loaded.reference, manifest.answer_files),
            grader=loaded.grader,
            suite=None if loaded.suite is None else dict(loaded.suite),
            checks=[check.as_dict() for check in loaded.checks],
            rubric=loaded.rubric,
            is_complete=loaded.is_complete,
        )
    )


def _in_order(files: Files, names: Sequence[str]) -> dict[str, str]:
    """Return files in the manifest's order: the first is the one that is imported."""
    return {name: files[name] for name in names if name in files}
