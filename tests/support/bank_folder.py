"""A small bank on disk: a question to code, one to explain, and one that is not finished."""

from pathlib import Path

from tests.factories.bank import ANSWER, GRADER

TOPIC = """
number = {number}
title = "{title}"
section = "Basics"
blurb = "What `{title}` is."
"""
CODE = """
format = 1
id = "q-1-1"
key = "1.1"
slug = "add-numbers"
kind = "code"
title = "Write a function that adds two numbers."
heading = "Adding"
difficulty = "junior"
minutes = 10
tags = ["numbers"]
profile = "pydantic"

[limits]
check_seconds = 2
"""
EXPLAIN = """
format = 1
id = "q-1-2"
key = "1.2"
slug = "why-add"
kind = "explain"
title = "Why does one add?"
difficulty = "mid"
minutes = 5
"""
UNFINISHED = """
format = 1
id = "q-2-1"
key = "2.1"
slug = "subtract-numbers"
kind = "code"
title = "Write a function that subtracts."
difficulty = "senior"
minutes = 20
profile = "pydantic"
"""
RUBRIC = """
model_answer = "To know the **sum**."
sources = ["A book"]

[[key_points]]
id = "sum"
claim = "The sum tells `how many`."
weight = 2
why = "Nobody wants to count again."
said = ["sum", "total"]

[[misconceptions]]
wrong = "Adding is slow."
signs = ["slow"]
correction = "It is one instruction."

[[follow_ups]]
prompt = "And to subtract?"
when = "missed:sum"
good = "The difference."
"""
ALTERNATIVE = "def add(*parts):\n    return sum(parts)\n"
MUTANT = "# catches: adds, adds_negative\ndef add(left, right):\n    return left * right\n"

FILES = {
    "adding/topic.toml": TOPIC.format(number=1, title="Adding"),
    "adding/1-1-add-numbers/question.toml": CODE,
    "adding/1-1-add-numbers/statement.md": "Write `add(left, right)`.\n\n- It returns the sum.\n",
    "adding/1-1-add-numbers/hints.md": "Think of apples.\n---\nUse `+`.\n",
    "adding/1-1-add-numbers/solution.md": "```python fragment\nreturn left + right\n```\n",
    "adding/1-1-add-numbers/grader.py": GRADER,
    "adding/1-1-add-numbers/starter/answer.py": "def add(left, right): ...\n",
    "adding/1-1-add-numbers/reference/answer.py": ANSWER,
    "adding/1-1-add-numbers/alternatives/by_sum/answer.py": ALTERNATIVE,
    "adding/1-1-add-numbers/mutants/wrong_answer/multiplies.py": MUTANT,
    "adding/1-2-why-add/question.toml": EXPLAIN,
    "adding/1-2-why-add/statement.md": "Say **why**.\n",
    "adding/1-2-why-add/rubric.toml": RUBRIC,
    "subtracting/topic.toml": TOPIC.format(number=2, title="Subtracting")
    + 'prerequisites = ["adding"]\n',
    "subtracting/2-1-subtract-numbers/question.toml": UNFINISHED,
    "subtracting/2-1-subtract-numbers/statement.md": "Write `subtract(left, right)`.\n",
}


def write_bank(folder: Path, changes: dict[str, str | bytes | None] | None = None) -> Path:
    """Write the bank below `folder`; `changes` replace, add or (None) leave out files."""
    for path, text in ({**FILES, **(changes or {})}).items():
        if text is None:
            continue
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder
