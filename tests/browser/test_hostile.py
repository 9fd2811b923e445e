"""Texts that try to become markup stay texts, on every page and for everybody.

Anything that runs, any element made of them, any complaint of the content security
policy and any error in the console fails.
"""

import csv
import json
import os
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import NewPage
from tests.demo_site import ROOT, database_of, new_database, served
from tests.hostile import HANDLES, HOSTILE, MARK, MARKUP

# Columns of access.txt.
ROLES = {"visitor": 0, "curator": 2, "superuser": 4}
WITHOUT_PAGE = {"302", "405"}
Hostile = tuple[str, list[tuple[str, list[str]]]]
REPORTED = """
window.faults = [];
addEventListener("securitypolicyviolation", (e) => window.faults.push(
    `policy: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`));
for (const name of ["alert", "confirm", "prompt"])
    window[name] = () => window.faults.push(name);
"""
FOUND = f"""() => [
    ...window.faults,
    ...[...document.querySelectorAll("[{MARK}]")].map((e) => "element: " + e.outerHTML),
    ...[...document.querySelectorAll("[href^='javascript:' i]")].map(String),
    ...({{}}).polluted ? ["the prototype is polluted"] : [],
]"""
LIST_ADDRESSES = """
import json
from django.apps import apps
from tests.every_url import Site
from tests.test_access import table
models = "user tweet fetch optout upload signature background prediction feedback"
models = models.split() + "account apikey group dbtaskresult accessattempt".split()
models += ["accesslog", "accessfailurelog"]
rows = {m._meta.model_name: m.objects.last() for m in apps.get_models()
        if m._meta.model_name in models}
site = Site(rows)
print(json.dumps([[site.address(route), statuses]
    for (method, route), statuses in table().items() if method == "GET"]))
"""

pytestmark = pytest.mark.refused(400, 401, 403, 404, 422)


@pytest.fixture(scope="module")
def hostile(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Hostile]:
    """Address of a site full of hostile texts, and all its pages."""
    folder = tmp_path_factory.mktemp("hostile")
    new_database(folder)
    manage(folder, "migrate", "-v0")
    shell(folder, "from tests.hostile import fill; fill()")
    with served(folder) as address:
        yield address, json.loads(shell(folder, LIST_ADDRESSES))


def shell(folder: Path, code: str) -> str:
    return manage(folder, "shell", "-v0", "-c", code)


def manage(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database_of(folder)},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


@pytest.fixture
def site(hostile: Hostile) -> str:
    return hostile[0]


@pytest.fixture
def page(new_page: NewPage) -> Page:
    opened = new_page()
    opened.add_init_script(REPORTED)
    return opened


def visit(page: Page, address: str) -> list[tuple[str, str]]:
    """Opens a page; returns what went wrong there."""
    page.goto(address)
    return [(address, fault) for fault in page.evaluate(FOUND)]


def sign_in(page: Page, name: str) -> None:
    page.goto("/account/sign-in/")
    page.fill("#id_username", name)
    page.fill("#id_password", "a lamp in the fog")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/account/")


@pytest.mark.parametrize("role", ["visitor", "curator", "superuser"])
def test_no_page_lets_them_be_more_than_texts(
    page: Page, hostile: Hostile, role: str
) -> None:
    pages = [
        path
        for path, statuses in hostile[1]
        if statuses[ROLES[role]] not in WITHOUT_PAGE
        and not path.endswith((".png", ".webp"))
    ]
    if role == "visitor":
        pages += [f"/users/{handle}/" for handle in HANDLES]
    else:
        sign_in(page, role)
        pages = [path for path in pages if path.startswith(("/admin/", "/acc"))]
    assert len(pages) > 20
    assert [fault for path in pages for fault in visit(page, path)] == []


def test_no_parameter_of_an_address_is_more_than_a_text(page: Page, site: str) -> None:
    names = ("q", "users", "kind", "sort", "page", "text", "engine", "next", "handle")
    faults = []
    for text in MARKUP:
        query = urllib.parse.urlencode(dict.fromkeys(names, text))
        for path in ("/", "/users/", "/compare/", "/account/sign-in/"):
            faults += visit(page, f"{path}?{query}")
        faults += visit(page, "/" + urllib.parse.quote(text, safe=""))
    assert faults == []


def test_nothing_typed_becomes_more_than_a_text(page: Page, site: str) -> None:
    faults = []
    page.goto(f"/?users={HANDLES[1]}&users={HANDLES[2]}&users={HANDLES[3]}")
    for text in HOSTILE:
        with page.expect_response("**/predict/"):
            page.fill("#id_text", text)
        page.wait_for_timeout(50)  # until what came is swapped in
        faults += [(text, fault) for fault in page.evaluate(FOUND)]
    assert faults == []


@pytest.mark.parametrize("path", ["/voice/", "/batch/"])
def test_long_texts_and_lists_stay_texts(page: Page, site: str, path: str) -> None:
    page.goto(f"{path}?users={HANDLES[1]}&users={HANDLES[2]}")
    page.fill("textarea", "\n".join(f"{text} said the lamp" for text in HOSTILE))
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_selector("h2")
    assert page.evaluate(FOUND) == []
    assert "said the lamp" in page.content()


def test_a_table_to_take_along_runs_nothing_in_a_spreadsheet(
    page: Page, site: str, tmp_path: Path
) -> None:
    page.goto(f"/batch/?users={HANDLES[1]}&users={HANDLES[2]}")
    formulas = [text for text in HOSTILE if text[0] in "=+-@"] + ["\t=1+1 or so"]
    page.fill("textarea", "\n".join(formulas))
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    download.value.save_as(tmp_path / "table.csv")
    table = (tmp_path / "table.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(StringIO(table)))
    assert len(rows) == len(formulas) + 1
    assert [cell for row in rows for cell in row if cell[:1] in set("=+-@\t\r")] == []


def test_the_name_of_a_file_stays_a_text(page: Page, site: str, tmp_path: Path) -> None:
    sign_in(page, "superuser")
    faults = []
    for text in HOSTILE[:16]:
        path = tmp_path / f"{text.replace('/', '_')[:80]}.txt"
        path.write_text("one two three\n")
        page.goto("/admin/tweets/upload/add/")
        page.set_input_files("#id_file", path)
        page.locator("input[name=_save]").click()
        page.wait_for_url("**/change/")
        faults += [(text, fault) for fault in page.evaluate(FOUND)]
        assert "being checked" in page.content()
    faults += visit(page, "/admin/tweets/upload/")
    assert faults == []
