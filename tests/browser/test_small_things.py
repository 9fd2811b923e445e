"""Small things that spoilt an evening."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SETTINGS, NewPage
from tests.browser.test_looks import assert_sound
from tests.demo_site import copy_of, run_in, served

LAMP = "Log. Wind SW 6, lamp lit. The gull is back."
# Names of what every object in JavaScript has.
ODD = ["__proto__", "hasOwnProperty", "constructor"]
PASSWORD = "a long enough one"
MAKE = f"""
from accounts.models import Account
from tweets.tests.cast import make_user, texts_of
Account.objects.create_user("ann", password={PASSWORD!r})
for handle in {ODD!r}:
    make_user(handle, texts_of("quietrollplease", 30), is_listed=True)
"""


@pytest.fixture(scope="module")
def site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with an account, and with people whose names trip up scripts."""
    folder = copy_of(demo, tmp_path_factory.mktemp("odd"))
    run_in(folder, MAKE)
    with served(folder, DJANGO_SETTINGS_MODULE=SETTINGS) as address:
        yield address


def test_whoever_leaves_the_picker_at_once_is_not_taken_back(page: Page) -> None:
    page.goto("/?users=gullrock_keeper&users=VesperOnFilm")
    page.get_by_role("combobox").press_sequentially("noor")
    page.keyboard.press("Tab")
    page.wait_for_timeout(500)  # the picker's pauses are shorter
    expect(page.get_by_role("button", name="Surprise me")).to_be_focused()


@pytest.mark.parametrize("handle", ODD)
def test_a_person_of_any_name_can_be_picked(page: Page, handle: str) -> None:
    page.goto("/?users=gullrock_keeper&users=VesperOnFilm")
    expect(page.locator(".ts-control .item")).to_have_count(2)
    page.get_by_role("combobox").fill(handle)
    page.locator(".ts-dropdown .option", has_text=handle).click()
    expect(page.locator(".ts-control .item")).to_have_count(3)
    page.fill("#id_text", LAMP)
    expect(page.locator(".candidates")).to_contain_text(handle)
    page.wait_for_url(f"**users={handle}**")
    page.reload()
    expect(page.locator(".ts-control .item", has_text=handle)).to_be_visible()
    page.locator(".ts-control .item", has_text=handle).locator(".remove").click()
    expect(page.locator(".ts-control .item")).to_have_count(2)
    expect(page.locator(".candidates li")).to_have_count(3)


def test_a_new_key_is_copied_by_a_button(new_page: NewPage) -> None:
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto("/account/sign-in/")
    page.get_by_label("Username").fill("ann")
    page.locator("[type=password]").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.get_by_text("Make a key").first.click()
    page.get_by_label("Name").fill("robot")
    page.get_by_label("read", exact=False).first.check()
    page.get_by_role("button", name="Make the key").click()
    token = page.locator("#token").input_value()
    page.wait_for_load_state()  # until the button has its script
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == token
    assert_sound(page)


def test_on_a_phone_the_strip_leads_to_the_answer(new_page: NewPage) -> None:
    page = new_page(viewport={"width": 390, "height": 500}, has_touch=True)
    page.goto("/?users=gullrock_keeper&users=VesperOnFilm")
    page.locator("#id_text").press_sequentially(LAMP)
    strip = page.locator("#said")
    expect(strip).to_contain_text("@gullrock_keeper")
    expect(page.locator(".candidates")).not_to_be_in_viewport()
    strip.tap()
    expect(page.locator(".candidates li").first).to_be_in_viewport()
    expect(strip).to_be_hidden()
