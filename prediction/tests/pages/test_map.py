"""Who sounds like whom."""

from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from pytest_django import Settings

from prediction.serving.map.layout import spread
from prediction.serving.map.style_map import _load, clusters, neighbours
from prediction.training import signatures
from tweets.models import User
from tweets.tests.cast import FAN, KEEPER, make_user, texts_of

pytestmark = pytest.mark.django_db


def test_everybody_is_on_the_map(client: Client, cast: list[User]) -> None:
    signatures.build(cast)
    page = client.get("/compare/").content.decode()
    assert page.count("<circle class=") >= 3
    assert all(user.handle in page for user in cast)


def test_unlisted_users_are_not_on_the_map(client: Client, cast: list[User]) -> None:
    other = make_user("newcomer", texts_of(FAN, 30))
    signatures.build([*cast, other])
    User.objects.filter(pk=cast[0].pk).update(is_listed=False)
    shown = {place.user for cluster in clusters() for place in cluster.places}
    assert shown == {*cast[1:], other}
    assert cast[0] not in neighbours(cast[1])


def test_a_user_listed_again_is_back_on_the_map(cast: list[User]) -> None:
    signatures.build(cast)
    one, other = cast[0], make_user("newcomer", texts_of(FAN, 30))
    signatures.build([other])
    for hidden in (one, other):
        User.objects.update(is_listed=True)
        User.objects.filter(pk=hidden.pk).update(is_listed=False)
        shown = {place.user for cluster in clusters() for place in cluster.places}
        assert shown == {*cast, other} - {hidden}


@pytest.mark.parametrize("harm", [b"", b"PK nonsense"])
def test_the_map_is_drawn_once_for_all_processes_and_again_when_damaged(
    cast: list[User],
    harm: bytes,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.INDEX_DIR = tmp_path
    signatures.build(cast)
    first = clusters()
    (kept,) = tmp_path.glob("map-*")
    _load.cache_clear()
    drawn = kept.stat().st_mtime_ns
    assert clusters() == first
    assert kept.stat().st_mtime_ns == drawn
    kept.write_bytes(harm)
    _load.cache_clear()
    assert clusters() == first
    _load.cache_clear()
    kept.unlink()
    kept.mkdir()
    assert clusters() == first


def test_an_empty_map_says_why(client: Client) -> None:
    assert "It takes two people" in client.get("/compare/").content.decode()


def test_a_map_without_signatures_says_when_it_appears(
    client: Client, cast: list[User]
) -> None:
    assert "The map appears once" in client.get("/compare/").content.decode()


def test_a_large_map_shows_those_with_most_tweets_and_says_so(
    client: Client, cast: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = make_user("few", texts_of(FAN, 12))
    signatures.build([few, *cast])
    assert "The map shows" not in client.get("/compare/").content.decode()
    monkeypatch.setattr("prediction.serving.map.style_map.MAX_ON_MAP", 3)
    monkeypatch.setattr("prediction.serving.map.style_map.FORMAT", 0)
    page = client.get("/compare/", {"near": "@Few"}).content.decode()
    assert "The map shows the 3 people with the most tweets, of 4" in page
    assert "is not on the map" in page
    assert 'aria-label="@few, cluster' not in page


def test_people_are_found_on_the_map_by_name_or_handle(
    client: Client, cast: list[User]
) -> None:
    signatures.build(cast)
    User.objects.filter(handle=KEEPER).update(name="Osric Tallow")
    for words in ("osric", KEEPER.upper(), f"@{KEEPER}"):
        page = client.get("/compare/", {"near": words}).content.decode()
        assert "has a ring on the map" in page
        assert page.count(' here">') == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("e", "Several people"),
        ("zzz<", "contains “zzz&lt;”"),
        ("a\0b", "contains “ab”"),
    ],
)
def test_a_map_search_without_a_match_says_so(
    client: Client, cast: list[User], words: str, said: str
) -> None:
    signatures.build(cast)
    assert said in client.get("/compare/", {"near": words}).content.decode()


def test_places_fill_the_square_and_keep_apart() -> None:
    crowd = np.random.default_rng(0).normal(scale=0.01, size=(30, 2))
    places = spread(np.vstack([crowd, [[5.0, 5.0]]]))
    assert places.min() >= 0
    assert places.max() <= 1
    distances = np.linalg.norm(places[:, None] - places[None], axis=2)
    assert distances[distances > 0].min() > 0.03
