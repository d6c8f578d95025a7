"""What the code question's templates show, gathered for one person."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, cast

from markupsafe import Markup
from sqlalchemy.orm import Session

from greenroom.accounts.scope import Scope
from greenroom.bank.models import Question, QuestionVersion
from greenroom.bank.views import LEVELS
from greenroom.core.clock import now
from greenroom.judging import journal, queries
from greenroom.judging.answers import answer_files
from greenroom.judging.entries import entries_of
from greenroom.judging.models import Judgement, Submission
from greenroom.practice import live_results
from greenroom.practice.explain_views import draft_of, statement_of
from greenroom.practice.explanations import attempt_at, storable
from greenroom.practice.models import Attempt
from greenroom.practice.moments import ago
from greenroom.practice.neighbours import explained_by, neighbours
from greenroom.practice.panels import panel_of
from greenroom.practice.views import (
    CheckState,
    CheckView,
    CodePage,
    DraftView,
    FileView,
    LinkView,
    RefusedView,
    ResultsPanel,
    SolutionView,
    SubmissionRow,
    SuiteFileView,
    Tab,
    Tone,
)

ANOTHER_VERSION = "The question has changed since. This was judged by its checks of then."
UNJUDGEABLE = RefusedView(
    "No checks yet",
    "Nobody has written them, so there is nothing to run. What you type is kept as a draft.",
    tone="neutral",
    icon="circle-dashed",
)
PROFILES = {"pydantic": "Pydantic", "sqlalchemy": "SQLAlchemy", "fastapi": "FastAPI"}


@dataclass(frozen=True)
class Shown:
    """What the person asked to see: the tab, a submission, the text that was just sent."""

    tab: Tab = "question"
    submission: Submission | None = None
    sent: Mapping[str, str] | None = None
    refused: RefusedView | None = None


def code_page(session: Session, scope: Scope, question: Question, shown: Shown) -> CodePage:
    """Return the code question. `current` and `topic` come loaded."""
    version = question.current
    attempt = attempt_at(session, scope, question)
    before, after = neighbours(session, question)
    files, draft = _editor(attempt, version, shown)
    results = _results(session, scope, question, shown)
    return CodePage(
        path=_path(question, shown),
        slug=question.slug,
        key=question.key or "",
        title=version.title,
        difficulty=LEVELS[version.difficulty],
        minutes=version.minutes,
        topic=LinkView(f"/topics/{question.topic.slug}", question.topic.title),
        statement=statement_of(version),
        profile=", ".join(filter(None, ("Python", PROFILES.get(version.profile or "")))),
        files=files,
        draft=draft,
        tab=_tab(shown.tab, version),
        hints=tuple(map(_safe, version.hints_html[: attempt.hints_shown])),
        hints_total=len(version.hints_html),
        submissions=_rows(session, scope, question, shown.submission),
        solution=_solution(attempt, version),
        results=results,
        refused=shown.refused or (None if version.is_complete else UNJUDGEABLE),
        previous=before,
        following=after,
        explains=explained_by(session, question),
        tests=tuple(SuiteFileView(*file) for file in sorted((version.suite or {}).items())),
        solved=attempt.solved_at is not None,
        judgeable=version.is_complete,
        visible_checks=planned(version, "run"),
        hidden_checks=len(version.checks) - len(planned(version, "run")),
        submission=results.label if shown.submission and results else "",
    )


def panel_at_first(
    session: Session, scope: Scope, version: QuestionVersion, submission: Submission
) -> ResultsPanel:
    """Return the panel of a submission of which nothing was told yet. The checks that will run
    stand there from the start, so that no row moves when they are told.
    """
    label = "Run"
    mode: Literal["run", "submit"] = "run"
    if submission.mode == "submit":
        number = queries.count_recorded(session, scope, version.question_id, submission.id)
        label = f"Submission {number}"
        mode = "submit"
    panel = ResultsPanel(
        submission_id=str(submission.id),
        label=label,
        mode=mode,
        checks=planned(version, mode),
        main=answer_files(version)[0],
        open_checks=version.suite is not None,
    )
    return live_results.queued(panel).panel


def planned(version: QuestionVersion, mode: Literal["run", "submit"]) -> tuple[CheckView, ...]:
    """Return the checks that a run or a submission of this version goes through."""
    wanted = [each for each in version.checks if mode == "submit" or _is_visible(each)]
    return tuple(
        CheckView(each["id"], number, each["name"], hidden=not _is_visible(each))
        for number, each in enumerate(wanted, start=1)
    )


def _is_visible(check: Mapping[str, str]) -> bool:
    return check["visibility"] == "visible"


def panel_now(session: Session, scope: Scope, submission: Submission) -> ResultsPanel:
    """Return the panel of a submission as far as it is known. Needs its version, judgements and
    checks.
    """
    judgement = submission.told
    told = journal.held(judgement.id) if _is_open(judgement) else entries_of(judgement)
    return panel_of(panel_at_first(session, scope, submission.version, submission), told)


def _tab(wanted: Tab, version: QuestionVersion) -> Tab:
    return "question" if wanted == "tests" and version.suite is None else wanted


def _path(question: Question, shown: Shown) -> str:
    return (
        f"/submissions/{shown.submission.id}" if shown.submission else f"/questions/{question.slug}"
    )


def _editor(
    attempt: Attempt, version: QuestionVersion, shown: Shown
) -> tuple[tuple[FileView, ...], DraftView]:
    """Return what the editor opens with, and where changes to it are saved.

    An earlier submission is shown without a place to save: it must not replace a newer draft.
    """
    drafted = attempt.draft.files if attempt.draft else {}
    handed_in = shown.submission.files if shown.submission else None
    files = shown.sent or handed_in or drafted
    draft = draft_of(attempt)
    if shown.sent is None and handed_in and handed_in != drafted:
        draft = DraftView(url="")
    return tuple(_file(name, files, version) for name in answer_files(version)), draft


def _file(name: str, files: Mapping[str, str], version: QuestionVersion) -> FileView:
    starter = version.starter.get(name, "")
    return FileView(name, storable(files.get(name, starter)), starter)


def _results(
    session: Session, scope: Scope, question: Question, shown: Shown
) -> ResultsPanel | None:
    submission = shown.submission or queries.newest_submission(session, scope, question.id)
    if submission is None or shown.refused:
        return None
    panel = panel_now(session, scope, submission)
    if submission.told.grading_digest == question.current.grading_digest:
        return panel
    return replace(panel, note=ANOTHER_VERSION)


def _rows(
    session: Session, scope: Scope, question: Question, current: Submission | None
) -> tuple[SubmissionRow, ...]:
    recorded = queries.own_submissions(session, scope, question.id)
    total = queries.count_recorded(session, scope, question.id) if recorded else 0
    moment = now()
    return tuple(
        _row(submission, total - place, moment, submission is current)
        for place, submission in enumerate(recorded)
    )


def _row(submission: Submission, number: int, moment: datetime, current: bool) -> SubmissionRow:
    judgement = submission.told
    title, tone = _outcome(judgement)
    return SubmissionRow(
        href=f"/submissions/{submission.id}",
        label=f"Submission {number}",
        title=title,
        tone=tone,
        ticks=tuple(_tick(check.status) for check in judgement.checks),
        when=ago(submission.created_at, moment),
        when_iso=submission.created_at.isoformat(),
        current=current,
    )


def _outcome(judgement: Judgement) -> tuple[str, Tone]:
    if _is_open(judgement):
        return "Being judged", "waiting"
    title, tone, _ = live_results.VERDICTS[
        cast("live_results.VerdictKind", judgement.verdict or "cancelled")
    ]
    return title, tone


def _tick(status: str) -> str:
    return CheckView("", 0, "", state=cast("CheckState", status)).tick


def _solution(attempt: Attempt, version: QuestionVersion) -> SolutionView:
    open_now = attempt.solved_at or attempt.gave_up_at
    if not open_now or not version.solution_html:
        return SolutionView()
    return SolutionView(_safe(version.solution_html), gave_up=attempt.solved_at is None)


def _is_open(judgement: Judgement) -> bool:
    return judgement.status in queries.OPEN


def _safe(html: str) -> Markup:
    return Markup(html)  # noqa: S704 rendered and sanitized when the bank was loaded
