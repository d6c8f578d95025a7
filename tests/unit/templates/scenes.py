"""Every state that the code question can be in, as the values its templates are given."""

from dataclasses import replace

from markupsafe import Markup

from greenroom.bank.markdown import render
from greenroom.practice.views import (
    CheckView,
    CodePage,
    DraftView,
    FaultView,
    FileView,
    LinkView,
    ProgressView,
    RefusedView,
    ResultsPanel,
    SolutionView,
    SubmissionRow,
    SuiteFileView,
    TraceLine,
    VerdictView,
)

# What an answer may print to spoil a page: markup, an end of our own elements, terminal codes, NUL,
# a bidirectional override, a lone surrogate, a line without end.
HOSTILE = (
    "<script>alert(1)</script></textarea></template></pre></section><img src=x onerror=alert(2)>"
    "\"'`{{ 7 * 7 }}{% raise %} \x1b[31mred\x1b[0m \x00 \u202etxt.exe\u202c \ud800 \u200b "
    + "A"
    * 10_000
)

STARTER = "from fastapi import FastAPI\n\napp = FastAPI()\n"
ANSWER = '''"""Orders with one shape for everything that does not validate."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

app = FastAPI()


class Line(BaseModel):
    sku: str
    quantity: int = Field(ge=1)


class Order(BaseModel):
    customer: str
    lines: list[Line]


@app.exception_handler(RequestValidationError)
async def on_invalid(request: Request, error: RequestValidationError) -> JSONResponse:
    errors = []
    for each in error.errors():
        place, *path = each["loc"]
        field = ".".join(path)  # a list position is a number
        errors.append({"in": place, "field": field, "message": each["msg"]})
    return JSONResponse({"title": "Validation failed", "errors": errors}, status_code=422)


@app.post("/orders", status_code=201)
def create(order: Order) -> Order:
    return order
'''

NAMES = (
    ("valid_order", "A valid order is created", False),
    ("one_field", "A missing field is named by its path", False),
    ("list_position", "A list position is a number in the path", False),
    ("query", "A bad query parameter is told as in the query", False),
    ("broken_json", "A body that is not JSON has an empty field", True),
    ("media_type", "The answer is application/problem+json", True),
    ("no_echo", "Nothing that was sent comes back", True),
    ("not_found", "A 404 keeps FastAPI's own shape", True),
)
PLAN = tuple(CheckView(i, n, name, hidden) for n, (i, name, hidden) in enumerate(NAMES, start=1))
PASSED = tuple(replace(check, state="passed", ms=3.1 + check.number) for check in PLAN)
TRACE = (
    TraceLine(
        "answer.py", 24, "on_invalid", 'field = ".".join(path)  # a list position is a number'
    ),
)

COMPARED = replace(
    PLAN[1],
    state="failed",
    ms=11.4,
    cpu_ms=9.2,
    peak_memory_kib=62_700,
    seed=8_123_456_789_012_345,
    message="The entry for a missing field should name its path.",
    expected='{"in": "body", "field": "customer", "message": "Field required"}',
    actual='{"in": "body", "field": "body.customer", "message": "Field required"}',
    output="validating\n1 error\n",
)
RAISED = replace(
    PLAN[2],
    state="error",
    ms=48.2,
    message="A wrong quantity should be answered with 422; your app answered 500.",
    error="TypeError: sequence item 1: expected str instance, int found",
    traceback=(TraceLine("answer.py", 21, "on_invalid", "for each in error.errors():"), *TRACE),
    outer_frames=14,
    output="[{'type': 'greater_than_equal', 'loc': ('body', 'lines', 0, 'quantity')}]\n",
)
DIFFERED = replace(
    PLAN[3],
    state="failed",
    ms=7.0,
    message="The errors should say where each value was sent.",
    diff="--- expected\n+++ seen\n@@ -1,3 +1,3 @@\n {\n-  'in': 'query',\n+  'in': 'body',\n }\n",
)
HINTED = replace(
    PLAN[6],
    state="failed",
    ms=5.5,
    message="A value that was sent is part of the answer.",
    hint="Look at what errors() carries beside the message.",
)


def panel(
    *checks: CheckView,
    verdict: VerdictView | None = None,
    progress: ProgressView | None = None,
    fault: FaultView | None = None,
    mode: str = "submit",
    note: str = "",
) -> ResultsPanel:
    return ResultsPanel(
        submission_id="0192f0c4-0000-7000-8000-000000000001",
        label="Submission 3" if mode == "submit" else "Run",
        mode="submit" if mode == "submit" else "run",
        checks=checks,
        verdict=verdict,
        progress=progress,
        fault=fault,
        after="1732423000000-4",
        note=note,
    )


