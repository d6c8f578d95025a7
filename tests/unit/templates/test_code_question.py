import pytest

from greenroom.practice.views import CodePage, ResultsPanel, StreamMessage
from greenroom.web import pages
from greenroom.web.pages import Frame, Notice
from tests.unit.templates import scenes
from tests.unit.templates.html_tree import Element, check_ids, check_names, parse

FRAME = Frame(
    viewer="Ada Byron",
    section="questions",
    notices=(Notice("waiting", "The sandbox is being built.", 40), Notice("plain", "A word.")),
    version="0.1.0",
)


def code_page(page: CodePage) -> Element:
    return parse(pages.render("practice/code.html", page=page, frame=FRAME))


def results(panel: ResultsPanel) -> Element:
    return parse(pages.render("practice/_results.html", page=panel))


@pytest.mark.parametrize("name", scenes.PAGES)
def test_every_page_is_well_formed_and_its_ids_and_names_hold(name: str) -> None:
    root = code_page(scenes.PAGES[name])
    check_ids(root, whole_page=True)
    check_names(root)
    assert len(root.find(tag="h1")) == 1


@pytest.mark.parametrize("name", scenes.PANELS)
def test_every_panel_is_well_formed_and_its_ids_and_names_hold(name: str) -> None:
    root = results(scenes.PANELS[name])
    check_ids(root, whole_page=False)
    check_names(root)
    assert root.one(id="results").attributes["data-submission"]


@pytest.mark.parametrize("name", scenes.WORKING)
def test_a_panel_under_way_asks_for_its_stream_from_where_it_stands(name: str) -> None:
    panel = scenes.WORKING[name]
    root = results(panel)
    stream = root.one(id="results-stream").attributes
    address = f"/submissions/{panel.submission_id}/stream?after=1732423000000-4"
    assert stream["hx-sse:connect"] == address
    assert stream["hx-sse:close"] == "done"
    assert stream["hx-swap"] == "none"
    assert panel.progress
    assert panel.progress.title in root.one(id="results-progress").text
    assert panel.progress.sentence in root.one(id="results-progress").text
    cancel = root.one(tag="form").attributes
    assert cancel["action"] == cancel["hx-post"] == f"/submissions/{panel.submission_id}/cancel"


def test_a_place_in_the_queue_is_said_in_words() -> None:
    assert "2 submissions are ahead of yours." in results(scenes.WORKING["queued"]).text


@pytest.mark.parametrize("name", scenes.OVER)
def test_a_panel_that_is_over_shows_its_verdict_and_asks_no_more(name: str) -> None:
    panel = scenes.OVER[name]
    root = results(panel)
    assert not root.find(id="results-stream")
    assert panel.verdict
    head = root.one(id="results-head")
    assert panel.verdict.title in head.text
    assert panel.verdict.sentence in head.text
    assert panel.verdict.tone in head.one(class_="verdict").attributes["class"].split()
    assert "1.24 s, 60 MiB" in head.text


def test_the_tick_strip_says_in_words_what_it_draws() -> None:
    head = results(scenes.OVER["wrong_answer"]).one(id="results-head")
    assert head.one(class_="strip").attributes["aria-label"] == "5 of 8 checks passed, 3 failed"


def test_checks_that_ended_can_be_opened_and_others_cannot() -> None:
    root = results(scenes.WORKING["checking"])
    for check in scenes.WORKING["checking"].checks:
        row = root.one(id=f"row-{check.id}")
        assert bool(row.find(tag="a", id=f"check-{check.id}")) == check.ended
        assert check.word in row.text


def test_the_first_check_that_failed_is_open() -> None:
    root = results(scenes.OVER["wrong_answer"])
    opened = [row.attributes["id"] for row in root.find(class_="opened")]
    assert opened == ["row-one_field"]


def test_objects_are_compared_name_by_name() -> None:
    root = results(scenes.OVER["wrong_answer"])
    table = root.one(id="row-one_field").one(tag="table")
    rows = [
        [cell.text for cell in row.find(tag="td")] for row in table.one(tag="tbody").find(tag="tr")
    ]
    assert rows == [
        ['"body"', "=equals", '"body"'],
        ['"customer"', "≠differs from", '"body.customer"'],
        ['"Field required"', "=equals", '"Field required"'],
    ]


