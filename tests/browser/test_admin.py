"""Staff run the site from a browser alone."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.test_looks import AXE, assert_sound, violations
from tests.demo_site import copy_of, run_in, served

PASSWORD = "a lamp in the fog"
# An operator, and a line in the lists of fetches and of tasks.
MAKE_STAFF = """
from django.core.management import call_command
from tweets.models import Fetch, User
from tweets.tasks import check_upload
call_command("create_staff")
words = "X did not answer within 30 seconds, so nothing was read of this user."
Fetch.objects.create(user=User.objects.first(), outcome="failed", message=words)
check_upload.enqueue(0)
"""
# axe would read imported sheets into elements that the site's own policy forbids.
STANDARD: dict[str, object] = {
    "preload": False,
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
}


@pytest.fixture(scope="module")
def site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site of its own: what happens here happens to no other module's tests."""
    folder = copy_of(demo, tmp_path_factory.mktemp("staff"))
    run_in(
        folder,
        MAKE_STAFF,
        STAFF_USERNAME="sue",
        STAFF_PASSWORD=PASSWORD,
        STAFF_ROLE="operator",
    )
    with served(folder) as address:
        yield address


@pytest.fixture
def staff(new_page: NewPage) -> Page:
    page = new_page()
    sign_in(page)
    return page


def sign_in(page: Page) -> None:
    page.goto("/account/sign-in/")
    page.fill("#id_username", "sue")
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("h1")).to_have_text("sue")


def assert_standard(page: Page) -> None:
    page.evaluate(AXE.axe_script)
    assert violations(page, STANDARD) == []


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


def test_a_merge_is_warned_about_done_and_undone(staff: Page) -> None:
    staff.goto("/users/gullrock_keeper/")
    staff.get_by_role("link", name=re.compile("^Manage")).click()
    choices = staff.get_by_role("region", name=re.compile("What can be done with"))
    expect(choices.get_by_role("button", name="Erase and opt out…")).to_be_visible()
    picture(staff, "9-user")
    choices.get_by_label("Merge with the user").fill("@DrizzlefordWx")
    choices.get_by_role("button", name="Compare and merge…").click()
    expect(staff.locator(".errornote")).to_contain_text("may be different people")
    assert_standard(staff)
    picture(staff, "10-merge")
    staff.get_by_label(re.compile("gullrock_keeper")).check()
    staff.get_by_label("They are one person all the same.").check()
    staff.get_by_role("button", name="Merge them").click()
    expect(staff.locator(".messagelist")).to_contain_text("merged into")
    staff.goto("/users/DrizzlefordWx/")
    expect(staff).to_have_url(re.compile("/users/gullrock_keeper/$"))
    staff.get_by_role("link", name=re.compile("^Manage")).click()
    staff.get_by_role("link", name="Undo the merge of @DrizzlefordWx…").click()
    staff.get_by_role("button", name="Yes, undo the merge").click()
    expect(staff.locator(".messagelist")).to_contain_text("is a user again")
    staff.get_by_role("link", name="Changes", exact=True).first.click()
    staff.goto("/admin/common/auditentry/")
    for words in ("merge undone", "merged", "@DrizzlefordWx into @gullrock_keeper"):
        expect(staff.locator("#result_list")).to_contain_text(words)
    picture(staff, "11-audit")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_users_page_and_the_audit_fit_a_phone(new_page: NewPage, theme: str) -> None:
    phone = new_page(viewport={"width": 390, "height": 844}, color_scheme=theme)
    sign_in(phone)
    phone.goto("/users/gullrock_keeper/")
    phone.get_by_role("link", name=re.compile("^Manage")).click()
    section = phone.locator(".choices")
    assert section.evaluate("e => e.scrollWidth <= innerWidth")
    assert_standard(phone)
    picture(phone, f"12-user-{theme}")
    phone.goto("/admin/common/auditentry/")
    assert_standard(phone)
    picture(phone, f"13-audit-{theme}")


@pytest.mark.parametrize("path", ["tweets/fetch", "django_tasks_database/dbtaskresult"])
def test_lists_of_work_fit_a_phone(new_page: NewPage, path: str) -> None:
    phone = new_page(viewport={"width": 390, "height": 844})
    sign_in(phone)
    phone.goto(f"/admin/{path}/")
    fits = "e => e.scrollWidth <= e.clientWidth"
    assert phone.locator(".results").evaluate(fits)


ADMIN = [
    "/admin/",
    "/admin/common/auditentry/",
    "/admin/tweets/user/",
    "/admin/tweets/tweet/",
    "/admin/tweets/user/reset-everything/",
]


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


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_lies_over_the_titles_of_a_user(new_page: NewPage, width: int) -> None:
    page = new_page(viewport={"width": width, "height": 800})
    sign_in(page)
    page.goto("/admin/tweets/user/")
    assert bottom(page, "#content h1") <= top(page, ".object-tools")
    page.locator("#result_list tbody th a").first.click()
    page.wait_for_url("**/change/**")
    assert bottom(page, ".submit-row") <= top(page, ".choices h2")
    for selector in (".object-tools", ".submit-row"):
        assert not covers(page, ".choices h2", selector)


def top(page: Page, selector: str) -> float:
    return page.locator(selector).first.bounding_box()["y"]


def bottom(page: Page, selector: str) -> float:
    box = page.locator(selector).last.bounding_box()
    return box["y"] + box["height"]


def covers(page: Page, one: str, other: str) -> bool:
    return top(page, one) < bottom(page, other) and top(page, other) < bottom(page, one)
