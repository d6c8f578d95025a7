"""An explain question: write, compare with the rubric, decide, rate."""

from playwright.sync_api import Page, expect

SAID = (
    "A refresh token is a password that the server made. Only a SHA-256 hash of it is stored. "
    "The browser keeps it in an HttpOnly, Secure cookie. It is rotated at every use. "
    "It must be hashed with bcrypt."
)


def test_answered_compared_decided_and_rated(page: Page) -> None:
    page.goto("/questions/store-refresh-tokens")
    expect(page.locator("#model-answer")).to_have_count(0)
    page.locator("#text").fill(SAID)
    page.locator(".bar-end button[type=submit]").click()
    page.wait_for_url("**/explanations/*")
    expect(page.locator(".prose.marked")).to_contain_text("password that the server made")
    points = page.locator("ol.points > li")
    assert points.count() >= 4
    expect(points.filter(has_text="looks said").first).to_be_visible()
    expect(page.locator(".slip").first).to_be_visible()
    page.locator("#said-1").click()
    expect(page.locator("#said-1")).to_have_attribute("aria-pressed", "true")
    page.locator("#missed-2").click()
    expect(page.locator("#missed-2")).to_have_attribute("aria-pressed", "true")
    page.locator("#model-answer summary").click()
    expect(page.locator("#model-answer .prose")).to_be_visible()
    page.locator("#rate-good").click()
    expect(page.locator("#rate-good")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.locator("#said-1")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#rate-good")).to_have_attribute("aria-pressed", "true")


def test_an_empty_answer_is_refused_with_a_sentence(page: Page) -> None:
    page.goto("/questions/store-refresh-tokens")
    page.locator("#text").fill("   ")
    page.locator(".bar-end button[type=submit]").click()
    expect(page.get_by_role("alert").filter(has_text="empty").first).to_be_visible()


def test_a_draft_in_words_survives(page: Page) -> None:
    page.goto("/questions/pool-timeout")
    page.locator("#text").fill("Half an answer about waiting for a connection.")
    expect(page.locator("#draft-status")).to_contain_text("Saved ")
    page.reload()
    expect(page.locator("#text")).to_have_value("Half an answer about waiting for a connection.")
