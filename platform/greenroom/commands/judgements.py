"""`greenroom judgements`: how answers were judged, and having them judged again."""

from typing import Annotated
from uuid import UUID

import typer

from greenroom.bank import queries as bank
from greenroom.commands.terminal import fail, out, plain_faults
from greenroom.core import migrate
from greenroom.core.db import engine, transaction
from greenroom.judging import queries, service
from greenroom.judging.models import VERDICTS, Judgement
from greenroom.web.text import visible_line

app = typer.Typer(add_completion=False, help="How answers were judged.", no_args_is_help=True)


@app.command("list")
@plain_faults
def list_judgements(
    quarantined: Annotated[
        bool,
        typer.Option("--quarantined", help="Only what we could not judge, and tried three times."),
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
) -> None:
    """List how submissions were judged last, the newest first."""
    migrate.require_current(engine())
    with transaction() as session:
        found = queries.recent(session, limit, quarantined=quarantined)
        lines = [_line(judgement) for judgement in found]
    for line in lines:
        out.print(line, highlight=False, markup=False)
    if not lines:
        out.print("There is none.")


@app.command()
@plain_faults
def rejudge(
    submissions: Annotated[
        list[UUID] | None,
        typer.Argument(help="Ids of submissions.", metavar="[SUBMISSION]..."),
    ] = None,
    question: Annotated[
        str | None, typer.Option(help="All recorded submissions to this question.", metavar="SLUG")
    ] = None,
    verdict: Annotated[
        str | None, typer.Option(help="Only those that were last judged so.")
    ] = None,
) -> None:
    """Have submissions judged again, by their questions' checks of now and with the same inputs.

    They wait behind everybody else. Each keeps its verdict until the new one is there.
    """
    if not (submissions or question or verdict):
        fail("Say which: ids of submissions, --question SLUG or --verdict VERDICT.")
    if verdict is not None and verdict not in VERDICTS:
        fail(f"There is no verdict {verdict}. There are: {', '.join(VERDICTS)}.")
    migrate.require_current(engine())
    with transaction() as session:
        if question is not None:
            bank.question_by_slug(session, question)
        found = queries.submissions_to_rejudge(session, submissions or [], question, verdict)
        missing = set(submissions or []) - {submission.id for submission in found}
        if missing and verdict is None:
            fail(f"There is no submission {min(missing, key=str)}.")
        for submission in found:
            service.rejudge(session, submission)
    out.print(f"Judged again: {len(found)}", highlight=False)


def _line(judgement: Judgement) -> str:
    submission = judgement.submission
    ended = judgement.verdict or judgement.status
    reason = judgement.detail.get("reason", "")
    tries = f", {judgement.tries} tries" if judgement.tries > 1 else ""
    when = judgement.queued_at.isoformat(timespec="seconds")
    line = f"{submission.id}  {when}  {submission.version.question.slug}  {ended}{tries}"
    return visible_line(f"{line}  {reason}".rstrip())
