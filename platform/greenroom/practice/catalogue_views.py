"""What the catalogue and the topic page show, as plain values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from markupsafe import Markup

from greenroom.bank.here import Excerpt, excerpt
from greenroom.bank.models import Topic
from greenroom.bank.views import KINDS, LEVELS, QuestionLine
from greenroom.practice import catalogue
from greenroom.practice.catalogue import Entry, Wanted
from greenroom.practice.progress import DONE, Status
from greenroom.web.text import plural

STATUS_WORDS: dict[Status, str] = {
    "new": "New",
    "begun": "Begun",
    "solved": "Solved",
    "answered": "Answered",
}
_STATES: Mapping[str, str] = dict(STATUS_WORDS.items())


@dataclass(frozen=True)
class Row:
    """A question as a row: what it is, and how far the person is with it."""

    question: QuestionLine
    status: Status

    @property
    def status_word(self) -> str:
        """How far, in a word."""
        return STATUS_WORDS[self.status]

    @property
    def glyph_label(self) -> str:
        """The row's glyph in words."""
        name = self.question.key or self.question.slug
        return f"{name}, {self.question.kind_word}, {self.status_word.lower()}"


@dataclass(frozen=True)
class TopicPart:
    """A topic with those of its questions that are shown."""

    number: int
    slug: str
    title: str
    rows: tuple[Row, ...]

    @property
    def href(self) -> str:
        """The topic's address."""
        return f"/topics/{self.slug}"

    @property
    def done(self) -> int:
        """How many of its shown questions are solved or answered."""
        return sum(row.status in DONE for row in self.rows)


@dataclass(frozen=True)
class SectionPart:
    """A section with its topics; `done` of its `total` questions are solved or answered."""

    name: str
    topics: tuple[TopicPart, ...]

    @property
    def href(self) -> str:
        """The catalogue with this section alone."""
        return Wanted(section=self.name).href

    @property
    def total(self) -> int:
        """How many questions are shown in it."""
        return sum(len(topic.rows) for topic in self.topics)

    @property
    def done(self) -> int:
        """How many of them are solved or answered."""
        return sum(topic.done for topic in self.topics)


