"""What the code question's templates show: frozen values, filled by routes, read by templates.

Nothing here knows the database or the web. Texts that come from an answer are passed as they are;
the templates make them visible and escape them.
"""

import json
from dataclasses import dataclass, field
from typing import Literal

from markupsafe import Markup

from greenroom.bank.views import plain_title, title_html
from greenroom.web.text import strip_sentence

CheckState = Literal[
    "waiting",
    "running",
    "passed",
    "failed",
    "error",
    "time_limit",
    "memory_limit",
    "output_limit",
    "not_run",
]
Tone = Literal["passed", "failed", "waiting", "neutral"]
Tab = Literal["question", "tests", "hints", "submissions", "solution"]

CHECK_WORDS: dict[CheckState, str] = {
    "waiting": "Waiting",
    "running": "Running",
    "passed": "Passed",
    "failed": "Failed",
    "error": "Raised an error",
    "time_limit": "Out of time",
    "memory_limit": "Out of memory",
    "output_limit": "Too much output",
    "not_run": "Did not run",
}
_TICKS: dict[CheckState, str] = {
    "waiting": "waiting",
    "not_run": "waiting",
    "running": "running",
    "passed": "passed",
}


@dataclass(frozen=True)
class TraceLine:
    """One line of the answer in a traceback, innermost last."""

    file: str
    line: int
    function: str
    source: str = ""


@dataclass(frozen=True)
class Place:
    """A line of one of the answer's files."""

    file: str
    line: int

    def words(self, main: str) -> str:
        """Return it as said to somebody who looks at the file `main`."""
        return f"line {self.line}" if self.file == main else f"line {self.line} of {self.file}"


@dataclass(frozen=True)
class CompareRow:
    """One line of the table that sets expected against seen."""

    name: str
    expected: str
    seen: str

    @property
    def differs(self) -> bool:
        """Whether the two sides are unlike."""
        return self.expected != self.seen


@dataclass(frozen=True)
class CheckView:
    """A check, planned, under way or over. `id` is the check's own and unique in its panel. `seed`
    repeats the random inputs of one that did not pass.
    """

    id: str
    number: int
    name: str
    hidden: bool = False
    state: CheckState = "waiting"
    ms: float | None = None
    cpu_ms: float | None = None
    peak_memory_kib: int | None = None
    seed: int | None = None
    message: str = ""
    hint: str = ""
    expected: str | None = None
    actual: str | None = None
    diff: str = ""
    output: str = ""
    error: str = ""
    traceback: tuple[TraceLine, ...] = ()
    outer_frames: int = 0

    @property
    def tick(self) -> str:
        """Its mark in the tick strip: passed, failed, running or waiting."""
        return _TICKS.get(self.state, "failed")

    @property
    def ended(self) -> bool:
        """Whether there is a result to open."""
        return self.state not in {"waiting", "running", "not_run"}

    @property
    def word(self) -> str:
        """The state in a word or two."""
        return CHECK_WORDS[self.state]

    @property
    def compare(self) -> tuple[CompareRow, ...]:
        """Expected against seen; two JSON objects are set against each other name by name."""
        if self.expected is None or self.actual is None:
            return ()
        expected, seen = _json_object(self.expected), _json_object(self.actual)
        if not expected or not seen:
            return (CompareRow("", self.expected, self.actual),)
        names = [*expected, *(name for name in seen if name not in expected)]
        return tuple(CompareRow(n, expected.get(n, ""), seen.get(n, "")) for n in names)


def _json_object(text: str) -> dict[str, str]:
    """Return a JSON object's members as text; anything else gives an empty one."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(value, dict):
        return {}
    return {name: json.dumps(member, ensure_ascii=False) for name, member in value.items()}


@dataclass(frozen=True)
class ProgressView:
    """The line above the checks while a judgement is under way."""

    title: str
    sentence: str = ""
    icon: str = "loader-circle"
    tone: Tone = "neutral"


@dataclass(frozen=True)
class VerdictView:
    """The banner in the progress line's place. `href` leads to where the person should look, which
    is in `file` where that is a line.
    """

    kind: str
    title: str
    sentence: str
    tone: Tone
    icon: str
    wall_ms: float | None = None
    peak_memory_kib: int | None = None
    href: str = ""
    file: str = ""
    action: str = ""


@dataclass(frozen=True)
class FaultView:
    """Why no check could run, or the run ended early: what the answer raised or printed."""

    message: str = ""
    traceback: tuple[TraceLine, ...] = ()
    outer_frames: int = 0
    output: str = ""


@dataclass(frozen=True)
class ResultsPanel:
    """A submission's results as far as they are known. Exactly one of progress and verdict is set.

    `after` is the id of the last stream entry that this panel already shows; the page's stream
    begins behind it. `main` is the file that the editor opens with. `open_checks`: the question is
    judged by tests that are shown.
    """

    submission_id: str
    label: str
    mode: Literal["run", "submit"]
    checks: tuple[CheckView, ...] = ()
    progress: ProgressView | None = None
    verdict: VerdictView | None = None
    fault: FaultView | None = None
    after: str = "0"
    note: str = ""
    main: str = "answer.py"
    open_checks: bool = False

    @property
    def live(self) -> bool:
        """Whether more will come."""
        return self.verdict is None

    @property
    def ticks(self) -> tuple[str, ...]:
        """The tick strip's marks, one a check."""
        return tuple(check.tick for check in self.checks)

    @property
    def open_id(self) -> str:
        """The check that opens by itself: the first that failed."""
        return next((check.id for check in self.checks if check.tick == "failed"), "")

    @property
    def spoken(self) -> str:
        """What a screen reader is told: the phase or the verdict, never each check."""
        if self.verdict:
            return f"{self.verdict.title}. {self.verdict.sentence}"
        return self.progress.title if self.progress else strip_sentence(self.ticks)


