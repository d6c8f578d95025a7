"""Markdown to HTML that may stand on a page: raw HTML is text, and what comes out is sanitized.

Rendering happens when something is stored. Two walls stand behind each other, since questions may
come from strangers: the parser makes no HTML of HTML, and the sanitizer lets through only the tags,
attributes, classes and link schemes named here. Images are left out: a page loads nothing that the
site does not serve.
"""

import html
import re
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

_BLOCKS = frozenset(
    ("p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "hr", "table")
)
_TAGS = _BLOCKS | {
    *("thead", "tbody", "tr", "th", "td", "a", "code", "em", "strong", "s", "br", "span"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_LEXERS = {"python", "toml", "json", "sql", "bash", "html", "css", "yaml", "http", "text"}
_NAMES = {"py": "python", "sh": "bash", "shell": "bash", "console": "bash", "yml": "yaml"}
_FORMATTER = HtmlFormatter(nowrap=True)
_TOKEN_CLASS = re.compile(r"[a-z]{1,2}[0-9a-z]?")
_UNPAIRED = re.compile("[\ud800-\udfff]")


def render(text: str) -> Markup:
    """Return a text's HTML, fit to stand on a page."""
    return _clean(_MARKDOWN.render(_UNPAIRED.sub("\N{REPLACEMENT CHARACTER}", text)))


def render_line(text: str) -> Markup:
    """Return the HTML of a text that is part of a line: no paragraphs, no lists."""
    line = _UNPAIRED.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))
    return _clean(_MARKDOWN.renderInline(line))


def plain(rendered: str) -> str:
    """Return the words of rendered Markdown, for a search."""
    bare = nh3.clean(str(rendered).replace("</", " </"), tags=set(), attributes={})
    return " ".join(html.unescape(bare).split())


def _clean(rendered: str) -> Markup:
    return Markup(_CLEANER.clean(rendered))  # noqa: S704 this is the place that makes it safe


def _highlighted(code: str, language: str, _attributes: str) -> str:
    name = _NAMES.get(language, language)
    try:
        lexer = get_lexer_by_name(name if name in _LEXERS else "text", stripnl=False)
    except ClassNotFound:  # pragma: no cover - all of _LEXERS ship with Pygments
        return ""
    shown = highlight(code, lexer, _FORMATTER)
    return f'<pre class="highlight"><code>{shown}</code></pre>'


def _demote_first_headings(state: StateCore) -> None:
    # The page's own title is its only h1.
    for token in state.tokens:
        if token.tag == "h1":
            token.tag = "h2"


def _only_known_classes(tag: str, name: str, value: str) -> str | None:
    if name != "class":
        return value
    if tag == "pre":
        return value if value == "highlight" else None
    return value if tag == "span" and _TOKEN_CLASS.fullmatch(value) else None


def _made() -> MarkdownIt:
    options: dict[str, Any] = {"html": False, "highlight": _highlighted}
    made = MarkdownIt("commonmark", options)
    made.enable(["table", "strikethrough"])
    made.disable(["image", "html_block", "html_inline"])
    made.core.ruler.push("demote_first_headings", _demote_first_headings)
    return made


_MARKDOWN = _made()
_CLEANER = nh3.Cleaner(
    tags=set(_TAGS),
    attributes={**_ATTRIBUTES, "pre": {"class"}, "span": {"class"}},
    attribute_filter=_only_known_classes,
    # Code may be wider than its page: whoever uses the keyboard scrolls it with the arrow keys.
    set_tag_attribute_values={"pre": {"tabindex": "0"}},
    url_schemes={"http", "https", "mailto"},
)
