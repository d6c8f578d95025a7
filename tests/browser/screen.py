"""The code question's screen as a person uses it, for tests."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

ROOT = Path(__file__).resolve().parents[2]
BANK = ROOT / "question_bank"
JUDGED = 60_000  # milliseconds: a machine under load may take its time
# Counts the checks that have ended whenever the panel changes.
RECORD = """() => {
  const seen = (window.seen = []);
  const count = () => {
    const rows = document.querySelectorAll("#results-checks > li");
    const ended = document.querySelectorAll("#results-checks > li > a.check");
    const now = `${ended.length}/${rows.length}`;
    if (seen.at(-1) !== now) seen.push(now);
  };
  const whole = { childList: true, subtree: true };
  new MutationObserver(count).observe(document.getElementById("right"), whole);
}"""


def answer(folder: str, name: str = "reference/answer.py") -> str:
    """Return an answer that lies beside its question."""
    return (BANK / folder / name).read_text(encoding="utf-8")


class CodeScreen:
    """What can be seen and done on a code question."""

    def __init__(self, page: Page) -> None:
        """Use this page."""
        self.page = page
        self.editor = page.locator(".cm-content").first
        self.source = page.locator("textarea[data-source]").first
        self.status = page.locator("#draft-status")
        self.results = page.locator("#results")
        self.banner = page.locator("#results-head .verdict")
        self.rows = page.locator("#results-checks > li")
        self.live = page.locator("#live")
        self.submit = page.locator("#submit")
        self.run = page.locator("#run")

    def open(self, slug: str) -> "CodeScreen":
        """Go to a question and wait for its editor."""
        self.page.goto(f"/questions/{slug}")
        expect(self.editor).to_be_visible()
        return self

    def write(self, text: str) -> None:
        """Replace what is in the editor, as a paste does."""
        self.editor.focus()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def has_saved(self) -> None:
        """Wait until the draft is at the server."""
        expect(self.status).to_contain_text("Saved ")

    def text(self) -> str:
        """Return what would be handed in."""
        return self.source.input_value()

    def send(self, button: Locator) -> None:
        """Press Run or Submit, and wait until what stands there is not an earlier test's."""
        before = self.results.get_attribute("data-submission")
        button.click()
        other = re.compile(f"^(?!{before}$).+")
        expect(self.results).to_have_attribute("data-submission", other, timeout=JUDGED)

    def is_judged(self, title: str) -> None:
        """Wait for this verdict. An earlier one may still stand there."""
        expect(self.banner.locator("b")).to_have_text(title, timeout=JUDGED)

    def states(self) -> dict[str, str]:
        """Return the state of each check in a word, by the check's id."""
        rows = self.rows.evaluate_all(
            "rows => rows.map(row => [row.dataset.check, row.querySelector('.unseen').textContent])"
        )
        assert len(rows) == len({name for name, _ in rows}), f"a check stands there twice: {rows}"
        return {name: word.rstrip(".") for name, word in rows}

    def row(self, check_id: str) -> Locator:
        """Return the row of a check."""
        return self.page.locator(f"#row-{check_id}")
