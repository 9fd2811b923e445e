"""A real Chromium and a site with the demo users, once per run."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from tests import machines
from tests.demo_site import copy_of, find_chromium, make_demo, served

CHROMIUM = find_chromium()
SETTINGS = "tests.browser.site_settings"
REFUSED = re.compile(
    r"Failed to load resource: the server responded with a status of (\d+) \([\w ]*\)"
    r"|Response Status Error Code (\d+) from /\S+, \[object HTMLElement\]"
)
REPORT_POLICY = """
addEventListener("securitypolicyviolation", (event) => console.error(
    `policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
NewPage = Callable[..., Page]
# Milliseconds: no test fails because the machine is busy.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "refused(*statuses): the test provokes answers with these statuses"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = ""
    if CHROMIUM is None:
        reason = "no Chromium: install one, or name it in CHROMIUM"
    elif machines.SERVER and not machines.NGINX:
        reason = "no nginx, which sends requests to two machines by turns"
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database of the demo users, for sites to begin with."""
    folder = tmp_path_factory.mktemp("demo")
    make_demo(folder)
    return folder


@pytest.fixture(scope="session")
def shared_site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = copy_of(demo, tmp_path_factory.mktemp("shared"))
    with served(folder, DJANGO_SETTINGS_MODULE=SETTINGS) as address:
        yield address


@pytest.fixture
def site(shared_site: str) -> str:
    """The address under test; a module may have one of its own."""
    return shared_site


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
def new_page(
    browser: Browser, site: str, request: pytest.FixtureRequest
) -> Iterator[NewPage]:
    """Opens pages of the site; whatever one complains about fails the test."""
    opened: list[BrowserContext] = []
    complaints: list[str] = []
    marks = request.node.iter_markers("refused")
    refused = {str(status) for mark in marks for status in mark.args}

    def listen(said: ConsoleMessage) -> None:
        if said.type == "error" and not is_expected(said.text, refused):
            complaints.append(said.text)

    def make(**options: Any) -> Page:
        context = browser.new_context(base_url=site, **options)
        context.set_default_timeout(PATIENCE)
        context.add_init_script(REPORT_POLICY)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", listen)
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
    for context in opened:
        context.close()
    assert complaints == []


def is_expected(said: str, refused: set[str]) -> bool:
    """Browsers log every refusal: a test names those that it provokes."""
    found = REFUSED.fullmatch(said)
    return found is not None and (found[1] or found[2]) in refused


@pytest.fixture
def page(new_page: NewPage) -> Page:
    return new_page()
