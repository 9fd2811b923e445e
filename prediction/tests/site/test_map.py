"""Who sounds like whom."""

import numpy as np
import pytest
from django.test import Client

from prediction import training
from prediction.likeness import Likeness
from prediction.similar import clusters, neighbours
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


def test_alike_users_are_near_and_in_one_cluster() -> None:
    rng = np.random.default_rng(0)
    kinds = rng.normal(size=(2, 50))
    folded = [kinds[i % 2] + 0.1 * rng.normal(size=50) for i in range(8)]
    likeness = Likeness.of(folded)
    assert set(likeness.nearest(0, 3)) == {2, 4, 6}
    assert likeness.clusters()[0] == likeness.clusters()[2] != likeness.clusters()[1]
    places = likeness.places()
    assert places.min() >= 0
    assert places.max() <= 1