@dataclass(frozen=True)
class StreamMessage:
    r"""One message of a panel's stream: the panel as it is now, and what of it changed.

    `changed` names checks whose rows are swapped; `whole` swaps the list (a plan, a new try, or
    the end). The head is always swapped. `announce` says whether assistive technology is told.

    On the wire (GET /submissions/{id}/stream?after=ENTRY, text/event-stream) a message is

        id: <id of the stream entry that it shows>
        data: <a line of templates/practice/_message.html, rendered with `page` = this>
        data: <the next line, and so on; nothing but hx-partial elements>

    without an `event:` line, so that htmx swaps it. It says how things are, not how they changed:
    shown twice it changes nothing. The stream begins behind `Last-Event-ID` where the browser
    sends one, else behind `after`; it may open with a message that holds the whole panel. Behind
    the message with the verdict stands `event: done` with an empty `data:` line, then the response
    ends and the page asks no more. A response that ends without `done` is asked for again after
    half a second, with `Last-Event-ID`. Comment lines keep an idle stream open.
    """

    panel: ResultsPanel
    changed: tuple[str, ...] = ()
    whole: bool = False
    announce: bool = False

    @property
    def rows(self) -> tuple[CheckView, ...]:
        """The checks to swap one by one."""
        return tuple(check for check in self.panel.checks if check.id in self.changed)


@dataclass(frozen=True)
class RefusedView:
    """Why a submission was not taken, in a sentence each for what happened and what to do.

    A neutral one says how things are before anything was tried.
    """

    title: str
    sentence: str
    tone: Tone = "failed"
    icon: str = "triangle-alert"


@dataclass(frozen=True)
class FileView:
    """A file of the answer as the editor opens it, and as the question handed it out."""

    name: str
    content: str
    starter: str


@dataclass(frozen=True)
class SuiteFileView:
    """A file of an open suite, to be read."""

    name: str
    content: str


@dataclass(frozen=True)
class DraftView:
    """Where and how the draft is kept. `version` 0: nothing saved yet. Times in ISO 8601, UTC.

    The page sends PUT `url` with `{"files": {name: text}, "version": N}`, N being the version that
    it last saw. Answers: 200 `{"version", "saved_at"}`; 409 when somebody else saved since, with
    their `{"version", "saved_at", "files"}`, so that the person can choose; 413 when too long.
    Without a `url` the draft stays in the browser.
    """

    url: str
    version: int = 0
    saved_at: str = ""


@dataclass(frozen=True)
class SubmissionRow:
    """One earlier submission in the list. `when` is a text, `when_iso` the same for machines."""

    href: str
    label: str
    title: str
    tone: Tone
    ticks: tuple[str, ...]
    when: str
    when_iso: str
    current: bool = False


@dataclass(frozen=True)
class SolutionView:
    """The solution page, or why it is still closed (`html` is None)."""

    html: Markup | None = None
    gave_up: bool = False


@dataclass(frozen=True)
class LinkView:
    """A link with its words."""

    href: str
    text: str


@dataclass(frozen=True)
class CodePage:
    """The code question. `path` is the page's own address, without a query; `submission` names
    what was handed in where the page shows that.

    `refused` says why a form sent without htmx was not taken; the page then answers with the
    refusal's status, and `files` hold what was sent.
    """

    path: str
    slug: str
    key: str
    title: str
    difficulty: str
    minutes: int
    topic: LinkView
    statement: Markup
    profile: str
    files: tuple[FileView, ...]
    draft: DraftView
    tab: Tab = "question"
    hints: tuple[Markup, ...] = ()
    hints_total: int = 0
    submissions: tuple[SubmissionRow, ...] = ()
    solution: SolutionView = field(default_factory=SolutionView)
    results: ResultsPanel | None = None
    refused: RefusedView | None = None
    previous: LinkView | None = None
    following: LinkView | None = None
    explains: LinkView | None = None
    """The explain question of which this one asks for the code."""
    tests: tuple[SuiteFileView, ...] = ()
    solved: bool = False
    judgeable: bool = True
    submission: str = ""
    visible_checks: tuple[CheckView, ...] = ()
    hidden_checks: int = 0

    @property
    def open_checks(self) -> bool:
        """Whether the answer is judged by an open suite."""
        return bool(self.tests)

    @property
    def title_html(self) -> Markup:
        """The title with its code set as code."""
        return title_html(self.title)

    @property
    def name(self) -> str:
        """Key and title as text, for the window's title."""
        return f"{self.key} {plain_title(self.title)}".strip()
