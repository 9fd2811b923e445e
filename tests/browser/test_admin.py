"""Staff run the site from a browser alone."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.test_looks import AXE, assert_sound, violations
from tests.demo_site import ROOT, copy_of, database_of, served

PASSWORD = "a lamp in the fog"


@pytest.fixture(scope="module")
def site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site of its own: what happens here happens to no other module's tests."""
    folder = copy_of(demo, tmp_path_factory.mktemp("staff"))
    make_staff(folder)
    with served(folder) as address:
        yield address


def make_staff(folder: Path) -> None:
    environment = os.environ | {
        "DATABASE_URL": database_of(folder),
        "STAFF_USERNAME": "sue",
        "STAFF_PASSWORD": PASSWORD,
        "STAFF_ROLE": "operator",
    }
    subprocess.run(
        [sys.executable, "manage.py", "create_staff"],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )


@pytest.fixture
def staff(new_page: NewPage) -> Page:
    page = new_page()
    page.goto("/account/sign-in/")
    page.fill("#id_username", "sue")
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("h1")).to_have_text("sue")
    return page


def picture(page: Page, name: str) -> None:
    """Where SCREENSHOTS names a folder, a picture is put there."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"admin-{name}.png", full_page=True)


def test_everything_is_reset_and_the_demo_loaded_again(staff: Page) -> None:
    staff.goto("/admin/")
    expect(staff.locator("#dashboard")).to_contain_text("8, 8 listed")
    picture(staff, "1-dashboard")
    staff.goto("/admin/tweets/user/")
    picture(staff, "2-users")
    assert staff.locator(".results").evaluate("e => e.scrollWidth <= e.clientWidth")
    staff.get_by_role("link", name="Reset everything…").click()
    staff.fill("#id_word", "reset")
    picture(staff, "3-reset")
    staff.get_by_role("button", name="Delete all tweets").click()
    expect(staff.locator(".messagelist")).to_contain_text("tweets were deleted")
    picture(staff, "4-after-reset")
    staff.goto("/")
    expect(staff.locator("main")).to_contain_text("Nobody has enough tweets yet")
    picture(staff, "5-empty-site")
    staff.get_by_role("button", name="Load the demo").click()
    expect(staff.locator(".messagelist")).to_contain_text("8 demo users are here")
    picture(staff, "6-after-seed")
    staff.goto("/?users=gullrock_keeper&users=VesperOnFilm")
    staff.fill("#id_text", "Log. Wind SW 6, lamp lit. The gull is back.")
    staff.get_by_role("button", name="Who wrote it?").click()
    expect(staff.locator(".answer .verdict")).to_contain_text("@gullrock_keeper")


def test_feedback_comes_in_and_is_accepted(staff: Page) -> None:
    staff.goto("/?users=gullrock_keeper&users=VesperOnFilm")
    staff.fill("#id_text", "Log. Wind SW 6, lamp lit. The gull is back.")
    staff.get_by_role("button", name="Save and share").click()
    staff.get_by_role("button", name=re.compile("Right, it was")).click()
    staff.goto("/admin/")
    staff.get_by_role("link", name="Feedback to review").click()
    expect(staff.locator("#result_list")).to_contain_text("@gullrock_keeper")
    picture(staff, "7-feedback")
    for action, state in [
        ("Accept: use for training", "accepted"),
        ("Undo: back into the queue", "pending"),
    ]:
        staff.goto("/admin/prediction/feedback/")
        staff.locator(".action-select").first.check()
        staff.get_by_label("Action:").select_option(action)
        staff.get_by_role("button", name="Go").click()
        expect(staff.locator("#result_list .field-state")).to_have_text(state)


def test_a_key_is_made_and_revoked(staff: Page) -> None:
    staff.goto("/account/")
    staff.get_by_text("Make a key", exact=True).click()
    staff.fill("#id_name", "my robot")
    staff.get_by_role("button", name="Make the key").click()
    expect(staff.get_by_label("Your new key")).to_have_value(re.compile("^hypo_"))
    picture(staff, "8-key")
    staff.get_by_role("button", name="Revoke my robot").click()
    expect(staff.locator("main")).to_contain_text("no longer works")
    expect(staff.locator("main")).to_contain_text("None yet")


ADMIN = [
    "/admin/",
    "/admin/tweets/user/",
    "/admin/tweets/tweet/",
    "/admin/tweets/user/reset-everything/",
]
STANDARD = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.mark.parametrize("path", ["/account/", "/account/password/"])
def test_the_own_pages_are_sound(staff: Page, path: str) -> None:
    staff.goto(path)
    assert_sound(staff)


@pytest.mark.parametrize("path", ADMIN)
def test_the_pages_of_staff_keep_to_the_standard(staff: Page, path: str) -> None:
    for theme in ("light", "dark"):
        staff.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        staff.goto(path)
        staff.evaluate(AXE.axe_script)
        assert violations(staff, STANDARD) == [], theme
