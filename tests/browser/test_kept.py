"""The question is never lost: not by reloading, going back, or looking at people."""

import re

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import NewPage

PEOPLE = ["gullrock_keeper", "VesperOnFilm", "PlumstoneTilDie"]
GROUP = "/?users=gullrock_keeper&users=VesperOnFilm&users=PlumstoneTilDie"
LAMP = "Log. Wind SW 6, lamp lit & 100% #gull: “back”."


def picked(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        "new FormData(document.getElementById('question')).getAll('users')"
    )
    return found


def ask(page: Page) -> list[str]:
    """Asks other people than the address names, by style; returns who they are."""
    page.goto(GROUP)
    page.locator(".ts-control .remove").first.click()
    page.get_by_label("Judge the style only").check()
    page.fill("#id_text", LAMP)
    expect(page.locator(".answer input[name=text]")).to_have_value(LAMP)
    expect(page).to_have_url(re.compile("style_only=on#text=.*back"))
    return picked(page)


def assert_restored(page: Page, people: list[str]) -> None:
    expect(page.locator("#id_text")).to_have_value(LAMP)
    expect(page.locator("#count")).to_have_text(f"{len(LAMP)} / 5,000")
    expect(page.get_by_label("Judge the style only")).to_be_checked()
    expect(page.locator(".answer input[name=text]")).to_have_value(LAMP)
    assert picked(page) == people


def test_reload_back_forward_and_bookmark_bring_the_question_back(
    page: Page, new_page: NewPage
) -> None:
    people = ask(page)
    assert len(people) == 2
    page.reload()
    assert_restored(page, people)
    page.goto("/how-it-works/")
    page.go_back()
    assert_restored(page, people)
    page.go_forward()
    expect(page.locator("h1")).to_have_text("How it works")
    page.go_back()
    assert_restored(page, people)
    elsewhere = new_page()
    elsewhere.goto(page.url)
    assert_restored(elsewhere, people)


def test_no_address_that_a_server_sees_has_the_text(page: Page) -> None:
    seen: list[str] = []

    def look(request: Request) -> None:
        seen.append(request.url.partition("#")[0])
        seen.extend(request.all_headers().values())

    page.on("request", look)
    page.goto(GROUP)
    page.fill("#id_text", LAMP)
    expect(page).to_have_url(re.compile("lamp"))
    page.reload()
    expect(page.locator("#why .whys")).to_be_attached()
    assert seen
    assert not [value for value in seen if "lamp" in value]


def test_a_link_within_the_page_does_not_lose_the_text(page: Page) -> None:
    people = ask(page)
    page.get_by_role("link", name="Skip to content").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#text="))
    page.reload()
    assert_restored(page, people)


def test_try_another_keeps_the_people(page: Page) -> None:
    people = ask(page)
    page.get_by_role("link", name="Try another").click()
    assert_restored(page, people)
    page.keyboard.type("Something else altogether")
    expect(page.locator("#id_text")).to_have_value("Something else altogether")


def test_trying_another_from_a_saved_answer_brings_it_back(page: Page) -> None:
    people = ask(page)
    page.get_by_role("button", name="Save and share").click()
    page.get_by_role("button", name="Try another").click()
    expect(page.locator("#question")).to_be_visible()
    assert_restored(page, picked(page))
    assert set(picked(page)) == set(people)


def test_without_scripts_try_another_keeps_people_and_style(new_page: NewPage) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(GROUP)
    page.get_by_label("Judge the style only").check()
    page.fill("#id_text", LAMP)
    page.get_by_role("button", name="Who wrote it?").click()
    page.get_by_role("link", name="Try another").click()
    expect(page.locator("#question")).to_be_visible()
    boxes = page.locator(".person-chip input:checked")
    assert [box.get_attribute("value") for box in boxes.all()] == sorted(
        PEOPLE, key=str.lower
    )
    expect(page.get_by_label("Judge the style only")).to_be_checked()


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no script"])
def test_ticked_people_survive_searching_and_sorting(
    new_page: NewPage, scripts: bool
) -> None:
    page = new_page(java_script_enabled=scripts)

    def search(words: str) -> None:
        page.get_by_label("Name or handle").fill(words)
        if not scripts:
            page.get_by_role("button", name="Search").click()

    page.goto("/users/")
    page.get_by_label("Pick Osric Tallow").check()
    search("vesper")
    expect(page.locator(".person-card")).to_have_count(1)
    page.get_by_label("Pick Vesper Quillfeather").check()
    page.get_by_label("Sort by").select_option("Most tweets")
    search("")
    expect(page.locator(".person-card")).to_have_count(8)
    expect(page.get_by_label("Pick Osric Tallow")).to_be_checked()
    expect(page.get_by_label("Pick Vesper Quillfeather")).to_be_checked()
    page.get_by_role("button", name="Predict with").click()
    expect(page.locator("#question")).to_be_visible()
    assert "sort" not in page.url or not scripts
    assert re.findall(r"users=(\w+)", page.url) == ["gullrock_keeper", "VesperOnFilm"]


def test_sorting_and_filters_apply_at_once(page: Page) -> None:
    page.goto("/users/")
    first = page.locator(".person-card a").first
    name = first.inner_text()
    page.get_by_label("Sort by").select_option("Most tweets")
    expect(first).not_to_have_text(name)
    expect(page).to_have_url(re.compile("sort=tweets"))
    expect(page.get_by_role("button", name="Search")).to_be_hidden()
    page.get_by_label("Name or handle").press_sequentially("noor")
    expect(page.locator(".person-card")).to_have_count(1)
    expect(page.get_by_label("Name or handle")).to_be_focused()
    expect(page.locator("#found [role=status]")).to_have_text("1 person")


def test_the_bar_counts_stays_in_view_and_outlasts_other_pages(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 600})
    page.goto("/users/")
    bar = page.get_by_role("button", name="Predict with")
    expect(bar).to_be_hidden()
    page.get_by_label("Pick Osric Tallow").check()
    expect(bar).to_have_text("Predict with 1 person")
    page.get_by_label("Pick Vesper Quillfeather").check()
    expect(bar).to_have_text("Predict with 2 people")
    page.evaluate("window.scrollTo(0, 0)")
    expect(bar).to_be_in_viewport()
    page.get_by_role("link", name="Osric Tallow").click()
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="People", exact=True).click()
    expect(bar).to_have_text("Predict with 2 people")
    page.get_by_role("button", name="Untick all").click()
    expect(bar).to_be_hidden()
    expect(page.locator(".pick :checked")).to_have_count(0)
