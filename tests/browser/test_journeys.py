"""What visitors come for, from one page to the next."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewPage

GROUP = "/?users=gullrock_keeper&users=VesperOnFilm&users=PlumstoneTilDie"
LAMP = "Log. Wind SW 6, lamp lit. The gull is back."


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def anybody(request: pytest.FixtureRequest, new_page: NewPage) -> Page:
    """A visitor with JavaScript, and one without."""
    return new_page(java_script_enabled=request.param)


def ask(page: Page) -> None:
    page.goto(GROUP)
    page.fill("#id_text", LAMP)
    page.get_by_role("button", name="Who wrote it?").click()
    expect(page.locator(".answer .verdict")).to_contain_text("@gullrock_keeper")


def test_ask_save_share_and_tell(anybody: Page) -> None:
    ask(anybody)
    anybody.get_by_role("button", name="Save and share").click()
    expect(anybody.locator("h1")).to_contain_text("Wind SW 6")
    address = anybody.get_by_label("Address to share").input_value()
    expect(anybody).to_have_url(address)
    anybody.get_by_label("Wrong, it was…").select_option("Somebody else")
    anybody.get_by_role("button", name="Send").click()
    expect(anybody.locator("#feedback")).to_contain_text("You told us it was")


def test_was_it_right(anybody: Page) -> None:
    ask(anybody)
    anybody.get_by_role("button", name="Was it right?").click()
    expect(anybody).to_have_url(re.compile("#feedback$"))
    anybody.get_by_role("button", name="Right, it was Osric Tallow").click()
    expect(anybody.locator("#feedback")).to_contain_text("@gullrock_keeper")


def test_guess_who(anybody: Page) -> None:
    anybody.goto("/guess/")
    for number in range(1, 11):
        expect(anybody.locator(".suspects button")).to_have_count(4)
        anybody.locator(".suspects button").first.click()
        expect(anybody.locator(".verdict")).to_contain_text("was")
        expect(anybody.locator(".rounds li a")).to_have_count(number)
        onward = "Your result" if number == 10 else "Next tweet"
        anybody.get_by_role("button", name=onward).click()
    shared = anybody.get_by_label("To share").input_value()
    assert "/10, the model" in shared
    anybody.goto(shared.split("\n")[-1])
    expect(anybody.locator(".share-result img")).to_be_visible()
    anybody.get_by_role("button", name="Play today").click()
    expect(anybody.get_by_text("That was today’s ten")).to_be_visible()


def test_guess_who_in_free_play(anybody: Page) -> None:
    anybody.goto("/guess/")
    anybody.get_by_role("link", name="Free play").click()
    anybody.locator(".suspects button").first.click()
    expect(anybody.locator(".verdict")).to_contain_text("was")
    expect(anybody.locator(".score")).to_contain_text("Rounds")
    anybody.get_by_role("button", name="Next tweet").click()
    expect(anybody.locator(".suspects button")).to_have_count(4)


def test_a_result_is_copied_or_shared(new_page: NewPage) -> None:
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.add_init_script("navigator.share = async (what) => { window.shared = what; };")
    page.goto("/guess/")
    for _ in range(10):
        page.locator(".suspects button").first.click()
        page.locator(".actions a[role=button]").click()
    words = page.get_by_label("To share").input_value()
    page.wait_for_load_state()  # until the buttons have their scripts
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#copied")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == words
    page.get_by_role("button", name="Share", exact=True).click()
    page.wait_for_function("() => window.shared")
    assert page.evaluate("window.shared.text") == words


def test_whose_voice(anybody: Page) -> None:
    anybody.goto("/voice/")
    anybody.get_by_label("Text, or tweets one a line").fill(f"{LAMP}\nPorridge again.")
    anybody.get_by_role("button", name="Whose voice?").click()
    expect(anybody.locator(".verdict")).to_contain_text("@gullrock_keeper")


def test_many_at_once(anybody: Page) -> None:
    anybody.goto("/batch/" + GROUP[1:])
    anybody.get_by_label("Texts, one a line").fill(f"{LAMP}\nUP THE PLUMS!!!")
    anybody.get_by_role("button", name="Show the table").click()
    expect(anybody.locator(".batch-table tbody tr")).to_have_count(2)
    anybody.get_by_label("Texts, one a line").fill(LAMP)
    with anybody.expect_download() as download:
        anybody.get_by_role("button", name="Download CSV").click()
    assert download.value.suggested_filename == "hypotweet.csv"


def test_from_the_list_of_people_to_a_prediction(anybody: Page) -> None:
    anybody.goto("/users/?q=o")
    anybody.get_by_label("Pick Osric Tallow").check()
    anybody.get_by_label("Pick Vesper Quillfeather").check()
    anybody.get_by_role("button", name="Predict with").click()
    anybody.fill("#id_text", LAMP)
    anybody.get_by_role("button", name="Who wrote it?").click()
    expect(anybody.locator(".candidates li")).to_have_count(3)


def test_from_a_person_to_a_prediction(anybody: Page) -> None:
    anybody.goto("/users/")
    anybody.get_by_role("link", name="Osric Tallow").click()
    expect(anybody.get_by_role("heading", name="Typical of")).to_be_visible()
    anybody.get_by_label("Search in these tweets").fill("gull")
    anybody.keyboard.press("Enter")
    expect(anybody.locator(".timeline li").first).to_contain_text("ull")
    anybody.get_by_role("button", name="Predict with Osric Tallow").click()
    expect(anybody.locator("#people")).to_contain_text("Osric Tallow")


def test_the_map_leads_to_people_by_keyboard(page: Page) -> None:
    page.goto("/compare/")
    page.get_by_role("link", name="Osric Tallow, cluster").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Osric Tallow")


def test_a_phone_has_everything_in_its_menu(anybody: Page) -> None:
    anybody.set_viewport_size({"width": 390, "height": 844})
    anybody.goto("/how-it-works/")
    entry = anybody.get_by_role("navigation").get_by_text("Guess who")
    expect(entry).to_be_hidden()
    anybody.get_by_role("button", name="Menu").focus()
    anybody.keyboard.press("Enter")
    expect(entry).to_be_in_viewport()
    anybody.keyboard.press("Escape")
    expect(entry).to_be_hidden()
    anybody.get_by_role("button", name="Menu").click()
    entry.click()
    expect(anybody.locator("h1")).to_have_text("Guess who")


def tab_to(page: Page, target: Locator) -> None:
    """Presses Tab until the target has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("found => found === document.activeElement"):
            return
    pytest.fail("the keyboard does not get there")


