"""What holds on every page."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from prediction.tests.pages.conftest import HANDLES, LAMP
from tweets.models import User
from tweets.tests.cast import KEEPER

pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/users/",
    f"/users/{KEEPER}/",
    "/guess/",
    "/voice/",
    "/batch/",
    "/compare/",
    "/how-it-works/",
    "/responsible-use/",
]
LIMIT = 80_000


@pytest.mark.parametrize("address", PAGES)
def test_a_strict_policy_finds_nothing_to_block(
    client: Client, cast: list[User], address: str
) -> None:
    page = client.get(address)
    html = page.content.decode()
    assert page.status_code == 200
    assert "'unsafe" not in page.headers["Content-Security-Policy"]
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html)


@pytest.mark.parametrize("address", PAGES)
def test_no_request_leaves_the_site(
    client: Client, cast: list[User], address: str
) -> None:
    html = client.get(address).content.decode()
    loaded = re.findall(r'<(?:script|img|link)[^>]*?(?:src|href)="([^"]+)"', html)
    assert loaded
    assert all(found.startswith("/static/") for found in loaded)


@pytest.mark.parametrize("address", PAGES)
def test_an_empty_site_has_every_page(client: Client, address: str) -> None:
    expected = 404 if KEEPER in address else 200
    assert client.get(address).status_code == expected


def test_the_home_page_is_light(client: Client, cast: list[User]) -> None:
    html = client.get("/").content
    names = re.findall(r'(?:src|href)="/static/([^"]+)"', html.decode())
    files = [Path(str(finders.find(name))) for name in names]
    weights = [len(gzip.compress(file.read_bytes())) for file in files]
    assert sum(weights) + len(gzip.compress(html)) <= LIMIT


def test_the_answer_page_has_no_inline_style(client: Client, cast: list[User]) -> None:
    html = client.post("/predict/", {"users": HANDLES, "text": LAMP}).content.decode()
    assert not re.search(r"\sstyle=|\son\w+=", html)
