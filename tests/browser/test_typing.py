"""The answer keeps up with whoever types: fast fingers, slow lines, full servers."""

import time

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.conftest import NewPage

GROUP = "/?users=gullrock_keeper&users=VesperOnFilm&users=PlumstoneTilDie"
LAMP = "Log. Wind SW 6, lamp lit. The gull is back."
EIGHTY = LAMP[:-19] + ", gull indignant. Mrs Pask brought flour and much doubt."
PLUMS = "COME ON YOU PLUMS!!! never in doubt that lads"
KEY_MS, LEAST_PAUSE = 70, 0.15
WATCH_ANSWERS = """
window.answered = [];
const answer = document.getElementById("answer");
new MutationObserver(() => {
  const text = answer.querySelector(".answer input[name=text]")?.value;
  if (text && text !== window.answered.at(-1)) window.answered.push(text);
}).observe(answer, {childList: true});
"""


class Line:
    """The requests of one page to /predict/, some of which may be slow or refused."""

    def __init__(self, page: Page) -> None:
        self.sent, self.under_way, self.most_at_once = 0, 0, 0
        page.on("request", self._begin)
        page.on("requestfinished", self._end)
        page.on("requestfailed", self._end)

    def _begin(self, request: Request) -> None:
        if request.url.endswith("/predict/"):
            self.sent += 1
            self.under_way += 1
            self.most_at_once = max(self.most_at_once, self.under_way)

    def _end(self, request: Request) -> None:
        self.under_way -= request.url.endswith("/predict/")


def slowly(route: Route) -> None:
    time.sleep(0.3)
    route.continue_()


@pytest.mark.parametrize("is_slow", [False, True], ids=["here", "300 ms away"])
def test_answers_come_while_somebody_types_fast(page: Page, is_slow: bool) -> None:
    assert len(EIGHTY) == 80
    if is_slow:
        page.route("**/predict/", slowly)
    line = Line(page)
    page.goto(GROUP)
    page.evaluate(WATCH_ANSWERS)
    started = time.monotonic()
    box = page.locator("#id_text")
    box.press_sequentially(EIGHTY, delay=KEY_MS)
    for _ in range(100):  # a busy machine answers later, but before the typing rests
        if len(page.evaluate("window.answered")) >= 3:
            break
        box.press_sequentially(" and on", delay=KEY_MS)
    assert len(page.evaluate("window.answered")) >= 3
    text = page.locator(".answer input[name=text]")
    expect(text).to_have_value(box.input_value())
    assert line.most_at_once == 1
    assert line.sent <= (time.monotonic() - started) / LEAST_PAUSE


def test_marks_stay_on_their_words_when_the_answer_comes_late(page: Page) -> None:
    page.goto(GROUP)
    page.fill("#id_text", LAMP)
    expect(page.locator("#ink mark").first).to_be_visible()
    page.route("**/predict/", slowly)
    page.locator("#id_text").press("Home")
    with page.expect_response("**/predict/"):
        page.keyboard.type("So, and so, ", delay=40)
    lit = page.locator("#ink mark").all_inner_texts()
    assert lit
    assert all(words in LAMP for words in lit)


def test_an_answer_to_what_nobody_asks_any_more_is_not_shown(page: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    def ask_and_change_to(text: str) -> None:
        page.route("**/predict/", hold, times=1)
        with page.expect_request("**/predict/"):
            page.fill("#id_text", LAMP)
        page.fill("#id_text", text)
        with page.expect_response("**/predict/"):
            held.pop().continue_()

    page.goto(GROUP)
    page.evaluate(WATCH_ANSWERS)
    ask_and_change_to("")
    page.wait_for_timeout(300)
    expect(page.locator("#answer")).to_contain_text("Enter a tweet")
    assert page.evaluate("window.answered") == []
    ask_and_change_to(PLUMS)
    expect(page.locator(".verdict")).to_contain_text("@PlumstoneTilDie")
    assert page.evaluate("window.answered") == [PLUMS]


def test_the_same_answer_again_takes_no_button_away(page: Page) -> None:
    page.goto(GROUP)
    page.fill("#id_text", LAMP)
    expect(page.locator(".answer .verdict")).to_be_visible()
    page.evaluate("window.first = document.querySelector('.answer .verdict')")
    with page.expect_response("**/predict/"):
        page.get_by_role("button", name="Who wrote it?").click()
    page.wait_for_timeout(300)
    assert page.evaluate("window.first.isConnected")


@pytest.mark.refused(429)
@pytest.mark.parametrize("status", [204, 429], ids=["by the site", "in front of it"])
def test_a_refused_question_is_asked_again(page: Page, status: int) -> None:
    refused: list[float] = []

    def refuse_once(route: Route) -> None:
        if refused:
            route.continue_()
        else:
            refused.append(time.monotonic())
            route.fulfill(status=status, headers={"Retry-After": "2"})

    page.goto(GROUP)
    page.route("**/predict/", refuse_once)
    line = Line(page)
    page.fill("#id_text", LAMP)
    expect(page.locator("#answer")).to_contain_text("A moment, please")
    page.locator("#id_text").press_sequentially(" More.")
    expect(page.locator(".verdict")).to_contain_text("@gullrock_keeper")
    assert time.monotonic() - refused[0] >= 2
    assert line.sent == 2
    expect(page.locator("#answer")).not_to_contain_text("A moment, please")


def test_leaving_with_a_question_under_way_is_no_complaint(new_page: NewPage) -> None:
    page = new_page()
    page.goto(GROUP)
    page.route("**/predict/", lambda route: None)
    page.fill("#id_text", LAMP)
    page.wait_for_timeout(100)
    page.goto("/how-it-works/")
    page.go_back()
    expect(page.locator("#question")).to_be_visible()


def test_the_verdict_is_read_aloud_once_the_typing_rests(page: Page) -> None:
    page.goto(GROUP)
    page.evaluate(
        "window.spoken = 0; new MutationObserver(() => window.spoken++)"
        ".observe(document.getElementById('spoken'), {childList: true});"
    )
    page.locator("#id_text").press_sequentially(EIGHTY, delay=KEY_MS)
    expect(page.locator("#spoken")).to_contain_text("@gullrock_keeper")
    assert page.evaluate("window.spoken") == 1
