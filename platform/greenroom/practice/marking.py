"""Marks in rendered Markdown: stretches of the text that a person sees, wrapped in `mark`.

Works on HTML that our own Markdown made (sanitized, well formed). Positions count the characters
that are shown, so what was found in the text can be marked without knowing how it was written.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from itertools import pairwise

from markupsafe import Markup

from greenroom.practice.rubric import Span

_BLOCKS = frozenset(
    (
        *("blockquote", "br", "dd", "div", "dl", "dt", "figure", "hr", "li", "ol", "p", "pre"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "table", "td", "th", "tr", "ul"),
    )
)
_BREAK = "\n\n"


@dataclass(frozen=True)
class Mark:
    """A stretch to mark; `label` is shown behind its end, `wrong` draws a doubt, not a hit."""

    span: Span
    label: str
    wrong: bool = False


def text_of(html: str) -> str:
    """Return the text of a piece of HTML; blocks are parted by an empty line."""
    return _Walk(html).text


def mark(html: str, marks: Iterable[Mark]) -> Markup:
    """Return the HTML with these stretches of its text wrapped in `mark` elements."""
    ordered = tuple(marks)
    pieces = (
        piece.raw if piece.start is None else _marked(piece.raw, piece.start, ordered)
        for piece in _Walk(html).pieces
    )
    return Markup("").join(Markup(piece) for piece in pieces)  # noqa: S704 tags are the input's own, text is escaped


@dataclass(frozen=True)
class _Piece:
    raw: str
    start: int | None
    """Where a text begins in the whole text; None for a tag, which is kept as it is."""


class _Walk(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[_Piece] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag(tag, self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag(tag, self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self._tag(tag, f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.pieces.append(_Piece(data, len(self.text)))
        self.text += data

    def _tag(self, tag: str, raw: str) -> None:
        self.pieces.append(_Piece(raw, None))
        if tag in _BLOCKS and not self.text.endswith(_BREAK):
            self.text += _BREAK


def _marked(text: str, start: int, marks: Sequence[Mark]) -> str:
    end = start + len(text)
    here = [mark for mark in marks if mark.span.start < end and start < mark.span.end]
    cuts = {start, end}
    for found in here:
        cuts |= {max(start, found.span.start), min(end, found.span.end)}
    edges = sorted(cuts)
    return "".join(
        _wrapped(
            text[left - start : right - start],
            [found for found in here if found.span.start <= left and right <= found.span.end],
            right,
        )
        for left, right in pairwise(edges)
    )


def _wrapped(text: str, marks: Sequence[Mark], end: int) -> str:
    shown = escape(text, quote=False)
    if not marks:
        return shown
    kind = ' class="doubt"' if any(found.wrong for found in marks) else ""
    labels = " ".join(found.label for found in marks if found.span.end == end)
    label = f' data-n="{escape(labels)}"' if labels else ""
    return f"<mark{kind}{label}>{shown}</mark>"
