"""Every page: reachable, readable by everyone, whole in both themes and on a small screen."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

AXE = Path(__file__).resolve().parents[2] / "static/node_modules/axe-core/axe.min.js"
PAGES = {
    "home": "/",
    "catalogue": "/questions",
    "list": "/questions?show=list&kind=code",
    "topic": "/topics/file-uploads",
    "code": "/questions/upload-an-image",
    "hints": "/questions/upload-an-image?tab=hints",
    "explain": "/questions/store-refresh-tokens",
    "unwritten": "/questions/limit-upload-size-and-type",
    "about": "/about/judging",
    "proofs": "/bank/proofs",
    "api": "/docs",
    "missing": "/nowhere",
}
SIZES = {"wide": (1440, 900), "small": (360, 780)}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_page_is_readable_by_everyone(
    page: Page, shoot: Callable[[Page, str], None], name: str, theme: str, size: str
) -> None:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
    page.goto(PAGES[name])
    expect(page.locator("main")).to_be_visible()
    shoot(page, f"{name}-{size}-{theme}")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")
    serious = {
        fault["id"]: [node["html"][:200] for node in fault["nodes"]]
        for fault in found["violations"]
        if fault["impact"] in {"serious", "critical"}
    }
    assert not serious, json.dumps(serious, indent=2)
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0, "the page is wider than the screen"


def test_the_theme_is_kept(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.goto("/")
    paper = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(paper)
    page.locator("[data-switch-theme]").click()
    assert page.evaluate(paper) != before
    page.goto("/questions")
    assert page.evaluate(paper) != before


@pytest.mark.parametrize("name", ["home", "code", "explain"])
def test_a_slash_leads_to_the_search_and_escape_out_of_it(page: Page, name: str) -> None:
    page.goto(PAGES[name])
    expect(page.locator("main")).to_be_visible()
    page.locator(".mark").focus()
    page.keyboard.press("/")
    page.wait_for_url("**/questions#search")
    field = page.locator("#search")
    expect(field).to_be_focused()
    page.keyboard.type("hybrid")
    page.keyboard.press("Escape")
    expect(field).to_have_value("")
    page.keyboard.press("Escape")
    expect(field).not_to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("[data-item]").first).to_be_focused()


def test_an_unknown_page_says_what_to_do(page: Page) -> None:
    answer = page.goto("/questions/no-such-question")
    assert answer is not None
    assert answer.status == 404
    expect(page.locator("main")).to_contain_text("no question")
    assert "Traceback" not in page.content()


def test_the_catalogue_is_searched_as_one_types(page: Page) -> None:
    page.goto("/questions")
    page.keyboard.press("/")
    page.keyboard.type("hybrid")
    page.keyboard.press("Enter")
    found = page.locator(".listed")
    expect(found).to_have_count(1)
    expect(found).to_contain_text("Hybrid Properties")
    assert "q=hybrid" in page.url