def test_a_traceback_leads_to_the_lines_of_the_answer() -> None:
    root = results(scenes.OVER["runtime_error"])
    links = root.one(id="row-list_position").one(class_="trace").find(tag="a")
    assert [link.attributes["href"] for link in links] == ["#L21", "#L24"]
    assert [link.attributes["data-line"] for link in links] == ["21", "24"]
    assert "14 frames outside your files left out" in root.text


def test_a_syntax_error_leads_to_its_line() -> None:
    root = results(scenes.OVER["syntax_error"])
    assert root.one(id="results-fault").one(tag="a").attributes["data-line"] == "7"
    banner = root.one(id="results-head").one(tag="a").attributes
    assert (banner["href"], banner["data-line"]) == ("#L7", "7")


def test_a_diff_marks_what_was_expected_and_what_was_seen() -> None:
    diff = results(scenes.OVER["wrong_answer"]).one(id="row-query").one(class_="diff")
    assert "'in': 'query'" in "".join(line.text for line in diff.find(class_="del"))
    assert "'in': 'body'" in "".join(line.text for line in diff.find(class_="ins"))


def test_a_hidden_check_shows_its_name_and_hint_and_nothing_it_saw() -> None:
    row = results(scenes.OVER["hidden_only"]).one(id="row-no_echo")
    assert "Look at what errors() carries beside the message." in row.text
    assert "hidden check" in [each.attributes.get("aria-label") for each in row.walk()]
    assert not row.find(tag="table")
    assert not row.find(tag="pre")


def test_output_stands_under_its_check() -> None:
    row = results(scenes.OVER["wrong_answer"]).one(id="row-one_field")
    assert row.one(class_="stdout").text == "validating\n1 error\n"


def test_a_check_that_drew_its_inputs_can_be_run_with_the_same() -> None:
    root = results(scenes.OVER["wrong_answer"])
    row = root.one(id="row-one_field")
    assert "with the seed 8123456789012345" in row.text
    button = row.one(name="seed").attributes
    assert (button["form"], button["value"]) == ("answer", "8123456789012345")
    assert not root.one(id="row-query").find(name="seed")


def test_a_check_says_what_it_used() -> None:
    root = results(scenes.OVER["wrong_answer"])
    used = "9 ms of processor time, 61 MiB of memory at the most."
    assert used in root.one(id="row-one_field").text
    assert "processor time" not in root.one(id="row-query").text


def test_hostile_text_stays_text() -> None:
    tree = code_page(scenes.PAGES["hostile"])
    assert not [each for each in tree.find(tag="script") if "src" not in each.attributes]
    assert not tree.find(tag="img")
    assert not [name for each in tree.walk() for name in each.attributes if name.startswith("on")]


def test_hostile_text_hides_nothing_and_is_cut() -> None:
    panel = results(scenes.HOSTILE_PANEL)
    shown = panel.text + "".join(v for each in panel.walk() for v in each.attributes.values())
    assert not set(shown) & set("\x00\x1b\u202e\u202c\ud800\u200b")
    for visible in (r"\x00", r"\x1b[31m", r"\u202etxt.exe", r"\ud800", r"\u200b"):
        assert visible in panel.one(id="row-valid_order").one(class_="stdout").text
    assert "A" * 2_001 not in shown
    assert "more characters not shown" in shown
    assert "{{ 7 * 7 }}" in shown


def test_an_answer_comes_back_into_the_editor_as_it_was() -> None:
    page = scenes.PAGES["hostile"]
    field = code_page(page).one(id="file-1")
    # The parser keeps the line feed that HTML drops behind the start tag; the template writes one.
    assert field.text == "\n" + page.files[0].content


def test_the_form_works_without_a_script() -> None:
    root = code_page(scenes.PAGE)
    form = root.one(id="answer").attributes
    assert (form["method"], form["action"]) == (
        "post",
        "/questions/validation-error-handler/submissions",
    )
    buttons = {button.attributes["id"]: button.attributes for button in root.find(name="mode")}
    assert {name: each["value"] for name, each in buttons.items()} == {
        "run": "run",
        "submit": "submit",
    }
    assert all(each["form"] == "answer" and each["type"] == "submit" for each in buttons.values())
    assert root.one(id="file-1").attributes["name"] == "answer.py"


def test_a_page_without_results_says_what_will_appear() -> None:
    root = code_page(scenes.PAGES["fresh"])
    assert "Nothing judged yet" in root.one(id="results").text


def test_a_refusal_is_told_at_once_and_keeps_the_answer() -> None:
    root = code_page(scenes.PAGES["refused"])
    alert = root.one(id="results-head").one(role="alert")
    assert "Not taken: the answer is empty" in alert.text
    assert root.one(id="file-1").text.strip() == scenes.ANSWER.strip()