@dataclass(frozen=True)
class Choice:
    """One thing that can be chosen in a filter, with the number of questions it would leave."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Chip:
    """A part of the filter in force, and the address without it."""

    label: str
    href: str


@dataclass(frozen=True)
class CataloguePage:
    """The catalogue: an index of topics that open; filtered, or when asked for, a list of rows."""

    wanted: Wanted
    sections: tuple[SectionPart, ...]
    kinds: tuple[Choice, ...]
    levels: tuple[Choice, ...]
    states: tuple[Choice, ...]
    ready: tuple[Choice, ...]
    section_names: tuple[str, ...]
    topic_groups: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    tags: tuple[tuple[str, int], ...]
    chips: tuple[Chip, ...]
    topics_in_all: int
    questions_in_all: int

    @property
    def as_list(self) -> bool:
        """Whether rows are shown instead of the index."""
        return self.wanted.narrows or self.wanted.show == "list"

    @property
    def found(self) -> int:
        """How many questions are shown."""
        return sum(section.total for section in self.sections)

    @property
    def found_words(self) -> str:
        """What a screen reader is told after the filter has changed."""
        return f"{plural(self.found, 'question')} found" if self.found else "No question found"

    @property
    def other_view(self) -> Chip:
        """The way from the index to the list, or back."""
        if self.as_list:
            return Chip("Show the index", "/questions")
        return Chip("Show all as a list", "/questions?show=list")


def catalogue_page(
    topics: Sequence[Topic],
    lines: Mapping[UUID, Sequence[QuestionLine]],
    matching: frozenset[UUID] | None,
    states: Mapping[UUID, Status],
    wanted: Wanted,
) -> CataloguePage:
    """Return the catalogue.

    `lines` are by topic; `matching` holds what the text was found in, None without one.
    """
    entries = entries_of(topics, lines, states)
    found = [entry for entry in entries if matching is None or entry.line.id in matching]
    left = catalogue.narrowed(found, wanted)
    numbers = catalogue.counts(found, wanted)
    return CataloguePage(
        wanted=wanted,
        sections=sections_of(topics, left),
        kinds=_choices(KINDS, numbers.kind, wanted.kind),
        levels=_choices(LEVELS, numbers.level, wanted.level),
        states=_choices(_STATES, numbers.status, wanted.status),
        ready=(Choice("1", "Can be judged", numbers.ready, bool(wanted.ready)),),
        section_names=tuple(dict.fromkeys(topic.section for topic in topics)),
        topic_groups=_topic_groups(topics),
        tags=catalogue.tags(entries),
        chips=_chips(wanted, {topic.slug: topic.title for topic in topics}),
        topics_in_all=len(topics),
        questions_in_all=len(entries),
    )


def entries_of(
    topics: Sequence[Topic],
    lines: Mapping[UUID, Sequence[QuestionLine]],
    states: Mapping[UUID, Status],
) -> list[Entry]:
    """Return every question with its topic and how far the person is; `lines` are by topic."""
    return [
        Entry(line, topic.slug, topic.section, states.get(line.id, "new"))
        for topic in topics
        for line in lines.get(topic.id, ())
    ]


def sections_of(topics: Sequence[Topic], entries: Sequence[Entry]) -> tuple[SectionPart, ...]:
    """Return the sections with those topics that have entries, in the order of `topics`."""
    by_topic: dict[str, list[Row]] = {}
    for entry in entries:
        by_topic.setdefault(entry.topic, []).append(Row(entry.line, entry.status))
    by_section: dict[str, list[TopicPart]] = {}
    for topic in topics:
        if rows := by_topic.get(topic.slug):
            part = TopicPart(topic.number, topic.slug, topic.title, tuple(rows))
            by_section.setdefault(topic.section, []).append(part)
    return tuple(SectionPart(name, tuple(parts)) for name, parts in by_section.items())


def _choices(
    labels: Mapping[str, str], numbers: Mapping[str, int], chosen: tuple[str, ...]
) -> tuple[Choice, ...]:
    return tuple(
        Choice(value, _upper(label), numbers.get(value, 0), value in chosen)
        for value, label in labels.items()
    )


def _topic_groups(
    topics: Sequence[Topic],
) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for topic in topics:
        groups.setdefault(topic.section, []).append((topic.slug, f"{topic.number} {topic.title}"))
    return tuple((section, tuple(group)) for section, group in groups.items())


def _chips(wanted: Wanted, titles: Mapping[str, str]) -> tuple[Chip, ...]:
    single = [
        (f"“{wanted.q}”" if wanted.q else "", replace(wanted, q="")),
        (wanted.section, replace(wanted, section="")),
        (titles.get(wanted.topic, wanted.topic), replace(wanted, topic="")),
        (wanted.tag and f"tag {wanted.tag}", replace(wanted, tag="")),
        (wanted.ready and "Can be judged", replace(wanted, ready="")),
    ]
    several = [
        *(
            (KINDS, value, replace(wanted, kind=_without(wanted.kind, value)))
            for value in wanted.kind
        ),
        *(
            (LEVELS, value, replace(wanted, level=_without(wanted.level, value)))
            for value in wanted.level
        ),
        *(
            (_STATES, value, replace(wanted, status=_without(wanted.status, value)))
            for value in wanted.status
        ),
    ]
    return (
        *(Chip(label, without.href) for label, without in single if label),
        *(Chip(_upper(words.get(value, value)), left.href) for words, value, left in several),
    )


def _without(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    return tuple(other for other in values if other != value)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class TopicLink:
    """A way to another topic."""

    number: int
    title: str
    href: str


@dataclass(frozen=True)
class HereView:
    """How this site does it: a sentence, and the place in its source. `line` 0: it is not here."""

    says_html: Markup
    file: str
    name: str
    line: int
    code_html: Markup
    left_out: int


@dataclass(frozen=True)
class TopicPage:
    """A topic: why it is asked, its questions, and what stands near it."""

    number: int
    title: str
    section: str
    section_href: str
    blurb_html: Markup
    why_html: Markup
    here: tuple[HereView, ...]
    rows: tuple[Row, ...]
    first: tuple[TopicLink, ...]
    """Topics to know before this one."""
    then: tuple[TopicLink, ...]
    """Topics that build on this one."""
    beside: tuple[TopicLink, ...]
    """The other topics of its section."""
    before: TopicLink | None
    after: TopicLink | None

    @property
    def done(self) -> int:
        """How many of its questions are solved or answered."""
        return sum(row.status in DONE for row in self.rows)


def topic_page(
    topic: Topic,
    topics: Sequence[Topic],
    lines: Sequence[QuestionLine],
    states: Mapping[UUID, Status],
) -> TopicPage:
    """Return a topic's page; `topics` are all of them, by number."""
    place = [other.slug for other in topics].index(topic.slug)
    first = [other for other in topics if other.slug in topic.prerequisites]
    then = [other for other in topics if topic.slug in other.prerequisites]
    named = {topic.slug, *(other.slug for other in (*first, *then))}
    return TopicPage(
        number=topic.number,
        title=topic.title,
        section=topic.section,
        section_href=Wanted(section=topic.section).href,
        blurb_html=Markup(topic.blurb_html),  # noqa: S704 sanitized when the bank was loaded
        why_html=Markup(topic.why_html),  # noqa: S704 sanitized when the bank was loaded
        here=tuple(map(_here, topic.here)),
        rows=tuple(Row(line, states.get(line.id, "new")) for line in lines),
        first=_links(first),
        then=_links(then),
        beside=_links(
            other for other in topics if other.section == topic.section and other.slug not in named
        ),
        before=_link(topics[place - 1]) if place else None,
        after=_link(topics[place + 1]) if place + 1 < len(topics) else None,
    )


def _here(place: Mapping[str, str]) -> HereView:
    found = excerpt(place["file"], place["name"]) or Excerpt(0, "", 0)
    return HereView(
        says_html=Markup(place["says_html"]),  # noqa: S704 sanitized when the bank was loaded
        file=place["file"],
        name=place["name"],
        line=found.line,
        code_html=Markup(found.html),  # noqa: S704 highlighted and sanitized by bank/here.py
        left_out=found.left_out,
    )


def _links(topics: Iterable[Topic]) -> tuple[TopicLink, ...]:
    return tuple(map(_link, topics))


def _link(topic: Topic) -> TopicLink:
    return TopicLink(topic.number, topic.title, f"/topics/{topic.slug}")
