"""Accessible and in shape: every page, in both themes, on phone and desktop."""

import re
import time
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import NewPage
from tweets.tests.cast import texts_of

LAMP = "Log. Wind SW 6, lamp lit. The gull is back — ★½"
GROUP = "/?users=gullrock_keeper&users=VesperOnFilm&users=PlumstoneTilDie"
PAGES = [
    "/",
    "/users/",
    "/users/?q=zzzz",
    "/users/gullrock_keeper/",
    "/users/gullrock_keeper/?q=zzzz",
    "/users/gullrock_keeper/would/",
    "/guess/",
    "/guess/free/",
    "/voice/",
    "/batch/",
    "/compare/?near=gullrock_keeper",
    "/how-it-works/",
    "/responsible-use/",
    "/api/v1/docs",
    "/account/sign-in/",
    "/account/reset/",
]
REFUSALS = [400, 403, 404, 413, 429, 500]
LOOKS = [
    ("light", (390, 844), {}),
    ("dark", (1280, 900), {}),
    # The same document again: what changes with colours and sizes.
    ("light", (1280, 900), {"runOnly": ["color-contrast", "target-size"]}),
    ("dark", (390, 844), {"runOnly": ["color-contrast", "target-size"]}),
]
AXE = Axe()


@pytest.fixture
def visitor(new_page: NewPage) -> Page:
    return new_page(reduced_motion="reduce")


def assert_sound(page: Page) -> None:
    """axe finds nothing, and nothing sticks out at the side, in whatever looks."""
    page.evaluate(AXE.axe_script)
    for theme, (width, height), options in LOOKS:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": height})
        assert violations(page, options) == [], (theme, width)
        assert not sticks_out(page), (theme, width)


def violations(page: Page, options: dict[str, Any]) -> list[tuple[str, list[str]]]:
    found = page.evaluate(
        "options => axe.run(options).then((found) => found.violations)",
        {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
        | options,
    )
    return [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]


def sticks_out(page: Page) -> bool:
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth"
            " > document.documentElement.clientWidth"
        )
    )


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_sound(visitor: Page, address: str) -> None:
    visitor.goto(address)
    assert_sound(visitor)


@pytest.mark.refused(*REFUSALS)
@pytest.mark.parametrize("status", REFUSALS)
def test_every_refusal_is_sound_and_leads_back(visitor: Page, status: int) -> None:
    answer = visitor.goto(f"/refuse/{status}/")
    assert answer
    assert answer.status == status
    assert_sound(visitor)
    visitor.get_by_role("button", name="To the start page").click()
    expect(visitor.locator("#question")).to_be_visible()


@pytest.mark.refused(403)
def test_a_form_without_its_cookie_says_what_to_do(visitor: Page) -> None:
    visitor.goto("/voice/")
    visitor.context.clear_cookies()
    visitor.get_by_role("button", name="Whose voice?").click()
    expect(visitor.locator("h1")).to_have_text("Please send that again")
    assert_sound(visitor)


@pytest.mark.parametrize("address", ["/", "/users/gullrock_keeper/", "/compare/"])
def test_nothing_sticks_out_on_the_narrowest_and_the_widest(
    visitor: Page, address: str
) -> None:
    visitor.goto(address)
    for width in (320, 1920):
        visitor.set_viewport_size({"width": width, "height": 900})
        assert not sticks_out(visitor)


def test_the_menu_of_a_phone_is_sound(visitor: Page) -> None:
    visitor.set_viewport_size({"width": 390, "height": 844})
    visitor.goto("/")
    visitor.get_by_role("button", name="Menu").click()
    visitor.evaluate(AXE.axe_script)
    for theme in ("light", "dark"):
        visitor.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        assert violations(visitor, {}) == []


@pytest.mark.refused(422)
def test_an_answer_is_sound(visitor: Page) -> None:
    visitor.goto(GROUP)
    visitor.fill("#id_text", LAMP)
    expect(visitor.locator("#closest .quotes li").first).to_be_visible()
    visitor.locator("#trust summary").click()
    assert_sound(visitor)
    visitor.locator(".strikes button").first.click()
    expect(visitor.locator(".bar.beside").first).to_be_visible()
    assert_sound(visitor)
    visitor.get_by_role("combobox").click()
    expect(visitor.locator(".ts-dropdown")).to_be_visible()
    assert_sound(visitor)
    visitor.keyboard.press("Escape")
    visitor.get_by_role("button", name="Clear").click()
    visitor.get_by_role("button", name="Who wrote it?").click()
    expect(visitor.locator("#users-errors")).to_be_visible()
    assert_sound(visitor)


