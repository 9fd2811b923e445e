"""Many texts at once, as people use it at work."""

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import machines
from tests.browser.conftest import SETTINGS, NewPage
from tests.browser.test_looks import assert_sound
from tests.demo_site import copy_of, run_in, served
from tweets.tests.cast import texts_of

PEOPLE = ["gullrock_keeper", "VesperOnFilm", "PlumstoneTilDie"]
GROUP = "?" + "&".join(f"users={handle}" for handle in PEOPLE)

# Nobody waits for a minute until it no longer counts as running.
WORK = """
from django.core.management import call_command
from common.models import Worker
call_command("db_worker", batch=True, reload=False, verbosity=0)
Worker.objects.all().delete()
"""


@pytest.fixture(scope="module")
def folder(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of(demo, tmp_path_factory.mktemp("many"))


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    uploads = str(folder / "uploads")
    with served(folder, DJANGO_SETTINGS_MODULE=SETTINGS, UPLOAD_DIR=uploads) as address:
        yield address


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def anybody(request: pytest.FixtureRequest, new_page: NewPage) -> Page:
    return new_page(java_script_enabled=request.param, reduced_motion="reduce")


def table(repeated: int = 1, name: str = "text") -> bytes:
    """Tweets with their authors, a tab, and what a spreadsheet would run."""
    written = StringIO()
    writer = csv.writer(written, delimiter=";")
    writer.writerow(["no", name, "Author", "note"])
    for number in range(repeated):
        for handle in PEOPLE:
            for text in texts_of(handle, 46)[40:]:
                writer.writerow([number, f"{text} &amp; so on", f"@{handle}", "=1+1"])
    return written.getvalue().encode("utf-16")


def send(page: Page, content: bytes, name: str = "tweets.csv") -> None:
    page.goto("/batch/" + GROUP)
    file = {"name": name, "mimeType": "text/csv", "buffer": content}
    page.get_by_label("Or a file").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Show the table").click()


def test_a_file_becomes_a_table_that_sorts_filters_counts_and_judges(
    anybody: Page,
) -> None:
    send(anybody, table())
    expect(anybody.locator("h1")).to_have_text("tweets.csv")
    rows = anybody.locator(".batch-table tbody tr")
    expect(rows).to_have_count(18)
    expect(rows.first).to_contain_text("& so on")
    assert_above(anybody, ".batch-table", "form.batch")
    expect(anybody.locator(".totals")).to_contain_text("Osric Tallow")
    expect(anybody.get_by_text("of 18 texts by these people")).to_be_visible()
    expect(anybody.locator("table.confusion tbody tr")).to_have_count(3)
    anybody.get_by_label("Given to").select_option("gullrock_keeper")
    anybody.get_by_label("Order").select_option("surest first")
    anybody.get_by_role("button", name="Show", exact=True).click()
    expect(anybody.locator("#table-title")).to_contain_text("of 18 texts")
    named = rows.locator("td:nth-child(3) a").all_inner_texts()
    assert set(named) == {"@gullrock_keeper"}
    with anybody.expect_download() as download:
        anybody.get_by_role("button", name="Excel").click()
    assert download.value.suggested_filename == "hypotweet.xlsx"
    with anybody.expect_download() as download:
        anybody.get_by_role("button", name="CSV", exact=True).click()
    lines = list(csv.DictReader(StringIO(Path(download.value.path()).read_text())))
    assert len(lines) == 18
    assert list(lines[0])[:4] == ["no", "text", "Author", "note"]
    assert lines[0]["note"] == "'=1+1"


def assert_above(page: Page, first: str, second: str) -> None:
    above, below = (page.locator(place).bounding_box() for place in (first, second))
    assert above
    assert below
    assert above["y"] < below["y"]


@pytest.mark.refused(422)
def test_a_table_without_texts_is_refused_by_name(anybody: Page) -> None:
    send(anybody, table(name="message"))
    expect(anybody.locator("#file-errors")).to_contain_text(
        "no column with texts: found “no”, “message”, “Author”, “note”"
    )


def test_much_work_shows_how_far_it_is(anybody: Page, folder: Path) -> None:
    long = "\n".join("the lamp is lit and the gull is back " * 100 for _ in range(40))
    send(anybody, long.encode(), "long.txt")
    address = anybody.url
    if not machines.SERVER:  # which has workers that run
        wait_for_a_worker(anybody, folder)
    # No click: the page looks again by itself.
    expect(anybody.locator(".batch-table tbody tr")).to_have_count(40)
    anybody.goto("/batch/")
    anybody.get_by_role("link", name="long.txt").first.click()
    expect(anybody).to_have_url(address)
    anybody.get_by_role("button", name="Delete").click()
    expect(anybody.get_by_role("status")).to_contain_text("deleted")


def wait_for_a_worker(anybody: Page, folder: Path) -> None:
    expect(anybody.locator("h2", has_text="Waiting")).to_be_visible()
    expect(anybody.locator(".notice")).to_contain_text("Nothing works")
    if anybody.evaluate("typeof htmx !== 'undefined'"):
        assert_sound(anybody)
    run_in(folder, WORK, UPLOAD_DIR=str(folder / "uploads"))


def test_the_same_texts_for_other_people(page: Page) -> None:
    send(page, table())
    page.locator("form.batch .remove").first.click()
    page.get_by_role("button", name="Show the table").click()
    expect(page.get_by_text("18 answers for 2 people")).to_be_visible()
    expect(page.get_by_text("6 are by somebody else")).to_be_visible()


def test_the_table_is_sound(new_page: NewPage) -> None:
    page = new_page(reduced_motion="reduce")
    send(page, table())
    expect(page.locator(".batch-table")).to_be_visible()
    page.get_by_text("Which columns?").click()
    assert_sound(page)


def test_nobody_else_opens_it(new_page: NewPage) -> None:
    page = new_page()
    send(page, table())
    expect(page.locator(".batch-table")).to_be_visible()
    other = new_page()
    assert other.context.request.get(page.url).status == 404
