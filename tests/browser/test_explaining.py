"""Explaining with the keyboard, without scripts, and with more words than can be kept."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

AXE = Path("static/node_modules/axe-core/axe.min.js")
TEXT = "Through dependency_overrides, cleared afterwards.\n\nA test of mine: <script>x</script>"
pytestmark = pytest.mark.timeout(180)


def test_an_answer_survives_a_reload_and_is_compared_decided_and_rated(
    page: Page, shoot: Callable[[Page, str], None]
) -> None:
    page.goto("/questions/override-a-dependency-in-a-test")
    sheet = page.get_by_label("Your answer", exact=True).locator("textarea")
    sheet.fill(TEXT)
    expect(page.locator("[data-words]")).to_have_text("11 words")
    expect(page.locator("#draft-status")).to_contain_text("aved")
    expect(page.locator("#draft-status")).not_to_contain_text("Saving")
    page.reload()
    expect(sheet).to_have_value(TEXT)
    assert no_barriers(page) == []
    shoot(page, "explain-sheet")

    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview .prose")).to_contain_text("<script>x</script>")
    sheet.press("Control+Enter")
    page.wait_for_url("**/explanations/*")
    expect(page.locator("mark", has_text="dependency_overrides").first).to_be_visible()
    assert no_barriers(page) == []

    page.get_by_role("button", name="Said key point 1").press("Enter")
    expect(page.locator("#said-1")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#said-1")).to_be_focused()
    expect(page.locator("#rubric-summary")).to_contain_text("You said 1 so far.")
    page.get_by_role("button", name="Take over what it looks like").click()
    expect(page.locator("#rubric-summary")).to_have_text(
        re.compile(r"You said \d of \d key points\.")
    )
    expect(page.locator("#rubric-title")).to_be_focused()
    page.get_by_role("button", name="Hard").click()
    expect(page.locator("#rate-hard")).to_have_attribute("aria-pressed", "true")
    shoot(page, "explain-rubric")

    page.reload()
    expect(page.locator("#rate-hard")).to_have_attribute("aria-pressed", "true")
    page.goto("/questions/override-a-dependency-in-a-test")
    expect(sheet).to_have_value("")
    expect(page.locator("#draft-conflict")).to_be_hidden()
    page.goto("/")
    expect(page.get_by_text("You rated your last answer “hard”")).to_be_visible()


def test_an_answer_that_is_too_long_stays_where_it_was_typed(page: Page) -> None:
    page.goto("/questions/uncaught-exceptions")
    sheet = page.locator("#text")
    sheet.fill("x" * 50_001)
    sheet.press("Control+Enter")
    expect(page.locator("#send-failed")).to_contain_text("50,001 characters")
    assert page.url.endswith("/questions/uncaught-exceptions")
    assert len(sheet.input_value()) == 50_001


@pytest.fixture
def plain_page(browser: Browser, base_url: str) -> Iterator[Page]:
    """A page of a browser that runs no scripts."""
    context = browser.new_context(java_script_enabled=False, base_url=base_url)
    yield context.new_page()
    context.close()


def test_all_of_it_works_without_scripts(plain_page: Page) -> None:
    plain_page.goto("/questions/on-event-and-lifespan")
    plain_page.locator("#text").fill("One async context manager with a *yield*.")
    plain_page.get_by_role("button", name="Preview").click()
    expect(plain_page.locator("#preview em")).to_have_text("yield")
    plain_page.get_by_role("banner").get_by_role("button", name="Compare").click()
    plain_page.locator("#said-1").click()
    expect(plain_page.locator("#rubric-summary")).to_contain_text("You said 1 so far.")
    plain_page.locator("#rate-good").click()
    expect(plain_page.locator("#rate-good")).to_have_attribute("aria-pressed", "true")
    plain_page.goto("/questions")
    plain_page.get_by_label("Can be judged").check()
    plain_page.locator("noscript button").click()
    assert plain_page.url.endswith("/questions?ready=1")


def no_barriers(page: Page) -> list[str]:
    """Return what axe finds, one line a rule."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate("axe.run().then((result) => result.violations)")
    return [f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in found]