@pytest.mark.parametrize("tab", ["question", "tests", "hints", "submissions", "solution"])
def test_the_open_tab_is_marked_and_every_tab_has_an_address(tab: str) -> None:
    page = next(each for each in scenes.PAGES.values() if each.tab == tab)
    left = code_page(page).one(id="left")
    assert left.one(aria_current="page", tag="a").attributes["id"] == f"tab-{tab}"
    query = "" if tab == "question" else f"?tab={tab}"
    assert left.one(id=f"tab-{tab}").attributes["href"] == page.path + query


def test_an_open_suite_is_shown_with_what_it_is_worth() -> None:
    left = code_page(scenes.PAGES["tests"]).one(id="left")
    assert "test_answer.py" in left.text
    assert "assert 1 < 2" in left.text
    assert "a trick could fool them" in left.text
    assert not left.find(tag="script")
    facts = code_page(scenes.PAGES["open_checks"]).one(id="left")
    assert "Open checks" in facts.text
    closed = code_page(scenes.PAGE).one(id="left")
    assert "Open checks" not in closed.text
    assert not closed.find(id="tab-tests")


def test_hints_are_asked_for_one_at_a_time() -> None:
    left = code_page(scenes.PAGES["hints"]).one(id="left")
    assert "Show the next hint" in left.text
    assert "2 left" in left.text
    assert left.one(tag="form").attributes["action"].endswith("/hints")


def test_the_solution_is_locked_until_solved_or_given_up() -> None:
    locked = code_page(scenes.PAGES["locked_solution"]).one(id="left")
    assert "One good answer" not in locked.text
    assert "give up" in locked.text.lower()
    assert "One good answer" in code_page(scenes.PAGES["solution"]).text
    assert "before solving" in code_page(scenes.PAGES["gave_up"]).text


def test_a_title_shows_its_code_as_code() -> None:
    root = code_page(scenes.PAGE)
    assert root.one(tag="h1").one(tag="code").text == "exception_handler"
    assert root.one(tag="title").text == (
        "2.1 Give validation errors one shape with exception_handler · Greenroom"
    )


def message(
    panel: ResultsPanel, *changed: str, whole: bool = False, announce: bool = False
) -> Element:
    shown = StreamMessage(panel, changed, whole=whole, announce=announce)
    return parse(pages.render("practice/_message.html", page=shown))


def targets(root: Element) -> list[str]:
    return [each.attributes["hx-target"] for each in root.find(tag="hx-partial")]


def test_a_message_holds_partials_only_and_swaps_what_changed() -> None:
    root = message(scenes.WORKING["checking"], "list_position", "query")
    assert all(isinstance(each, Element) or not each.strip() for each in root.children)
    assert {each.tag for each in root.children if isinstance(each, Element)} == {"hx-partial"}
    assert targets(root) == [
        "#results-strip",
        "#results-progress",
        "#row-list_position",
        "#row-query",
    ]
    rows = [each.attributes["id"] for each in root.find(tag="li") if "id" in each.attributes]
    assert rows == ["row-list_position", "row-query"]


def test_a_plan_swaps_the_list() -> None:
    root = message(scenes.WORKING["loading"], whole=True, announce=True)
    assert targets(root) == ["#results-strip", "#results-progress", "#results-checks", "#live"]
    assert root.find(tag="hx-partial")[-1].text.strip() == "Loading your answer"


@pytest.mark.parametrize("name", [*scenes.OVER, "hostile"])
def test_the_last_message_puts_the_verdict_in_place_and_announces_it(name: str) -> None:
    panel = scenes.PANELS[name]
    root = message(panel, whole=True, announce=True)
    assert targets(root) == ["#results-head", "#results-fault", "#results-checks", "#live"]
    assert panel.verdict
    assert root.find(tag="hx-partial")[-1].text.strip().startswith(panel.verdict.title)


@pytest.mark.parametrize("name", scenes.PANELS)
def test_what_a_message_swaps_is_in_the_panel(name: str) -> None:
    panel = scenes.PANELS[name]
    ids = {each.attributes.get("id") for each in code_page(scenes.PAGES["live"]).walk()}
    first = scenes.PAGES["live"].results
    assert first
    shared = tuple(check.id for check in first.checks if check in panel.checks)
    for target in targets(message(panel, *shared, whole=True, announce=True)):
        assert target.removeprefix("#") in ids
