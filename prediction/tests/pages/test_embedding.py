"""Saved answers in other sites' pages."""

from html import unescape
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prediction.models import Prediction
from prediction.tests.pages.conftest import LAMP
from tweets.models import User
from tweets.tests.cast import FAN, KEEPER

pytestmark = pytest.mark.django_db
SITE = "http://testserver"


@pytest.fixture
def saved(client: Client, cast: list[User], question: dict[str, object]) -> Prediction:
    client.post("/p/", question)
    return Prediction.objects.get()


def asked(address: str, **more: object) -> str:
    rest = "".join(f"&{name}={value}" for name, value in more.items())
    return f"/oembed?url={quote(address, safe='')}{rest}"


def test_its_page_leads_to_what_embeds_it(client: Client, saved: Prediction) -> None:
    page = client.get(saved.get_absolute_url()).content.decode()
    link = page.partition('type="application/json+oembed"')[2].partition(">")[0]
    found = unescape(link.partition('href="')[2].partition('"')[0])
    answer = client.get(found.removeprefix(SITE)).json()
    assert (answer["type"], answer["version"]) == ("rich", "1.0")
    assert f"{SITE}/p/{saved.slug}/embed/" in answer["html"]
    assert f"@{KEEPER}" in answer["title"]
    assert (answer["width"], answer["height"]) == (560, 340)
    assert answer["thumbnail_url"] == f"{SITE}/p/{saved.slug}/card.png"
    assert f"/p/{saved.slug}/embed/" in page.partition('id="frame"')[2]


def test_sizes_are_bounded(client: Client, saved: Prediction) -> None:
    address = SITE + saved.get_absolute_url()
    small = client.get(asked(address, maxwidth=300, maxheight=9999)).json()
    assert (small["width"], small["height"]) == (300, 340)
    assert 'width="300"' in small["html"]
    assert "thumbnail_url" not in small
    odd = client.get(asked(address, maxwidth="x", maxheight="-5")).json()
    assert (odd["width"], odd["height"]) == (560, 340)
    assert client.get(asked(address, maxwidth=20)).status_code == 404
    assert client.get(asked(address, format="xml")).status_code == 501


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/",
        "nonsense",
        SITE,
        SITE + "/",
        SITE + "/p/nobody/",
        SITE + "/users/gullrock_keeper/",
        "http://[",
        "javascript:alert(1)",
    ],
)
def test_other_addresses_are_nowhere(
    client: Client, saved: Prediction, address: str
) -> None:
    assert client.get(asked(address)).status_code == 404


def test_other_sites_are_nowhere(client: Client, saved: Prediction) -> None:
    path = saved.get_absolute_url()
    for site in ("http://evil.example", "ftp://testserver", "//testserver"):
        assert client.get(asked(site + path)).status_code == 404


@given(st.text(max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_address_has_an_answer(client: Client, address: str) -> None:
    assert client.get("/oembed", {"url": address}).status_code == 404
    sent = {"url": f"{SITE}/p/x/", "maxwidth": address, "maxheight": address}
    assert client.get("/oembed", sent).status_code == 404


def test_the_frame_shows_the_answer_as_text(
    client: Client, cast: list[User], question: dict[str, object]
) -> None:
    client.post("/p/", question | {"text": f"<b>{LAMP}</b>"})
    slug = Prediction.objects.get().slug
    frame = client.get(f"/p/{slug}/embed/").content.decode()
    assert "&lt;b&gt;" in frame
    assert f"@{KEEPER}" in frame
    assert "None of these" in frame
    assert f'href="{SITE}/p/{slug}/"' in frame


def test_what_is_hidden_is_in_no_frame(client: Client, saved: Prediction) -> None:
    address = SITE + saved.get_absolute_url()
    assert client.get(asked(address)).status_code == 200
    User.objects.filter(handle=FAN).update(is_listed=False)
    assert client.get(asked(address)).status_code == 404
    assert client.get(f"/p/{saved.slug}/embed/").status_code == 404
