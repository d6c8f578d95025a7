"""Links in prose: each says in words where it leads, and a page of this site is one that exists."""

from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

from greenroom.bank.faults import Faults
from greenroom.bank.package import LoadedBank, LoadedQuestion, LoadedTopic

_SAYS_NOTHING = frozenset(
    {"", "here", "this", "link", "this link", "click here", "page", "this page"}
)
_WHOLE = ("http://", "https://", "mailto:")


class _Links(HTMLParser):
    """Collects the links of a text as address and words."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.append((dict(attrs).get("href") or "", ""))
            self._open = True

    def handle_data(self, data: str) -> None:
        if self._open:
            address, words = self.found[-1]
            self.found[-1] = (address, words + data)

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "a"


def check_links(bank: LoadedBank, faults: Faults) -> None:
    """Note the links that say nothing of their target, and those that lead nowhere."""
    pages = {
        *(f"/topics/{topic.slug}" for topic in bank.topics),
        *(f"/questions/{question.manifest.slug}" for question in bank.questions),
    }
    for topic in bank.topics:
        _check(f"{topic.slug}/topic.toml", _of_topic(topic), pages, faults)
    for question in bank.questions:
        _check(question.folder, _of_question(question), pages, faults)


def _check(file: str, texts: Iterable[str], pages: set[str], faults: Faults) -> None:
    for text in texts:
        links = _Links()
        links.feed(text)
        for address, words in links.found:
            if fault := _fault(address, " ".join(words.split()), pages):
                faults.add(file, fault)


def _fault(address: str, words: str, pages: set[str]) -> str:
    if words.casefold() in _SAYS_NOTHING or words == address:
        return f"The link to {address} is called “{words}”. Call it by what is behind it."
    if address.startswith("/"):
        return "" if address in pages else f"There is no topic or question at {address}."
    if address.startswith(_WHOLE):
        return ""
    return (
        f"The link to {address} leads nowhere. Write a whole address, or /topics/... of this site."
    )


def _of_topic(topic: LoadedTopic) -> Iterator[str]:
    yield from (topic.blurb_html, topic.why_html)
    yield from (place["says_html"] for place in topic.here)


def _of_question(question: LoadedQuestion) -> Iterator[str]:
    yield from (question.statement_html, *question.hints_html, question.solution_html)
    if question.rubric is not None:
        yield from _htmls(question.rubric)


def _htmls(value: object) -> Iterator[str]:
    """Yield what is kept as HTML in a rubric, at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, str) and name.endswith("_html"):
                yield inner
            else:
                yield from _htmls(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _htmls(inner)
