"""What the results panel does on the page around it: where it stands, and what changes with it."""

import re

from playwright.sync_api import Page, expect

from tests.browser.screen import JUDGED, CodeScreen, answer

EMAIL = "custom-validators/19-1-email-validator"
SOFT = "soft-deletes-and-audit-trails/17-1-soft-delete-model"
UPLOAD = "file-uploads/7-1-upload-an-image"
DAMAGED = "mutants/runtime_error/unpacks_without_looking.py"
SHIFTS = """() => {
  window.shifts = [];
  const list = (entries) => entries.filter((entry) => !entry.hadRecentInput)
    .flatMap((entry) => entry.sources)
    .filter((source) => source.node?.parentElement?.closest("#results, #left"));
  const watch = new PerformanceObserver((seen) => {
    window.shifts.push(...list(seen.getEntries()).map((each) => each.node.outerHTML.slice(0, 99)));
  });
  watch.observe({ type: "layout-shift" });
}"""


def test_on_a_phone_an_answer_is_handed_in_and_its_results_come_into_view(
    screen: CodeScreen, page: Page
) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    screen.open("email-validator")
    expect(screen.run).to_be_in_viewport()
    screen.write(answer(EMAIL))
    screen.send(screen.submit)
    expect(page.locator("#results-head")).to_be_in_viewport(timeout=JUDGED)
    screen.is_judged("Accepted")


def test_the_last_check_opens_beside_itself_and_the_window_stays(
    screen: CodeScreen, page: Page
) -> None:
    screen.open("upload-an-image")
    screen.write(answer(UPLOAD, DAMAGED))
    screen.send(screen.submit)
    screen.is_judged("It raised an error")
    last = screen.rows.last
    last.locator("a.check").click()
    expect(last.locator(".detail")).to_be_in_viewport()
    expect(last.locator("a.check")).to_be_in_viewport()
    expect(page.locator(".bar")).to_be_in_viewport()
    size = "[document.documentElement.scrollHeight, innerHeight]"
    assert page.evaluate("scrollY") == 0
    assert len(set(page.evaluate(size))) == 1, "the window is taller than the screen"


def test_the_tabs_follow_the_judgement(screen: CodeScreen, page: Page) -> None:
    screen.open("upload-an-image")
    count = page.locator("#tab-submissions .count")
    before = int(count.inner_text())
    screen.write(answer(UPLOAD))
    screen.send(screen.submit)
    expect(count).to_have_text(str(before + 1), timeout=JUDGED)
    expect(page.locator("#tab-solution")).not_to_have_class(re.compile("locked"), timeout=JUDGED)


def test_nothing_moves_while_checks_arrive(screen: CodeScreen, page: Page) -> None:
    screen.open("soft-delete-model")
    screen.write(answer(SOFT))
    screen.has_saved()
    page.evaluate(SHIFTS)
    screen.send(screen.submit)
    screen.is_judged("Accepted")
    assert page.evaluate("window.shifts") == []


def test_what_python_cannot_read_is_marked_in_the_editor(screen: CodeScreen, page: Page) -> None:
    screen.open("email-validator")
    screen.write("class Signup:\nemail: str\n")
    screen.send(screen.submit)
    screen.is_judged("Python could not read it")
    expect(page.locator(".cm-line.cm-raised")).to_have_text("email: str")


def test_an_earlier_submission_says_so_and_leads_back(screen: CodeScreen, page: Page) -> None:
    screen.open("email-validator")
    screen.write("# the first\n")
    screen.send(screen.submit)
    expect(screen.banner).to_be_visible(timeout=JUDGED)
    screen.write("# the second\n")
    screen.has_saved()
    page.locator("#tab-submissions").click()
    page.locator("#left ol.rows a").first.click()
    expect(page.locator(".crumbs [aria-current=page]")).to_contain_text("Submission")
    expect(screen.editor).to_contain_text("the first")
    page.get_by_role("link", name="Back to your draft").click()
    expect(screen.editor).to_contain_text("the second")
