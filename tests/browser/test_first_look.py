"""What somebody sees who has never been here."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage

GROUP = "/?users=gullrock_keeper&users=VesperOnFilm&users=PlumstoneTilDie"
LAMP = "Log. Wind SW 6, lamp lit. The gull is back."


def test_an_example_is_typed_and_answered_once(page: Page) -> None:
    page.goto("/")
    box = page.locator("#id_text")
    example = box.get_attribute("data-example")
    assert example
    expect(page.locator(".answer .verdict")).to_be_visible()
    expect(box).to_have_value(example)
    expect(page.locator("#text-help")).to_contain_text("An example")
    expect(page.locator("#spoken")).to_be_empty()
    assert "#" not in page.url
    page.goto("/")
    page.wait_for_timeout(2000)
    expect(box).to_have_value("")


@pytest.mark.parametrize("touch", ["click", "key"])
def test_the_first_touch_ends_the_example(page: Page, touch: str) -> None:
    page.goto("/")
    box = page.locator("#id_text")
    expect(box).not_to_have_value("")
    if touch == "click":
        page.locator("h1").click()
    else:
        page.keyboard.press("Shift")
    typed = box.input_value()
    page.wait_for_timeout(400)
    expect(box).to_have_value(typed)
    box.click()
    expect(box).to_have_value("")
    page.keyboard.type(LAMP)
    expect(box).to_have_value(LAMP)
    expect(page.locator("#text-help")).to_contain_text("Nothing is stored")


def test_nothing_types_by_itself_where_motion_is_unwanted(new_page: NewPage) -> None:
    page = new_page(reduced_motion="reduce")
    page.goto("/")
    page.wait_for_timeout(2000)
    expect(page.locator("#id_text")).to_have_value("")


def test_on_a_phone_the_answer_is_in_view_below_the_text(new_page: NewPage) -> None:
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto(GROUP + "&users=GrandmaDot1941")
    page.fill("#id_text", LAMP)
    expect(page.locator(".candidates li")).to_have_count(5)
    page.locator("#id_text").blur()
    expect(page.locator(".answer .verdict")).to_be_in_viewport(ratio=1)