def test_the_keyboard_alone_asks_saves_and_tells(page: Page) -> None:
    page.goto(GROUP)
    tab_to(page, page.get_by_role("combobox", name="Who could have written it?"))
    with page.expect_response("**/users.json?q=noor"):
        page.keyboard.type("noor")
    expect(page.locator(".ts-dropdown .option")).to_have_count(1)
    page.keyboard.press("Enter")
    tab_to(page, page.locator("#id_text"))
    page.keyboard.type(LAMP)
    expect(page.locator(".candidates li")).to_have_count(5)
    expect(page.locator("#closest .quotes li").first).to_be_visible()
    tab_to(page, page.get_by_role("button", name="Save and share"))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Wind SW 6")
    tab_to(page, page.locator("#trust summary"))
    page.keyboard.press("Enter")
    expect(page.locator("#trust .confusion")).to_be_visible()
    tab_to(page, page.get_by_label("Wrong, it was…"))
    page.keyboard.type("Somebody")
    tab_to(page, page.get_by_role("button", name="Send"))
    page.keyboard.press("Enter")
    expect(page.locator("#feedback")).to_contain_text("You told us it was")


def test_without_script_checkboxes_pick_people(new_page: NewPage) -> None:
    page = new_page(java_script_enabled=False)
    page.goto("/")
    picked = page.locator(".person-chip input:checked")
    while picked.count():
        picked.first.uncheck(force=True)
    page.get_by_label("Everyone").check(force=True)
    page.fill("#id_text", LAMP)
    page.get_by_role("button", name="Who wrote it?").click()
    expect(page.locator(".candidates li")).to_have_count(9)


def test_without_script_surprise_me_keeps_the_text(new_page: NewPage) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(GROUP)
    page.fill("#id_text", LAMP)
    page.get_by_role("button", name="Surprise me").click()
    expect(page.locator("#id_text")).to_have_value(LAMP)
    expect(page.locator(".person-chip input:checked")).to_have_count(4)


def test_the_first_tab_skips_to_the_content(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to content")
