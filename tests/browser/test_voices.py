"""A longer text, from the first look at whose voice it is to the saved answer."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.test_looks import assert_sound
from tweets.tests.cast import texts_of

LINES = [*texts_of("gullrock_keeper", 50)[40:], *texts_of("PlumstoneTilDie", 50)[40:]]
LONG = "\n".join(" ".join(text.split()) for text in LINES)


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def anybody(request: pytest.FixtureRequest, new_page: NewPage) -> Page:
    return new_page(java_script_enabled=request.param, reduced_motion="reduce")


def ask(page: Page) -> None:
    page.goto("/voice/")
    page.get_by_label("Text, or tweets one a line").fill(LONG)
    page.get_by_label("Title").fill("Two voices")
    page.get_by_role("button", name="Whose voice?").click()


def test_a_voice_is_explained_and_saved(anybody: Page) -> None:
    ask(anybody)
    expect(anybody.locator(".candidates .nobody")).to_be_visible()
    chart = anybody.get_by_role("img", name="Lines 1 to")
    expect(chart).to_be_visible()
    expect(chart.locator("polyline").first).to_be_attached()
    anybody.locator(".evidence a.words").first.click()
    expect(anybody.locator(".because").first).to_contain_text("’s tweets")
    anybody.get_by_role("button", name="Save and share").click()
    expect(anybody.locator("h1")).to_have_text("Two voices")
    address = anybody.get_by_label("Address to share").input_value()
    anybody.context.clear_cookies()
    anybody.goto(address)
    expect(anybody.locator("figcaption")).to_contain_text("Lines 1 to")
    anybody.get_by_text("The whole text").click()
    expect(anybody.locator("details[open] .evidence")).to_contain_text("Wind")


def test_voices_and_their_saved_answers_are_sound(new_page: NewPage) -> None:
    page = new_page(reduced_motion="reduce")
    ask(page)
    page.locator("#why summary").first.click()
    assert_sound(page)
    page.get_by_role("button", name="Save and share").click()
    expect(page.locator("h1")).to_have_text("Two voices")
    assert_sound(page)
