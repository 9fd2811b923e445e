"""Accessible and in shape: every page, in both themes, on phone and desktop."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage

LAMP = "Log. Wind SW 6, lamp lit. The gull is back — ★½"
GROUP = "/?users=gullrock_keeper&users=VesperOnFilm&users=PlumstoneTilDie"
PAGES = [
    "/",
    "/users/",
    "/users/?q=zzzz",
    "/users/gullrock_keeper/",
    "/guess/",
    "/voice/",
    "/batch/",
    "/compare/",
    "/how-it-works/",
    "/responsible-use/",
]
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=SIZES)
def visitor(request: pytest.FixtureRequest, new_page: NewPage, theme: str) -> Page:
    width, height = SIZES[request.param]
    return new_page(
        viewport={"width": width, "height": height},
        color_scheme=theme,
        reduced_motion="reduce",
    )


def assert_sound(page: Page) -> None:
    """axe finds nothing, and nothing sticks out at the side."""
    found = Axe().run(page).response["violations"]
    assert [
        (one["id"], [node["target"] for node in one["nodes"]]) for one in found
    ] == []
    sticks_out = page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    assert not sticks_out


def test_every_page_is_sound(visitor: Page) -> None:
    for address in PAGES:
        visitor.goto(address)
        assert_sound(visitor)


def test_an_answer_is_sound(visitor: Page) -> None:
    visitor.goto(GROUP)
    visitor.fill("#id_text", LAMP)
    expect(visitor.locator("#closest .quotes li").first).to_be_visible()
    visitor.locator("#trust summary").click()
    assert_sound(visitor)
    visitor.get_by_role("combobox").click()
    expect(visitor.locator(".ts-dropdown")).to_be_visible()
    assert_sound(visitor)
    visitor.keyboard.press("Escape")
    visitor.get_by_role("button", name="Clear").click()
    visitor.get_by_role("button", name="Who wrote it?").click()
    expect(visitor.locator("#users-errors")).to_be_visible()
    assert_sound(visitor)


def test_what_follows_is_sound(new_page: NewPage, theme: str) -> None:
    width, height = SIZES["phone"]
    visitor = new_page(
        viewport={"width": width, "height": height},
        color_scheme=theme,
        reduced_motion="reduce",
    )
    visitor.goto(GROUP)
    visitor.fill("#id_text", LAMP)
    visitor.get_by_role("button", name="Save and share").click()
    assert_sound(visitor)
    visitor.goto("/guess/")
    visitor.locator(".suspects button").first.click()
    assert_sound(visitor)
    visitor.goto("/voice/")
    visitor.fill("#id_text", LAMP)
    visitor.get_by_role("button", name="Whose voice?").click()
    assert_sound(visitor)
    visitor.goto("/batch/")
    visitor.fill("#id_texts", LAMP)
    visitor.get_by_role("button", name="Show the table").click()
    assert_sound(visitor)


def test_without_script_it_is_sound_too(new_page: NewPage, theme: str) -> None:
    page = new_page(java_script_enabled=False, color_scheme=theme)
    page.goto(GROUP)
    page.fill("#id_text", LAMP)
    page.get_by_role("button", name="Who wrote it?").click()
    expect(page.locator(".verdict")).to_be_visible()
    expect(page.locator(".people-choice")).to_be_visible()
    expect(page.get_by_role("link", name="Find more people")).to_be_visible()


def test_the_page_does_not_jump_while_it_loads(page: Page) -> None:
    page.add_init_script(
        "window.shifted = 0;"
        "new PerformanceObserver((list) => {"
        "  for (const e of list.getEntries()) window.shifted += e.value;"
        "}).observe({type: 'layout-shift', buffered: true});"
    )
    page.goto(GROUP)
    expect(page.locator(".ts-control .item")).to_have_count(3)
    page.wait_for_timeout(300)
    assert page.evaluate("window.shifted") < 0.02
