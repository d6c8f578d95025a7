"""Links in prose say where they lead, and pages of this site are there."""

from pathlib import Path

import pytest

from greenroom.bank.loader import inspect_bank
from tests.support.bank_folder import RUBRIC, TOPIC, write_bank

QUESTION = "adding/1-1-add-numbers"
WHY = "adding/1-2-why-add"
BAD = "[here](https://example.org/x)"
NAMELESS = "The link to https://example.org/x is called “here”. Call it by what is behind it."
ADDING = TOPIC.format(number=1, title="Adding")
PLACES = {
    "a statement": (f"{QUESTION}/statement.md", f"Read {BAD}."),
    "a hint": (f"{QUESTION}/hints.md", f"First.\n\n---\n\nSee {BAD}."),
    "a solution": (f"{QUESTION}/solution.md", f"- more {BAD}"),
    "a rubric's claim": (f"{WHY}/rubric.toml", RUBRIC.replace('claim = "', f'claim = "{BAD} ', 1)),
    "a topic": ("adding/topic.toml", f'{ADDING}\nwhy = "{BAD}"\n'),
    "how this site does it": (
        "adding/topic.toml",
        f'{ADDING}\n[[here]]\nsays = "{BAD}"\nfile = "x.py"\nname = "x"\n',
    ),
}


def faults_of(folder: Path, path: str, text: str) -> list[str]:
    _, faults = inspect_bank(write_bank(folder, {path: text}))
    return [fault.message for fault in faults]


@pytest.mark.parametrize("place", PLACES)
def test_links_are_found_wherever_prose_stands(tmp_path: Path, place: str) -> None:
    assert faults_of(tmp_path, *PLACES[place]) == [NAMELESS]


@pytest.mark.parametrize(
    ("link", "fault"),
    [
        ("[RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)", None),
        ("[**Adding**](/topics/adding)", None),
        ("[why](/questions/why-add) and [the same](/questions/add-numbers)", None),
        ("[why](/topics/gone)", "There is no topic or question at /topics/gone."),
        ("[the grader](grader.py)", "The link to grader.py leads nowhere."),
        ("[the top](#top)", "The link to #top leads nowhere."),
        ("<https://example.org/a>", "is called “https://example.org/a”"),
        ("[](https://example.org/a)", "is called “”"),
        ("[click *here*](https://example.org/a)", "is called “click here”"),
    ],
)
def test_a_link_says_where_it_leads(tmp_path: Path, link: str, fault: str | None) -> None:
    found = faults_of(tmp_path, f"{QUESTION}/statement.md", f"Add them. {link}")
    assert len(found) == (fault is not None)
    assert fault is None or fault in found[0]