def over(kind: str, title: str, sentence: str, *checks: CheckView, **more: object) -> ResultsPanel:
    tone, icon = {
        "accepted": ("passed", "check"),
        "internal_error": ("waiting", "wrench"),
        "cancelled": ("neutral", "minus"),
        "time_limit": ("failed", "clock"),
        "memory_limit": ("failed", "cpu"),
        "output_limit": ("failed", "scroll-text"),
    }.get(kind, ("failed", "x"))
    verdict = VerdictView(
        kind=kind,
        title=title,
        sentence=sentence,
        tone=tone,  # type: ignore[arg-type]  # from the table above
        icon=icon,
        wall_ms=1240.0,
        peak_memory_kib=61_440,
        href=str(more.pop("href", "")),
        action=str(more.pop("action", "")),
    )
    return panel(*checks, verdict=verdict, **more)  # type: ignore[arg-type]  # named parameters of panel


def stopped(state: str) -> tuple[CheckView, ...]:
    ended = replace(PLAN[2], state=state, ms=2000.0, message="It did not finish in 2 s.")  # type: ignore[arg-type]  # a CheckState
    return (*PASSED[:2], ended, *(replace(check, state="not_run") for check in PLAN[3:]))


WORKING = {
    "queued": panel(
        progress=ProgressView(
            "In the queue", "2 submissions are ahead of yours.", "clock", "waiting"
        )
    ),
    "starting": panel(
        progress=ProgressView(
            "Starting a sandbox", "A fresh one, used once and then destroyed.", tone="waiting"
        )
    ),
    "loading": panel(
        *PLAN, progress=ProgressView("Loading your answer", "Python is importing it.")
    ),
    "checking": panel(
        *PASSED[:2],
        RAISED,
        replace(PLAN[3], state="running"),
        *PLAN[4:],
        progress=ProgressView("Check 4 of 8", PLAN[3].name),
    ),
    "retrying": panel(
        *PLAN,
        progress=ProgressView(
            "Our fault, not yours", "The sandbox stopped answering.", "wrench", "waiting"
        ),
    ),
}
OVER = {
    "accepted": over(
        "accepted",
        "Accepted",
        "All 8 checks passed.",
        *PASSED,
        href="?tab=solution",
        action="See the solution",
    ),
    "run_passed": over(
        "accepted",
        "The visible checks passed",
        "Submit runs the hidden ones too.",
        *PASSED[:4],
        mode="run",
    ),
    "wrong_answer": over(
        "wrong_answer",
        "Wrong answer",
        "5 of 8 checks passed. Check 2: The entry for a missing field should name its path.",
        PASSED[0],
        COMPARED,
        PASSED[2],
        DIFFERED,
        *PASSED[4:6],
        HINTED,
        PASSED[7],
        href="#check-one_field",
        action="Open check 2",
    ),
    "runtime_error": over(
        "runtime_error",
        "It raised an error",
        "TypeError on line 24, in 1 of 8 checks.",
        *PASSED[:2],
        RAISED,
        *PASSED[3:],
        href="#L24",
        action="Go to line 24",
    ),
    "syntax_error": over(
        "syntax_error",
        "Python could not read it",
        "Line 7: expected ':' No check has run.",
        *(replace(check, state="not_run") for check in PLAN),
        fault=FaultView(
            "SyntaxError: expected ':'", (TraceLine("answer.py", 7, "", "def create(order)"),)
        ),
        href="#L7",
        action="Go to line 7",
    ),
    "load_error": over(
        "runtime_error",
        "It raised an error",
        "It stopped while loading on line 3: ModuleNotFoundError. No check has run.",
        fault=FaultView(
            "ModuleNotFoundError: No module named 'flask'",
            (TraceLine("answer.py", 3, "<module>", "import flask"),),
            6,
            "starting\n",
        ),
        href="#L3",
        action="Go to line 3",
    ),
    "time_limit": over(
        "time_limit",
        "Out of time",
        "Check 3 did not finish in time. 2 of 8 checks passed.",
        *stopped("time_limit"),
    ),
    "memory_limit": over(
        "memory_limit",
        "Out of memory",
        "Check 3 used more memory than it may.",
        *stopped("memory_limit"),
    ),
    "output_limit": over(
        "output_limit",
        "Too much output",
        "Check 3 printed more than it may.",
        *stopped("output_limit"),
    ),
    "internal_error": over(
        "internal_error",
        "Our fault, not yours",
        "The sandbox failed three times. Submit again.",
        note="Nothing was recorded.",
    ),
    "cancelled": over(
        "cancelled",
        "Cancelled",
        "You stopped it after 2 checks.",
        *PASSED[:2],
        *(replace(check, state="not_run") for check in PLAN[2:]),
    ),
    "hidden_only": over(
        "wrong_answer",
        "Wrong answer",
        "7 of 8 checks passed. Check 7: A value comes back.",
        *PASSED[:6],
        HINTED,
        PASSED[7],
        href="#check-no_echo",
        action="Open check 7",
    ),
}
HOSTILE_PANEL = over(
    "wrong_answer",
    "Wrong answer",
    HOSTILE,
    replace(
        PLAN[0],
        name=HOSTILE,
        state="error",
        message=HOSTILE,
        hint=HOSTILE,
        expected=HOSTILE,
        actual=HOSTILE + "!",
        output=HOSTILE,
        error=HOSTILE,
        traceback=(TraceLine(HOSTILE, 3, HOSTILE, HOSTILE),),
    ),
    replace(PLAN[1], state="failed", diff="-" + HOSTILE + "\n+" + HOSTILE),
    replace(PLAN[2], state="failed", expected='{"<b>": "<i>"}', actual='{"<b>": "\\u0000\\u202e"}'),
    fault=FaultView(HOSTILE, (TraceLine(HOSTILE, 1, HOSTILE, HOSTILE),), 1, HOSTILE),
    note="A note.",
)
PANELS = {**WORKING, **OVER, "hostile": HOSTILE_PANEL}
REFUSED = RefusedView(
    "Not taken: the answer is empty", "Write something into answer.py, then submit again."
)

