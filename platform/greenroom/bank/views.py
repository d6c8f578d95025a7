"""What pages show of a question wherever it is listed, as plain values."""

import re
from dataclasses import dataclass
from uuid import UUID

from markupsafe import Markup

KINDS = {"code": "write code", "explain": "explain"}
LEVELS = {"junior": "Junior", "mid": "Mid", "senior": "Senior"}
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class QuestionLine:
    """One question in a list.

    `is_complete` says whether answers to it can be judged, or compared with a rubric.
    """

    id: UUID
    slug: str
    key: str | None
    kind: str
    title: str
    difficulty: str
    minutes: int
    tags: tuple[str, ...]
    is_complete: bool

    @property
    def href(self) -> str:
        """The question's address."""
        return f"/questions/{self.slug}"

    @property
    def name(self) -> str:
        """The key; an extra question, which has none, goes by its title."""
        return self.key or plain_title(self.title)

    @property
    def title_html(self) -> Markup:
        """The title with its code set as code."""
        return title_html(self.title)

    @property
    def kind_word(self) -> str:
        """What is asked for, in words."""
        return KINDS[self.kind]

    @property
    def level(self) -> str:
        """The difficulty, in a word."""
        return LEVELS[self.difficulty]


def title_html(title: str) -> Markup:
    """Return a title as HTML: what stands between backticks is code, everything else is text."""
    parts = _CODE.split(title)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if position % 2 else part
        for position, part in enumerate(parts)
    )


def plain_title(title: str) -> str:
    """Return a title as text without backticks, for places that take no HTML."""
    return title.replace("`", "")
