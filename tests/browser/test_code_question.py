"""A code question from the first look to the verdict, in a real browser over real containers."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.screen import RECORD, CodeScreen, answer
from tests.support.waiting import until

UPLOAD = "file-uploads/7-1-upload-an-image"
HYBRID = "hybrid-properties-and-methods/12-1-full-name-hybrid"
HANDLER = "custom-exception-handlers/2-1-validation-error-handler"
PAGES = "generic-models/35-1-paginated-response"
EMAIL = "custom-validators/19-1-email-validator"


def slow(text: str) -> str:
    """Return the handler's answer, with a pause in every request that does not validate."""
    body = "-> JSONResponse:\n"
    assert text.count(body) == 1
    return text.replace(body, f"{body}    __import__('time').sleep(0.4)\n")


def test_answered_wrongly_then_rightly(screen: CodeScreen, page: Page) -> None:
    screen.open("full-name-hybrid")
    page.evaluate(RECORD)
    screen.write(answer(HYBRID, "mutants/wrong_answer/always_a_space.py"))
    screen.submit.click()
    screen.is_judged("Wrong answer")
    states = screen.states()
    assert states["both_sides_agree"] == "Failed"
    assert states["instance_shows_the_full_name"] == "Passed"
    # Each check was seen to arrive, one after the other, none before the plan.
    seen = page.evaluate("window.seen")
    assert [f"{number}/{len(states)}" for number in range(1, len(states) + 1)] == [
        step for step in seen if not step.startswith("0/")
    ]
    failed = screen.row("empty_last_name_on_an_instance")
    failed.locator("a.check").click()
    expect(failed.locator(".detail")).to_contain_text("Expected")

    screen.write(answer(HYBRID))
    screen.submit.click()
    screen.is_judged("Accepted")
    assert set(screen.states().values()) == {"Passed"}
    expect(screen.live).to_contain_text("Accepted")

    page.locator("#tab-submissions").click()
    rows = page.locator("#left ol.rows > li")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Accepted")
    expect(rows.last).to_contain_text("Wrong answer")
    page.locator("#tab-solution").click()
    expect(page.locator("#left")).to_contain_text("Trade-offs")


def test_reloaded_in_mid_stream_nothing_is_missed(screen: CodeScreen, page: Page) -> None:
    screen.open("validation-error-handler")
    screen.write(slow(answer(HANDLER)))
    screen.has_saved()
    screen.submit.click()
    ended = page.locator("#results-checks > li > a.check")
    until(lambda: ended.count() >= 2, 30)
    page.reload()
    expect(screen.editor).to_be_visible()
    assert not screen.banner.is_visible(), "the judgement was over before the page was reloaded"
    page.evaluate(RECORD)
    screen.is_judged("Accepted")
    states = screen.states()
    assert len(states) == 12
    assert set(states.values()) == {"Passed"}
    counts = [int(step.split("/")[0]) for step in page.evaluate("window.seen")]
    assert counts == sorted(counts), "a check that had ended was shown as open again"


def test_run_tries_the_visible_checks_and_keeps_nothing(screen: CodeScreen, page: Page) -> None:
    screen.open("paginated-response")
    screen.write(answer(PAGES))
    screen.run.click()
    expect(screen.banner).to_be_visible(timeout=60_000)
    shown = len(screen.states())
    assert 0 < shown < 13
    page.locator("#tab-submissions").click()
    expect(page.locator("#left")).to_contain_text("Nothing submitted yet")


def test_a_syntax_error_leads_to_its_line(screen: CodeScreen, page: Page) -> None:
    screen.open("email-validator")
    screen.write("class Signup:\nemail: str = (\n")
    screen.send(screen.submit)
    screen.is_judged("Python could not read it")
    screen.banner.get_by_role("link", name=re.compile(r"line \d+")).click()
    expect(screen.editor).to_be_focused()


def test_hostile_output_stays_text(screen: CodeScreen, page: Page) -> None:
    screen.open("email-validator")
    hostile = "<img src=x onerror=\"document.title='owned'\">\\x1b[31m\\u202e\\x00"
    screen.write(f'print("""{hostile}""")\n{answer(EMAIL, "starter/answer.py")}')
    screen.send(screen.run)
    expect(screen.banner).to_be_visible(timeout=60_000)
    assert page.title() != "owned"
    assert page.locator("#results img").count() == 0


def test_a_draft_survives_a_reload(screen: CodeScreen, page: Page) -> None:
    screen.open("soft-delete-model")
    screen.write("# half a thought\n")
    screen.has_saved()
    page.reload()
    expect(screen.editor).to_contain_text("half a thought")


def test_two_tabs_cannot_overwrite_each_other_unseen(
    screen: CodeScreen, page: Page, base_url: str
) -> None:
    screen.open("soft-delete-model")
    other = CodeScreen(page.context.new_page())
    other.open("soft-delete-model")
    screen.write("# from the first tab\n")
    screen.has_saved()
    other.write("# from the second tab\n")
    choice = other.page.locator("#draft-conflict")
    expect(choice).to_be_visible()
    assert "second tab" in other.text(), "what was typed here stays"
    other.page.close()


def test_what_cannot_be_taken_is_told_and_the_text_stays(screen: CodeScreen, page: Page) -> None:
    screen.open("upload-an-image")
    page.evaluate(
        "text => { const area = document.querySelector('textarea[data-source]');"
        " document.querySelector('.cm-content').focus(); }",
        "",
    )
    screen.write("")
    screen.submit.click()
    refused = page.locator("#results [role=alert]")
    expect(refused).to_be_visible()
    expect(refused).to_contain_text("empty")
    screen.write("# " + "x" * 1_000_000 + "\n")
    screen.submit.click()
    expect(refused).to_contain_text(re.compile("large|KiB|MiB"))
    assert len(screen.text()) > 1_000_000, "what was typed stays"


def test_all_of_it_by_the_keyboard(screen: CodeScreen, page: Page) -> None:
    screen.open("upload-an-image")
    screen.write(answer(UPLOAD))
    page.keyboard.press("Control+Enter")
    screen.is_judged("Accepted")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(screen.editor).not_to_be_focused()


def test_it_works_without_scripts(browser: Browser, base_url: str) -> None:
    with browser.new_context(java_script_enabled=False, base_url=base_url) as context:
        plain = context.new_page()
        plain.goto("/questions/email-validator")
        plain.locator("textarea[data-source]").fill(answer(EMAIL))
        plain.locator("#submit").click()
        assert "/submissions/" in plain.url

        def judged() -> bool:
            plain.reload()
            return plain.locator("#results-head .verdict").count() == 1

        until(judged, 60)
        expect(plain.locator("#results-head .verdict b")).to_have_text("Accepted")