def test_ticked_people_are_sound(visitor: Page) -> None:
    visitor.goto("/users/")
    visitor.locator(".pick input").first.check()
    expect(visitor.get_by_role("button", name="Predict with 1")).to_be_visible()
    assert_sound(visitor)


def test_an_answer_that_is_recognised_is_sound(visitor: Page) -> None:
    for who in (GROUP, "/?users=VesperOnFilm&users=PlumstoneTilDie"):
        visitor.goto(who)
        visitor.fill("#id_text", texts_of("gullrock_keeper", 10)[-1].upper())
        expect(visitor.locator(".verdict")).to_contain_text("really wrote this, on")
        expect(visitor.locator(".recognised")).to_contain_text("not predicted")
        assert_sound(visitor)


def test_what_one_person_would_have_written_is_sound(visitor: Page) -> None:
    visitor.goto("/users/gullrock_keeper/")
    visitor.fill("#id_text", LAMP)
    visitor.get_by_role("button", name="Would they?").click()
    expect(visitor.locator(".verdict")).to_contain_text("evidence in favour")
    expect(visitor.locator(".strength")).to_be_visible()
    expect(visitor).to_have_url(re.compile("/users/gullrock_keeper/would/$"))
    visitor.get_by_text("What the words mean").click()
    assert_sound(visitor)


def test_a_saved_answer_is_sound(visitor: Page) -> None:
    visitor.goto(GROUP)
    visitor.fill("#id_text", LAMP)
    visitor.get_by_role("button", name="Save and share").click()
    visitor.locator("#trust summary").click()
    assert_sound(visitor)


def test_a_finished_round_is_sound(visitor: Page) -> None:
    visitor.goto("/guess/")
    visitor.locator(".suspects button").first.click()
    assert_sound(visitor)
    for _ in range(9):
        visitor.get_by_role("button", name="Next tweet").click()
        visitor.locator(".suspects button").first.click()
    visitor.get_by_role("button", name="Your result").click()
    expect(visitor.locator(".share-result img")).to_be_visible()
    assert_sound(visitor)


def test_a_text_on_the_map_is_sound(visitor: Page) -> None:
    visitor.goto("/compare/?one=gullrock_keeper&other=VesperOnFilm")
    expect(visitor.locator("#apart table")).to_be_visible()
    assert_sound(visitor)
    visitor.get_by_label("Your own text", exact=True).fill(LAMP)
    visitor.get_by_role("button", name="Place it").click()
    expect(visitor.locator(".among li").first).to_be_visible()
    visitor.get_by_text("Everybody, and who").click()
    visitor.locator("a.dot").first.focus()
    assert_sound(visitor)


def test_a_ranking_of_voices_is_sound(visitor: Page) -> None:
    visitor.goto("/voice/")
    visitor.fill("#id_text", LAMP)
    visitor.get_by_role("button", name="Whose voice?").click()
    assert_sound(visitor)


def test_a_table_of_answers_is_sound(visitor: Page) -> None:
    visitor.goto("/batch/")
    visitor.fill("#id_texts", LAMP)
    visitor.get_by_role("button", name="Show the table").click()
    assert_sound(visitor)


def test_without_script_everything_is_in_its_place(new_page: NewPage) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(GROUP)
    page.fill("#id_text", LAMP)
    page.get_by_role("button", name="Who wrote it?").click()
    expect(page.locator(".verdict")).to_be_visible()
    expect(page.locator(".people-choice")).to_be_visible()
    expect(page.get_by_role("link", name="Find more people")).to_be_visible()


def come_late(route: Route) -> None:
    """As over a slow connection: the page is painted before the script is there."""
    time.sleep(0.3)
    route.continue_()


@pytest.mark.parametrize("width", [390, 1024, 1280])
@pytest.mark.parametrize("more", ["", "&users=DrizzlefordWx"])
def test_the_page_does_not_jump_while_it_loads(
    page: Page, width: int, more: str
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.route("**/tom-select*.js", come_late)
    page.add_init_script(
        "window.shifted = 0;"
        "new PerformanceObserver((list) => {"
        "  for (const e of list.getEntries()) window.shifted += e.value;"
        "}).observe({type: 'layout-shift', buffered: true});"
    )
    page.goto(GROUP + more)
    expect(page.locator(".ts-control .item")).to_have_count(4 if more else 3)
    page.wait_for_timeout(200)
    assert page.evaluate("window.shifted") < 0.005