STATEMENT = render("""
The mobile team shows every mistake beside the field it belongs to, and FastAPI's own answer for
invalid requests does not fit. Write the handler that gives all validation errors of the app one
shape.

## The contract

- `app` is a `FastAPI`. Keep the routes and models of the starter as they are.
- A request that does not validate is answered with status 422 and the media type
  `application/problem+json`. The body has exactly `type`, `title`, `status` and `errors`.
- Nothing that was sent comes back.

## Example

```
POST /orders   {"customer": "ada", "lines": [{"sku": "A-1", "quantity": 0}]}

422  application/problem+json
{"title": "Validation failed", "errors": [...]}
```

## Not asked

Translations, your own wording of the messages, logging.
""")
PAGE = CodePage(
    path="/questions/validation-error-handler",
    slug="validation-error-handler",
    key="2.1",
    title="Give validation errors one shape with `exception_handler`",
    difficulty="Mid",
    minutes=25,
    topic=LinkView("/topics/custom-exception-handlers", "Custom exception handlers"),
    statement=STATEMENT,
    profile="Python 3.13, fastapi",
    files=(FileView("answer.py", ANSWER, STARTER),),
    draft=DraftView(
        "/attempts/0192f0c4-0000-7000-8000-000000000002/draft", 3, "2026-11-24T09:41:07+00:00"
    ),
    hints_total=3,
    hints=(Markup("<p>Starlette finds a handler by the exception's class.</p>"),),
    submissions=(
        SubmissionRow(
            "/submissions/1",
            "Submission 2",
            "Wrong answer",
            "failed",
            tuple(c.tick for c in OVER["wrong_answer"].checks),
            "yesterday",
            "2026-11-23T08:00:00+00:00",
            True,
        ),
        SubmissionRow(
            "/submissions/0",
            "Submission 1",
            "Python could not read it",
            "failed",
            ("waiting",) * 8,
            "2 days ago",
            "2026-11-22T08:00:00+00:00",
        ),
    ),
    previous=LinkView("/questions/override-a-dependency", "1.3 Override a dependency"),
    following=LinkView("/questions/uncaught-exceptions", "2.2 Uncaught exceptions"),
)
OPEN = replace(PAGE, tests=(SuiteFileView("test_answer.py", f"assert 1 < 2  # {HOSTILE}"),))
PAGES = {
    "fresh": replace(
        PAGE,
        draft=DraftView("/attempts/2/draft"),
        files=(FileView("answer.py", STARTER, STARTER),),
        submissions=(),
        hints=(),
    ),
    "with_results": replace(PAGE, results=OVER["wrong_answer"]),
    "live": replace(PAGE, results=WORKING["checking"]),
    "hints": replace(PAGE, tab="hints"),
    "no_hints_yet": replace(PAGE, tab="hints", hints=()),
    "submissions": replace(PAGE, tab="submissions"),
    "no_submissions": replace(PAGE, tab="submissions", submissions=()),
    "locked_solution": replace(PAGE, tab="solution"),
    "solution": replace(
        PAGE, tab="solution", solved=True, solution=SolutionView(Markup("<p>One good answer.</p>"))
    ),
    "gave_up": replace(
        PAGE, tab="solution", solution=SolutionView(Markup("<p>One good answer.</p>"), gave_up=True)
    ),
    "refused": replace(PAGE, refused=REFUSED),
    "two_files": replace(PAGE, files=(*PAGE.files, FileView("conftest.py", "", ""))),
    "open_checks": OPEN,
    "tests": replace(OPEN, tab="tests"),
    "hostile": replace(
        PAGE,
        files=(FileView("answer.py", HOSTILE.replace("\ud800", ""), HOSTILE),),
        results=HOSTILE_PANEL,
    ),
}
