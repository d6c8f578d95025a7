"""A person's work on a question: drafts, hints, giving up, handing in, and when it is solved."""

from collections.abc import Mapping

from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from greenroom.accounts.scope import Scope
from greenroom.bank.models import Question, QuestionVersion
from greenroom.core.clock import now
from greenroom.core.errors import ConflictError, InvalidInputError
from greenroom.core.events import subscribe
from greenroom.judging import service as judging
from greenroom.judging.answers import answer_files
from greenroom.judging.models import Submission
from greenroom.judging.service import Mode, SubmissionJudged
from greenroom.practice import explanations, queries
from greenroom.practice.models import Attempt, Draft


class DraftConflictError(ConflictError):
    """Somebody else saved the draft first. `draft` is what they saved."""

    def __init__(self, draft: Draft) -> None:
        """Keep the other draft, so that both can be shown."""
        super().__init__("This draft was changed in another window. Choose one of the two.")
        self.draft = draft


def hand_in(
    session: Session,
    scope: Scope,
    question: Question,
    files: Mapping[str, str],
    mode: Mode,
    seed: int | None = None,
) -> Submission:
    """Hand in code for the question's current version. Raises what judging's `submit` raises."""
    if question.kind != "code":
        raise ConflictError(
            "This question is answered in words, which are compared with a rubric, not judged."
        )
    submission = judging.submit(session, scope, question.current, files, mode, seed)
    explanations.attempt_at(session, scope, question).touched_at = submission.created_at
    return submission


def save_draft(session: Session, attempt: Attempt, files: Mapping[str, str], version: int) -> Draft:
    """Save what is being typed over the version that the writer knows, 0 for none.

    `attempt` comes with its question and the current version. Raises DraftConflictError when
    another one was saved since, InvalidInputError for files that the question has not.
    """
    kept = _draft_files(attempt.question, files)
    if not (_overwrote(session, attempt, kept, version) or _began(session, attempt, kept, version)):
        raise DraftConflictError(_draft(session, attempt))
    attempt.touched_at = now()
    return _draft(session, attempt)


def keep_draft(
    session: Session, scope: Scope, question: Question, files: Mapping[str, str]
) -> None:
    """Save what a plain form sent, which knows of no versions: the last one sent is the draft."""
    known = {name: files[name].replace("\r\n", "\n") for name in _names(question) if name in files}
    attempt = queries.own_attempt(
        session, scope, explanations.attempt_at(session, scope, question).id
    )
    draft = queries.draft_of(session, attempt.id)
    if len(known) == len(_names(question)) and (draft is None or draft.files != known):
        save_draft(session, attempt, known, draft.version if draft else 0)


def _draft(session: Session, attempt: Attempt) -> Draft:
    draft = queries.draft_of(session, attempt.id)
    assert draft is not None
    return draft


def _overwrote(session: Session, attempt: Attempt, files: Mapping[str, str], version: int) -> bool:
    done = session.execute(
        update(Draft)
        .where(Draft.attempt_id == attempt.id, Draft.version == version)
        .values(files=dict(files), version=version + 1, saved_at=now())
        .execution_options(synchronize_session=False)
    )
    return isinstance(done, CursorResult) and done.rowcount == 1


def _began(session: Session, attempt: Attempt, files: Mapping[str, str], version: int) -> bool:
    if version or queries.draft_of(session, attempt.id):
        return False
    try:
        with session.begin_nested():
            session.add(Draft(attempt_id=attempt.id, files=dict(files)))
    except IntegrityError:
        return False  # a second tab was faster
    return True


def _draft_files(question: Question, files: Mapping[str, str]) -> dict[str, str]:
    names = _names(question)
    if set(files) != set(names):
        raise InvalidInputError(f"A draft of this question has the files {', '.join(names)}.")
    return {name: explanations.storable(text) for name, text in files.items()}


def _names(question: Question) -> tuple[str, ...]:
    return (explanations.FILE,) if question.kind == "explain" else answer_files(question.current)


def show_hint(attempt: Attempt, version: QuestionVersion) -> None:
    """Show one hint more, as long as there is one."""
    attempt.hints_shown = min(attempt.hints_shown + 1, len(version.hints_html))


def give_up(attempt: Attempt) -> None:
    """Open the solution of a question that is not solved yet. It can still be solved."""
    if attempt.solved_at is None and attempt.gave_up_at is None:
        attempt.gave_up_at = now()


def listen() -> None:
    """Have verdicts mark attempts as solved, in the process that records them."""
    subscribe(SubmissionJudged, mark_solved)


def mark_solved(session: Session, news: SubmissionJudged) -> None:
    """Note when an attempt was solved for the first time."""
    if news.verdict != "accepted" or news.mode != "submit":
        return
    question = select(QuestionVersion.question_id).where(
        QuestionVersion.id == news.question_version_id
    )
    session.execute(
        update(Attempt)
        .where(
            Attempt.user_id == news.user_id,
            Attempt.question_id == question.scalar_subquery(),
            Attempt.solved_at.is_(None),
        )
        .values(solved_at=news.at)
        .execution_options(synchronize_session=False)
    )
