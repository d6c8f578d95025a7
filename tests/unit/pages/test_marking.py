import html
import re

import pytest

from greenroom.bank.markdown import render
from greenroom.practice import marking
from greenroom.practice.marking import Mark, text_of
from greenroom.practice.rubric import Span, find

ANSWER = """Only a **hash** is kept: `SHA-256` of the token & nothing < else.

- it `rotates`
- <script>alert("hash")</script>

```python
token = hash("x")  # <b>
```
"""


def marked(text: str, *wordings: str, wrong: bool = False) -> str:
    source = str(render(text))
    spans = find(text_of(source), wordings)
    return str(marking.mark(source, [Mark(span, "1", wrong) for span in spans]))


def test_without_marks_nothing_changes_in_what_is_shown() -> None:
    source = str(render(ANSWER))
    again = str(marking.mark(source, ()))
    assert text_of(again) == text_of(source)
    assert re.findall("<[^>]+>", again) == re.findall("<[^>]+>", source)


def test_the_text_is_what_a_person_reads() -> None:
    assert text_of("<p>a &amp; b<br>c</p><p>&lt;d&gt;</p>") == "\n\na & b\n\nc\n\n<d>\n\n"


def test_a_mark_wraps_the_words_and_names_its_point() -> None:
    assert '<strong><mark data-n="1">hash</mark></strong>' in marked(ANSWER, "hash")


def test_a_mark_over_an_element_is_cut_at_its_edges_and_named_once() -> None:
    shown = marked("one *two* three", "one two three")
    assert shown == (
        '<p><mark>one </mark><em><mark>two</mark></em><mark data-n="1"> three</mark></p>\n'
    )


def test_a_doubt_is_drawn_differently() -> None:
    assert '<mark class="doubt" data-n="1">rotates</mark>' in marked(
        "it rotates", "rotates", wrong=True
    )


def test_marks_that_overlap_share_their_words() -> None:
    source = "<p>one two three</p>"
    start = text_of(source).index("one")
    marks = [Mark(Span(start, start + 7), "1"), Mark(Span(start + 4, start + 13), "2", wrong=True)]
    assert str(marking.mark(source, marks)) == (
        '<p><mark>one </mark><mark class="doubt" data-n="1">two</mark>'
        '<mark class="doubt" data-n="2"> three</mark></p>'
    )


@pytest.mark.parametrize("hostile", ["<script>x</script>", "&lt;b&gt;", '"><img src=x>', "\x00"])
def test_text_stays_text(hostile: str) -> None:
    shown = marked(f"{hostile} hash", "hash", "script", "img")
    assert "<script" not in shown
    assert "<img" not in shown
    assert html.unescape(re.sub("<[^>]*>", "", shown)) == html.unescape(
        re.sub("<[^>]*>", "", str(render(f"{hostile} hash")))
    )


def test_a_label_cannot_leave_its_attribute() -> None:
    shown = str(marking.mark("<p>x</p>", [Mark(Span(2, 3), '"><b>')]))
    assert "<b>" not in shown
