"""Words can be struck out, and the bars without them stand beside the others."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage

GROUP = "/?users=gullrock_keeper&users=VesperOnFilm&users=PlumstoneTilDie"
LAMP = "Log. Wind SW 6, lamp lit. I remain unconvinced by the second act."


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no script"])
def test_words_are_struck_out_and_put_back(new_page: NewPage, scripts: bool) -> None:
    page = new_page(java_script_enabled=scripts)
    page.goto(GROUP)
    page.fill("#id_text", LAMP)
    page.get_by_role("button", name="Who wrote it?").click()
    first = page.locator(".strikes button").first
    expect(first).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".bar.beside")).to_have_count(0)
    first.click()
    expect(page.locator(".struck")).to_contain_text("Without the words struck out")
    expect(page.locator(".bar.beside")).to_have_count(4)
    expect(page.locator(".evidence mark.out")).to_have_count(1)
    expect(page.locator("#id_text")).to_have_value(LAMP)
    first.click()
    expect(page.locator(".bar.beside")).to_have_count(0)


def test_the_keyboard_strikes_out_and_stays_where_it_is(page: Page) -> None:
    page.goto(GROUP)
    page.fill("#id_text", LAMP)
    first = page.locator(".strikes button").first
    first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".bar.beside")).to_have_count(4)
    expect(first).to_be_focused()
    expect(first).to_have_attribute("aria-pressed", "true")
    page.locator("#id_text").press_sequentially(" So.")
    expect(page.locator(".bar.beside")).to_have_count(0)
