"""Questions, answers and pages about them, as the templates get them; no database."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from greenroom.bank.markdown import render
from greenroom.bank.models import Question, QuestionVersion, Topic
from greenroom.practice.explain_views import ExplanationPage, explanation_page
from greenroom.practice.explanations import read
from greenroom.practice.models import Attempt, Explanation
from greenroom.practice.views import LinkView
from tests.factories.bank import RUBRIC

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script></textarea>\"'{{ 7 * 7 }} \x1b[31m \u202etxt.exe " + "A" * 5_000
ANSWER = "Only a **hash** is stored, with bcrypt.\n\n```python\nx = 1\n```"
TOPIC = Topic(
    id=uuid4(),
    slug="tokens",
    number=9,
    title="Tokens",
    section="Security",
    blurb_html="<p>Tokens.</p>",
    why_html="",
    prerequisites=[],
)
QUESTION = Question(id=uuid4(), slug="store-tokens", key="9.2", kind="explain", topic=TOPIC)
VERSION = QuestionVersion(
    id=uuid4(),
    question=QUESTION,
    title="How do you store `tokens`?",
    heading="Storing tokens",
    difficulty="senior",
    minutes=8,
    statement_html="<p>How do you store <code>tokens</code>?</p>",
    hints_html=[],
    rubric=RUBRIC,
    is_complete=True,
)


def explanation(
    body: str = ANSWER, *, rubric: dict[str, Any] | None = RUBRIC, **values: object
) -> Explanation:
    """Return an explanation with everything that its page needs loaded."""
    version = QuestionVersion(
        **{name: getattr(VERSION, name) for name in ("title", "heading", "difficulty", "minutes")},
        question=QUESTION,
        rubric=rubric,
    )
    fields: dict[str, Any] = {"marks": {}, "created_at": NOW - timedelta(hours=2)}
    return Explanation(
        id=uuid4(),
        attempt=Attempt(id=uuid4()),
        version=version,
        body=body,
        body_html=str(render(body)),
        **fields | values,
    )


def page(given: Explanation, earlier: tuple[Explanation, ...] = ()) -> ExplanationPage:
    """Return an explanation's page."""
    following = LinkView("/questions/next", "9.3 The next one")
    return explanation_page(given, read(given), (given, *earlier), NOW, following)
