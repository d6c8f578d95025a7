"""Markdown becomes HTML that may stand on a page, whoever wrote it."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.bank import markdown

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "![x](https://example.com/a.png)",
    '[x](https://example.com "onmouseover=alert(1)")',
    '```"><script>alert(1)</script>\nx\n```',
    "```html\n<script>alert(1)</script>\n```",
    "`<script>alert(1)</script>`",
    "# <img src=x onerror=alert(1)>",
    "<style>*{display:none}</style>",
    "<iframe src=/ >",
    "<!-- --><b>x</b>",
    "| <script> |\n|---|\n| <img onerror=1> |",
    '[x](https://example.com/"onclick="alert(1))',
    "\x00<script>\ud800</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
]
TAGS = {
    "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "hr", "table",
    "thead", "tbody", "tr", "th", "td", "a", "code", "em", "strong", "s", "br", "span",
}  # fmt: skip
ATTRIBUTES = {"href", "title", "rel", "class", "start", "tabindex"}


class Tags(HTMLParser):
    """Collects every tag and attribute of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def expect_harmless(html: str) -> None:
    for tag, attributes in Tags(html).found:
        assert tag in TAGS
        assert attributes.keys() <= ATTRIBUTES
        href = attributes.get("href") or ""
        scheme, colon, _ = href.partition(":")
        assert not colon or "/" in scheme or scheme in {"http", "https", "mailto"}
        assert tag in {"span", "pre"} or "class" not in attributes


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_harmless(text: str) -> None:
    expect_harmless(markdown.render(text))
    expect_harmless(markdown.render_line(text))


@given(st.lists(st.sampled_from([*HOSTILE, "\n\n", "> ", "- ", "    ", "`", "*", "[", "](", "<"])))
def test_hostile_pieces_in_any_order_are_harmless(pieces: list[str]) -> None:
    expect_harmless(markdown.render("".join(pieces)))


@given(st.text())
def test_any_text_comes_out_without_an_error(text: str) -> None:
    expect_harmless(markdown.render(text))
    markdown.plain(markdown.render_line(text))


def test_what_the_bank_is_written_with_is_kept() -> None:
    html = markdown.render(
        "## Head\n\nA **b** *c* `d<e>` ~~f~~ [g](https://example.com).\n\n"
        "1. one\n\n| a |\n|---|\n| b |"
    )
    for piece in ("<h2>Head</h2>", "<strong>b</strong>", "<code>d&lt;e&gt;</code>", "<s>f</s>"):
        assert piece in html
    assert '<a href="https://example.com" rel="noopener noreferrer">g</a>' in html
    assert "<ol>" in html
    assert "<td>b</td>" in html


def test_code_is_highlighted_by_classes_alone() -> None:
    html = markdown.render("```python\ndef add(): return 'a'\n```")
    assert html.startswith('<pre class="highlight" tabindex="0"><code><span class="k">def</span>')
    assert "style" not in html


def test_code_of_an_unknown_language_is_plain() -> None:
    assert markdown.render("```klingon\nx < y\n```") == (
        '<pre class="highlight" tabindex="0"><code>x &lt; y\n</code></pre>\n'
    )


def test_a_page_keeps_its_only_first_heading() -> None:
    assert markdown.render("# Title") == "<h2>Title</h2>\n"


def test_a_line_has_no_paragraphs() -> None:
    assert markdown.render_line("- a `b`\nc") == "- a <code>b</code> c"


def test_plain_words_for_a_search() -> None:
    assert markdown.plain(markdown.render("a *b*\n\n- x &amp; <y>")) == "a b x & <y>"
