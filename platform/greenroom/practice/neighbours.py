"""The questions around one: before and after it, and the same asked in words or in code."""

from sqlalchemy.orm import Session

from greenroom.bank import queries as bank
from greenroom.bank.models import Question
from greenroom.bank.views import QuestionLine, plain_title
from greenroom.practice.views import LinkView


def neighbours(session: Session, question: Question) -> tuple[LinkView | None, LinkView | None]:
    """Return links to the question before and the one after, None at the ends of the bank.

    A retired question has no place in the order, and so no neighbours.
    """
    lines = [line for lines in bank.question_lines(session).values() for line in lines]
    place = next((number for number, line in enumerate(lines) if line.id == question.id), None)
    if place is None:
        return None, None
    before = lines[place - 1] if place else None
    after = lines[place + 1] if place + 1 < len(lines) else None
    return _link(before), _link(after)


def shown_in_code(session: Session, question: Question) -> tuple[LinkView, ...]:
    """Return links to the code questions that show an explain question."""
    return tuple(
        LinkView(f"/questions/{one.slug}", one.current.heading)
        for one in bank.shown_in_code(session, question)
    )


def explained_by(session: Session, question: Question) -> LinkView | None:
    """Return a link to the explain question that a code question shows."""
    found = bank.explained_by(session, question)
    if found is None:
        return None
    return LinkView(f"/questions/{found.slug}", f"{found.key} {found.current.heading}")


def _link(line: QuestionLine | None) -> LinkView | None:
    if line is None:
        return None
    return LinkView(line.href, f"{line.key or ''} {plain_title(line.title)}".strip())
