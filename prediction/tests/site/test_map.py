"""Who sounds like whom."""

import numpy as np
import pytest
from django.test import Client

from prediction import training
from prediction.similar import clusters, neighbours
from prediction.spreading import spread
from tweets.models import User

pytestmark = pytest.mark.django_db


def test_everybody_is_on_the_map(client: Client, cast: list[User]) -> None:
    training.build(cast)
    page = client.get("/compare/").content.decode()
    assert page.count("<circle class=") >= 3
    assert all(user.handle in page for user in cast)


def test_nobody_is_shown_who_is_not_listed(client: Client, cast: list[User]) -> None:
    training.build(cast)
    User.objects.filter(pk=cast[0].pk).update(is_listed=False)
    shown = [place.user for cluster in clusters() for place in cluster.places]
    assert {user.pk for user in shown} == {user.pk for user in cast[1:]}
    assert cast[0] not in neighbours(cast[1])


def test_an_empty_map_says_why(client: Client) -> None:
    assert "The map appears once" in client.get("/compare/").content.decode()


def test_places_fill_the_square_and_keep_apart() -> None:
    crowd = np.random.default_rng(0).normal(scale=0.01, size=(30, 2))
    places = spread(np.vstack([crowd, [[5.0, 5.0]]]))
    assert places.min() >= 0
    assert places.max() <= 1
    distances = np.linalg.norm(places[:, None] - places[None], axis=2)
    assert distances[distances > 0].min() > 0.03
