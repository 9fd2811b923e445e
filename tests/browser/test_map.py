"""The map comes nearer by wheel, keys, buttons and fingers, and says who is who."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewPage

FIVE_LINES = re.compile(r"^(M[\d.]+ [\d.]+L[\d.]+ [\d.]+){5}$")
LAMP = "Log. Wind SW 6, lamp lit. The gull is back."
COVERED = """() => {
    const boxes = [...document.querySelectorAll(".map a:not(.bare) text")].map(
        (text) => text.getBoundingClientRect());
    return boxes.some((one, place) => boxes.slice(place + 1).some((other) =>
        Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1
        && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 1));
}"""


@pytest.fixture
def card(page: Page) -> Locator:
    page.goto("/compare/#map")
    expect(page.get_by_role("button", name="Zoom in")).to_be_visible()
    return page.locator("#map")


ZOOM = """() => {
    const map = document.querySelector(".map");
    const fit = Math.min(map.clientWidth / 116, map.clientHeight / 76);
    return map.clientWidth / fit / map.viewBox.baseVal.width;
}"""


def zoom(page: Page) -> float:
    """How many times nearer the map is than as a whole."""
    return float(page.evaluate(ZOOM))


@pytest.mark.parametrize("width", [390, 1280])
def test_names_never_cover_each_other_and_more_appear(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/compare/")
    named = []
    for _ in range(5):
        named.append(page.locator(".map a:not(.bare)").count())
        assert not page.evaluate(COVERED)
        page.get_by_role("button", name="Zoom in").click()
    assert named == sorted(named)
    assert named[-1] == page.locator(".map a.dot").count()


def test_buttons_and_keys_zoom_and_move(page: Page, card: Locator) -> None:
    expect(page.get_by_role("button", name="Zoom out")).to_be_disabled()
    page.get_by_role("button", name="Zoom in").click()
    assert zoom(page) == pytest.approx(1.5, rel=0.01)
    for key, times in (("+", 2.25), ("=", 3.375), ("-", 2.25)):
        page.keyboard.press(key)
        assert zoom(page) == pytest.approx(times, rel=0.01)
    left = "document.querySelector('.map').viewBox.baseVal.x"
    before = page.evaluate(left)
    page.keyboard.press("ArrowRight")
    assert page.evaluate(left) > before
    page.keyboard.press("0")
    assert zoom(page) == pytest.approx(1, rel=0.01)


def test_the_wheel_brings_nearer_what_is_under_it(page: Page, card: Locator) -> None:
    page.wait_for_timeout(400)
    dot = card.locator("a.dot circle").first
    box = dot.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.wheel(0, -500)
    expect(page.locator(".map.nearer")).to_be_visible()
    after = dot.bounding_box()
    assert after
    # The view stops at the edges of the map.
    assert abs(after["x"] + after["width"] / 2 - x) < 60
    assert zoom(page) > 2


def test_scrolling_past_the_map_goes_on(page: Page, card: Locator) -> None:
    page.wait_for_timeout(400)
    box = card.bounding_box()
    assert box
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    before = page.evaluate("scrollY")
    page.mouse.wheel(0, 300)
    page.wait_for_function("before => scrollY > before", arg=before)
    assert zoom(page) == pytest.approx(1, rel=0.01)


def test_a_drag_moves_the_map_and_is_no_click(page: Page, card: Locator) -> None:
    for _ in range(3):
        page.get_by_role("button", name="Zoom in").click()
    box = card.locator("svg.map").bounding_box()
    assert box
    left = "document.querySelector('.map').viewBox.baseVal.x"
    before = page.evaluate(left)
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 220, box["y"] + 200, steps=4)
    page.mouse.up()
    assert page.evaluate(left) > before
    assert page.url.endswith("/compare/#map")


def test_two_fingers_bring_it_nearer(new_page: NewPage) -> None:
    page = new_page(has_touch=True, viewport={"width": 390, "height": 844})
    page.goto("/compare/#map")
    box = page.locator("svg.map").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)

    def fingers(kind: str, apart: float) -> None:
        points = [{"x": x - apart, "y": y, "id": 1}, {"x": x + apart, "y": y, "id": 2}]
        touch.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [] if kind == "touchEnd" else points},
        )

    fingers("touchStart", 30)
    for apart in (40, 60, 80, 100):
        fingers("touchMove", apart)
    fingers("touchEnd", 100)
    assert zoom(page) > 2
    page.get_by_role("button", name="Whole map").click()
    dot = page.locator("a.dot").first
    dot.locator("circle").tap()
    expect(page.locator(".map-hover")).to_contain_text("Writes most like")
    dot.locator("circle").tap()
    expect(page.locator("h1")).not_to_have_text("Who sounds like whom")


def test_a_dot_says_who_it_is_and_who_writes_most_alike(
    page: Page, card: Locator
) -> None:
    page.get_by_role("link", name="Osric Tallow, cluster").focus()
    said = page.locator(".map-hover")
    expect(said).to_contain_text("Osric Tallow")
    row = page.locator("#everybody tr", has_text="gullrock_keeper").locator("td").last
    expect(said).to_contain_text(f"Writes most like {row.text_content()}")
    assert page.locator(".map .near").count() == 5
    expect(card.locator(".threads")).to_have_attribute("d", FIVE_LINES)
    page.keyboard.press("Escape")
    expect(said).to_be_hidden()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_text_of_ones_own_is_a_point_and_never_in_the_address(
    new_page: NewPage, script: bool
) -> None:
    page = new_page(java_script_enabled=script)
    page.goto("/compare/")
    page.get_by_label("Your own text", exact=True).fill(LAMP)
    page.get_by_role("button", name="Place it").click()
    expect(page.get_by_role("img", name="Your text")).to_be_visible()
    expect(page.locator(".among li").first).to_contain_text("Osric Tallow")
    assert page.url.endswith("/compare/#map")
    page.get_by_label("One", exact=True).fill("gullrock_keeper")
    page.get_by_label("The other").fill("VesperOnFilm")
    page.get_by_role("button", name="How many tweets").click()
    expect(page.locator("#apart")).to_contain_text("right 95 times out of 100")
