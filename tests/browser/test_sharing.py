"""Saved answers on their way to other people and other pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import NewPage
from tests.browser.test_looks import assert_sound

GROUP = "/?users=gullrock_keeper&users=VesperOnFilm&users=PlumstoneTilDie"
LAMP = "Log. Wind SW 6, lamp lit. The gull is back."
# Chromium has it on some systems only.
SHARES = """
Object.defineProperty(navigator, "share", {
    configurable: true,
    value: async (what) => { window.shared = what; }
});
"""
NOWHERE = (
    'Object.defineProperty(navigator, "share", {value: undefined, writable: true});'
)


@contextmanager
def other_site(html: str) -> Iterator[str]:
    """The address of a site of another origin that shows this."""

    class Shows(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Shows)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def save(page: Page) -> str:
    page.goto(GROUP)
    page.fill("#id_text", LAMP)
    page.get_by_role("button", name="Save and share").click()
    expect(page.locator("h1")).to_contain_text("Wind SW 6")
    page.wait_for_load_state()  # until its buttons have their scripts
    return page.get_by_label("Address to share").input_value()


def test_the_browsers_own_sheet_shares_the_address(page: Page) -> None:
    page.add_init_script(SHARES)
    address = save(page)
    page.get_by_role("button", name="Share", exact=True).click()
    page.wait_for_function("() => window.shared")
    shared = page.evaluate("window.shared")
    assert shared["url"] == address
    assert "@gullrock_keeper" in shared["title"]
    page.get_by_text("Embed it in a page").click()
    assert_sound(page)


def test_who_closes_the_sheet_hears_nothing(page: Page) -> None:
    page.add_init_script(
        SHARES.replace(
            "window.shared = what;", "throw new DOMException('', 'AbortError');"
        )
    )
    save(page)
    page.get_by_role("button", name="Share", exact=True).click()
    expect(page.locator("#copied")).to_be_empty()


def test_elsewhere_the_address_is_copied(new_page: NewPage) -> None:
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.add_init_script(NOWHERE)
    address = save(page)
    expect(page.get_by_role("button", name="Share", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator("#copied")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == address
    page.get_by_text("Embed it in a page").click()
    page.get_by_role("button", name="Copy the HTML").click()
    expect(page.locator("#frame-copied")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()").startswith("<iframe")


def test_another_site_may_frame_the_embedded_answer(
    page: Page, browser: Browser, site: str
) -> None:
    address = save(page)
    answer = page.context.request.get(f"{site}/oembed?url={address}").json()
    elsewhere = browser.new_context()
    theirs = elsewhere.new_page()
    with other_site(answer["html"]) as other:
        theirs.goto(other)
    frame = theirs.frame_locator("iframe")
    expect(frame.locator("h1")).to_contain_text("@gullrock_keeper")
    theirs.frames[-1].wait_for_load_state("load")  # until its styles are there
    high, seen = frame.locator("body").evaluate(
        "body => [document.documentElement.scrollHeight, window.innerHeight]"
    )
    assert high <= seen
    assert elsewhere.cookies() == []
    elsewhere.close()


@pytest.mark.parametrize("path", ["", "embed/"])
def test_what_others_see_is_sound(page: Page, path: str) -> None:
    page.goto(save(page) + path)
    assert_sound(page)
