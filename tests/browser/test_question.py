"""Asking, with everything that the script adds."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage

GROUP = "/?users=gullrock_keeper&users=VesperOnFilm&users=PlumstoneTilDie"
LAMP = "Log. Wind SW 6, lamp lit. The gull is back."


def type_text(page: Page, text: str) -> None:
    page.locator("#id_text").press_sequentially(text)


def test_the_answer_follows_the_typing(page: Page) -> None:
    page.goto(GROUP)
    type_text(page, LAMP)
    expect(page.locator(".verdict")).to_contain_text("@gullrock_keeper")
    expect(page.locator(".candidates .bar")).to_have_count(4)  # And nobody.
    page.fill("#id_text", "COME ON YOU PLUMS!!! never in doubt that lads")
    expect(page.locator(".verdict")).to_contain_text("@PlumstoneTilDie")
    assert page.url.partition("#")[0].endswith(GROUP)


def test_evidence_lights_up_where_it_is_typed(page: Page) -> None:
    page.goto(GROUP)
    type_text(page, LAMP)
    expect(page.locator("#ink mark.for").first).to_be_visible()
    # Typing goes on: marks stay on their words until the next answer comes.
    page.locator("#id_text").press("Home")
    page.route("**/predict/", lambda route: None)
    page.keyboard.type("So ")
    lit = page.locator("#ink mark").all_inner_texts()
    assert lit
    assert all(words in LAMP for words in lit)


def test_marked_words_explain_themselves_by_mouse_keyboard_and_touch(
    page: Page, new_page: NewPage
) -> None:
    page.goto(GROUP)
    type_text(page, LAMP)
    mark, box = page.locator(".evidence a.words").first, page.locator(".explains")
    expect(page.locator("#why .whys")).to_be_attached()
    expect(page.locator("#change")).to_contain_text("it would be @")
    mark.hover()
    expect(box).to_contain_text("speaks")
    expect(box).to_contain_text("’s tweets")
    page.locator("h1").hover()
    expect(box).to_have_count(0)
    mark.focus()
    expect(box).to_contain_text("speaks")
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    page.keyboard.press("Enter")
    expect(box).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#why-1")).to_be_visible()
    phone = new_page(viewport={"width": 390, "height": 844}, has_touch=True)
    phone.goto(GROUP)
    phone.fill("#id_text", LAMP)
    expect(phone.locator("#why .whys")).to_be_attached()
    phone.locator(".evidence a.words").first.tap()
    expect(phone.locator(".explains")).to_be_visible()
    wide = phone.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
    phone.locator(".verdict").tap()
    expect(phone.locator(".explains")).to_have_count(0)


def test_without_scripts_a_marked_word_leads_to_its_reason(new_page: NewPage) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(GROUP)
    page.fill("#id_text", LAMP)
    page.get_by_role("button", name="Who wrote it?").click()
    expect(page.locator("#why-1")).not_to_be_visible()
    page.locator(".evidence a.words").first.click()
    expect(page.locator("#why-1")).to_be_visible()


def test_closest_tweets_follow_when_typing_rests(page: Page) -> None:
    page.goto(GROUP)
    type_text(page, LAMP)
    expect(page.locator("#closest .quotes li").first).to_be_visible()


def test_an_opened_panel_stays_open(page: Page) -> None:
    page.goto(GROUP)
    type_text(page, LAMP)
    page.locator("#trust summary").click()
    with page.expect_response("**/predict/"):
        type_text(page, " And porridge.")
    expect(page.locator("#trust")).to_have_attribute("open", "")


def test_people_are_found_picked_and_taken_out_by_keyboard(page: Page) -> None:
    page.goto(GROUP)
    search = page.get_by_role("combobox", name="Who could have written it?")
    search.focus()
    with page.expect_response("**/users.json?q=noor"):
        page.keyboard.type("noor")
    expect(page.locator(".ts-dropdown .option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(".ts-control .item")).to_have_count(4)
    page.keyboard.press("Backspace")
    expect(page.locator(".ts-control .item")).to_have_count(3)


def test_everyone_replaces_the_picked_and_back(page: Page) -> None:
    page.goto(GROUP)
    page.get_by_role("button", name="Everyone").click()
    expect(page.locator(".ts-control .item")).to_have_text(["Everyone (8)×"])
    type_text(page, LAMP)
    expect(page.locator(".candidates li")).to_have_count(9)
    page.get_by_role("combobox").click()
    page.locator(".ts-dropdown .option", has_text="noor").click()
    expect(page.locator(".ts-control .item")).to_have_count(1)


def test_surprise_me_picks_four_and_answers(page: Page) -> None:
    page.goto(GROUP)
    type_text(page, LAMP)
    with page.expect_response("**/predict/"):
        page.get_by_role("button", name="Surprise me").click()
    expect(page.locator(".ts-control .item")).to_have_count(4)
    expect(page.locator(".candidates li")).to_have_count(5)


def test_no_question_is_sent_while_something_is_missing(page: Page) -> None:
    page.goto(GROUP)
    page.get_by_role("button", name="Clear").click()
    type_text(page, "Hello")
    expect(page.locator("#answer")).to_contain_text("Pick at least two users")
    page.goto(GROUP)
    type_text(page, "Hello there you")
    expect(page.locator(".verdict")).to_be_visible()
    page.fill("#id_text", "")
    expect(page.locator("#answer")).to_contain_text("Enter a tweet")


@pytest.mark.refused(422)
def test_errors_stand_at_their_fields(page: Page) -> None:
    page.goto(GROUP)
    page.get_by_role("button", name="Who wrote it?").click()
    expect(page.locator("#text-errors")).to_have_text("Enter a tweet")
    expect(page.locator("#id_text")).to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("button", name="Who wrote it?").click()
    expect(page.locator("#users-errors")).to_have_text("Pick at least two users")
    picker = page.locator(".ts-control").bounding_box()
    message = page.locator("#users-errors").bounding_box()
    assert picker
    assert message
    assert picker["y"] + picker["height"] <= message["y"]


@pytest.mark.refused(422)
def test_too_long_is_counted_and_told(page: Page) -> None:
    page.goto(GROUP)
    page.fill("#id_text", "a" * 5_001)
    expect(page.locator("#count")).to_have_text("5,001 / 5,000")
    expect(page.locator("#text-errors")).to_contain_text("At most 5,000 characters")


@pytest.mark.refused(429)
def test_too_many_questions_are_told(page: Page) -> None:
    page.goto(GROUP)
    page.route("**/predict/", lambda route: route.fulfill(status=429))
    type_text(page, "Hello there you")
    expect(page.locator("#answer")).to_contain_text("A moment, please")


def test_the_verdict_is_spoken_once_it_changes(page: Page) -> None:
    page.goto(GROUP)
    type_text(page, LAMP)
    expect(page.get_by_role("status").first).to_contain_text("@gullrock_keeper")


def test_nothing_moves_for_who_prefers_no_motion(new_page: NewPage) -> None:
    page = new_page(reduced_motion="reduce")
    page.goto(GROUP)
    type_text(page, LAMP)
    bar = page.locator(".bar rect").first
    expect(bar).to_have_css("transition-property", "none")
    page.locator("#id_text").press("End")
    page.keyboard.type(" Porridge!")
    assert page.evaluate("document.getAnimations().length") == 0


def test_an_example_is_answered_at_once(page: Page) -> None:
    page.goto("/")
    page.locator(".examples a").first.click()
    expect(page.locator(".verdict")).to_be_visible()
    expect(page.locator(".ts-control .item")).to_have_count(4)


def test_on_a_phone_the_verdict_stays_in_view_while_typing(new_page: NewPage) -> None:
    page = new_page(viewport={"width": 390, "height": 700})
    page.goto(GROUP)
    type_text(page, LAMP)
    expect(page.locator("#said")).to_be_in_viewport()
    expect(page.locator("#said")).to_contain_text("@gullrock_keeper")
