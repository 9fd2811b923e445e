"""On the map: a text of one's own, two people told apart, and lists that agree."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client
from pytest_django import Settings

from prediction.serving.map.apart import COUNTS, tell_apart
from prediction.serving.map.own_text import between, place_text
from prediction.serving.map.style_map import Place, clusters, neighbours
from prediction.training import signatures
from tweets.models import User
from tweets.store.erasure import erase_and_opt_out
from tweets.tests.cast import CRITIC, FAN, KEEPER, make_cast, make_user, texts_of

pytestmark = pytest.mark.django_db

LAMP = "Log. Wind SW 4, lamp lit, and the gull is back."


@pytest.fixture
def mapped(cast: list[User]) -> list[User]:
    everybody = [*cast, make_user("newcomer", texts_of(FAN, 30))]
    signatures.build(everybody)
    return everybody


def places() -> list[Place]:
    return [place for cluster in clusters() for place in cluster.places]


def test_list_map_page_and_api_name_the_same_neighbours(
    client: Client, mapped: list[User]
) -> None:
    page = client.get("/compare/")
    for dot in page.context["drawing"].dots:
        user, near = dot.place.user, list(dot.place.neighbours)
        assert near == neighbours(user)
        assert dot.near.split() == [str(person.pk) for person in near]
        row = page.content.decode().split(f'<tr id="row-{user.pk}">')[1]
        listed = unescape(row.split("</tr>")[0]).rsplit("<td>", 1)[1]
        assert listed.startswith(", ".join(f"@{person.handle}" for person in near))
        api = client.get(f"/api/v1/similar/{user.handle}").json()["items"]
        assert [item["handle"] for item in api] == [person.handle for person in near]
        theirs = client.get(user.get_absolute_url()).content.decode()
        shown = re.findall(r'<a href="/users/(\w+)/">', theirs.split("near-title")[-1])
        assert shown[: len(near)] == [person.handle for person in near]


def test_who_is_searched_for_is_joined_to_who_writes_most_alike(
    client: Client, mapped: list[User]
) -> None:
    page = client.get("/compare/", {"near": KEEPER})
    near = neighbours(User.objects.get(handle=KEEPER))
    assert len(page.context["drawing"].threads) == len(near) == 3
    assert page.context["drawing"].threads[0] in page.content.decode()


def test_clusters_are_named_by_habits(client: Client, mapped: list[User]) -> None:
    names = {cluster.name for cluster in clusters()}
    assert len(names) == len(clusters()) > 1
    page = unescape(client.get("/compare/").content.decode())
    assert all(name in page for name in names)


def test_a_text_stands_beside_whoever_would_have_written_it(
    client: Client, mapped: list[User]
) -> None:
    page = client.post("/compare/", {"text": LAMP})
    own = page.context["own"]
    assert own.candidates[0].user.handle == KEEPER
    keeper = next(place for place in places() if place.user.handle == KEEPER)
    others = [place for place in places() if place.user.handle != KEEPER]

    def apart(place: Place) -> float:
        return (place.x - own.x) ** 2 + (place.y - own.y) ** 2

    assert apart(keeper) < min(map(apart, others))
    shown = unescape(page.content.decode())
    assert 'aria-label="Your text"' in shown
    among = shown.split('class="among"')[1].split("</ol>")[0]
    handles = re.findall(r"/users/(\w+)/", among)
    assert handles == [candidate.user.handle for candidate in own.candidates]


def test_a_text_does_not_stand_among_strangers() -> None:
    points = np.array([(0.1, 0.1), (0.2, 0.1), (0.9, 0.9)])
    assert between(points, np.array([0.4, 0.2, 0.4])) == pytest.approx(
        [0.1333, 0.1], 1e-3
    )


def test_a_text_covers_nobody(mapped: list[User]) -> None:
    own = place_text(LAMP, places())
    assert all((place.x, place.y) != (own.x, own.y) for place in places())
    assert 0 <= own.x <= 1
    assert 0 <= own.y <= 1


def test_a_text_in_the_address_is_not_placed(
    client: Client, mapped: list[User]
) -> None:
    page = client.get("/compare/", {"text": LAMP})
    assert page.status_code == 200
    assert page.context["own"] is None
    assert "lamp lit" not in page.content.decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "Enter a tweet"), (" \0 ", "Enter a tweet"), ("x" * 5_001, "5,000")],
)
def test_a_text_that_cannot_be_placed_is_refused_at_the_field(
    client: Client, mapped: list[User], text: str, said: str
) -> None:
    page = client.post("/compare/", {"text": text})
    assert page.status_code == 422
    assert said in page.content.decode()


def test_a_text_without_a_map_is_no_error(client: Client, cast: list[User]) -> None:
    page = client.post("/compare/", {"text": LAMP})
    assert page.status_code == 422
    assert "The map appears once" in page.content.decode()


def test_texts_are_limited_like_other_questions(
    client: Client, mapped: list[User], settings: Settings
) -> None:
    settings.RATE_LIMIT_ANON = (1, 60)
    statuses = [client.post("/compare/", {"text": LAMP}).status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    assert client.get("/compare/").status_code == 200


def test_two_people_are_told_apart_by_held_out_tweets(
    client: Client, mapped: list[User]
) -> None:
    page = client.get("/compare/", {"one": f"@{KEEPER}", "other": CRITIC.upper()})
    found = page.context["pair"].found
    assert {user.handle for user in found.users} == {KEEPER, CRITIC}
    # A fifth of 40 tweets each.
    assert found.held_out == (8, 8)
    assert [step.tweets for step in found.steps] == [n for n in COUNTS if n <= 8]
    shown = unescape(page.content.decode())
    assert f"@{KEEPER}</a> and" in shown
    assert "on 8 and 8 of their newest tweets" in shown


def test_more_tweets_tell_more() -> None:
    cast = make_cast(100)
    half = make_user("half", texts_of(FAN, 200)[100:])
    fan = User.objects.get(handle=FAN)
    signatures.build([*cast, half])
    alike, unlike = tell_apart(fan, half), tell_apart(fan, cast[0])
    assert alike.steps[0].share_right < unlike.steps[0].share_right
    shares = [step.share_right for step in unlike.steps]
    assert shares == sorted(shares)
    assert unlike.enough is not None
    assert tell_apart(fan, half) == alike


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (KEEPER, "zzz<", "Nobody here is called “zzz<”"),
        (KEEPER, f"@{KEEPER.upper()}", "Name two different people"),
        ("hidden", KEEPER, "Nobody here is called “hidden”"),
        ("\0", KEEPER, ""),
        (KEEPER, "", ""),
    ],
)
def test_whom_nobody_can_tell_apart_is_said(
    client: Client, mapped: list[User], one: str, other: str, said: str
) -> None:
    make_user("hidden", texts_of(CRITIC, 12), is_listed=False)
    page = client.get("/compare/", {"one": one, "other": other})
    assert page.status_code == 200
    assert page.context["pair"].found is None
    assert said in unescape(page.content.decode())


def test_measuring_is_limited_like_a_search(
    client: Client, mapped: list[User], settings: Settings
) -> None:
    settings.RATE_LIMIT_ANON = (1, 60)
    asked = {"one": KEEPER, "other": CRITIC}
    statuses = [client.get("/compare/", asked).status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]


def test_somebody_unlisted_is_nowhere_on_the_page(
    client: Client, mapped: list[User]
) -> None:
    clusters()
    User.objects.filter(handle=CRITIC).update(is_listed=False)
    for page in (
        client.get("/compare/", {"near": KEEPER}),
        client.post("/compare/", {"text": LAMP}),
    ):
        assert CRITIC not in page.content.decode()


def test_who_is_searched_for_and_who_writes_most_alike_can_be_told_apart_next(
    client: Client, mapped: list[User]
) -> None:
    pair = client.get("/compare/", {"near": FAN}).context["pair"]
    assert (pair.one, pair.other) == (FAN, "newcomer")
    assert pair.found is None


def test_an_erased_person_leaves_the_map_at_once(
    client: Client,
    mapped: list[User],
    settings: Settings,
    tmp_path: Path,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    settings.INDEX_DIR = tmp_path
    assert CRITIC in client.get("/compare/").content.decode()
    assert list(tmp_path.glob("map-*"))
    with django_capture_on_commit_callbacks(execute=True):
        erase_and_opt_out(User.objects.get(handle=CRITIC))
    assert not list(tmp_path.glob("map-*"))
    page = client.get("/compare/", {"near": CRITIC, "one": CRITIC, "other": KEEPER})
    assert "Nobody here is called" in page.content.decode()
    assert len(page.context["drawing"].dots) == 3
    assert CRITIC not in {dot.place.user.handle for dot in page.context["drawing"].dots}
