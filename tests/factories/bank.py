"""Topics and questions with one version, straight into the database; the loader is not needed."""

import itertools
from typing import Any

from sqlalchemy.orm import Session

from greenroom.bank.models import Question, QuestionVersion, Topic

_numbers = itertools.count(1)

GRADER = '''"""Checks of a test's question."""

from greenroom_runner.harness.grading import Answer, check


@check("Adds two numbers", group="basics", visible=True)
def adds(answer: Answer) -> None:
    assert answer.call("add", 2, 3) == 5, "2 and 3 make 5."


@check("Adds what is negative", group="edges", hint="Mind the sign.")
def adds_negative(answer: Answer) -> None:
    assert answer.call("add", -2, -3) == -5, "-2 and -3 make -5."
'''
CHECKS = [
    {"id": "adds", "name": "Adds two numbers", "group": "basics", "visibility": "visible"},
    {
        "id": "adds_negative",
        "name": "Adds what is negative",
        "group": "edges",
        "visibility": "hidden",
    },
]
ANSWER = "def add(left, right):\n    return left + right\n"
RUBRIC: dict[str, Any] = {
    "model_answer": "A hash is enough.",
    "model_answer_html": "<p>A hash is enough.</p>",
    "sources": ["A book"],
    "key_points": [
        {
            "id": "hash-only",
            "claim": "Only a hash is stored.",
            "claim_html": "<p>Only a hash is stored.</p>",
            "weight": 3,
            "why": "A leaked table is then worthless.",
            "why_html": "<p>A leaked table is then worthless.</p>",
            "said": ["hash", "digest"],
        },
        {
            "id": "rotation",
            "claim": "Each token is used once.",
            "claim_html": "<p>Each token is used once.</p>",
            "weight": 1,
            "why": "A copy shows itself.",
            "why_html": "<p>A copy shows itself.</p>",
            "said": ["rotat", "used once"],
        },
    ],
    "misconceptions": [
        {
            "wrong": "bcrypt is required.",
            "wrong_html": "<p>bcrypt is required.</p>",
            "signs": ["bcrypt"],
            "correction": "It only slows this.",
            "correction_html": "<p>It only slows this.</p>",
        }
    ],
    "follow_ups": [
        {
            "prompt": "Two tabs refresh at once?",
            "prompt_html": "<p>Two tabs refresh at once?</p>",
            "when": "always",
            "good": "One wins.",
            "good_html": "<p>One wins.</p>",
        }
    ],
}


def topic(session: Session, **values: Any) -> Topic:  # noqa: ANN401 a column's own type
    """Add a topic."""
    number = next(_numbers)
    fields: dict[str, Any] = {
        "slug": f"topic-{number}",
        "number": number,
        "title": f"Topic {number}",
        "section": "Section",
        "blurb_html": "<p>A blurb.</p>",
    }
    made = Topic(**fields | values)
    session.add(made)
    session.flush()
    return made


def question(
    session: Session,
    kind: str = "code",
    *,
    topic: Topic | None = None,
    complete: bool = True,
    slug: str = "",
    key: str | None = None,
    shows: str | None = None,
    **version_values: Any,  # noqa: ANN401 a column's own type
) -> Question:
    """Add a question and its current version; `complete` gives a grader or a rubric."""
    number = next(_numbers)
    made = Question(
        uid=f"q-test-{number}",
        slug=slug or f"question-{number}",
        key=key,
        kind=kind,
        shows=shows,
        topic_id=(topic or _topic(session)).id,
        position=number,
    )
    session.add(made)
    session.flush()
    version(session, made, complete=complete, **version_values)
    return made


_topic = topic


def version(
    session: Session,
    question: Question,
    *,
    complete: bool = True,
    **values: Any,  # noqa: ANN401 a column's own type
) -> QuestionVersion:
    """Add a version of a question; give `number` and `is_current` for one that is not the first."""
    number = next(_numbers)
    fields: dict[str, Any] = {
        "question_id": question.id,
        "number": 1,
        "digest": f"{number:064x}",
        "grading_digest": f"{number:064x}",
        "title": f"Question {number}",
        "heading": f"Question {number}",
        "difficulty": "mid",
        "minutes": 15,
        "statement_html": "<p>Add two numbers.</p>",
        "statement_text": "Add two numbers.",
        "is_complete": complete,
    }
    if question.kind == "code":
        fields |= {"profile": "pydantic", "starter": {"answer.py": "def add(left, right): ...\n"}}
        if complete:
            fields |= {"grader": GRADER, "checks": CHECKS, "reference": {"answer.py": ANSWER}}
    elif complete:
        fields |= {"rubric": RUBRIC}
    made = QuestionVersion(**fields | values)
    session.add(made)
    session.flush()
    return made
