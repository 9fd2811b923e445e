"""A real Chromium and a site with the demo users, once per run."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.demo_site import find_chromium, served_demo

CHROMIUM = find_chromium()
# Browsers log every answer that is not a success; refusing is part of the site, and
# leaving a page ends the requests that it has under way.
EXPECTED = re.compile(
    r"status of 4\d\d|Status Error Code 4\d\d|htmx:(afterRequest|send)|ERR_ABORTED",
    re.IGNORECASE,
)
NewPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = "no Chromium: install one, or name it in CHROMIUM"
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served_demo(tmp_path_factory.mktemp("demo")) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Containers often run as root, where Chromium's sandbox cannot.
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        yield opened
        opened.close()


@pytest.fixture
def new_page(browser: Browser, site: str) -> Iterator[NewPage]:
    """Opens pages of the site; whatever one complains about fails the test."""
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def make(**options: Any) -> Page:
        context = browser.new_context(base_url=site, **options)
        context.set_default_timeout(60_000)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: complaints.append(said.text) if said.type == "error" else None,
        )
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((site, "data:"))
                else complaints.append(f"left the site: {request.url}")
            ),
        )
        return page

    yield make
    unexpected = [said for said in complaints if not EXPECTED.search(said)]
    for context in opened:
        context.close()
    assert unexpected == []


@pytest.fixture
def page(new_page: NewPage) -> Page:
    return new_page()
