"""Clusters are named by their people's habits; neighbours are drawn near."""

import numpy as np
from scipy import sparse

from prediction.engine.insight.clusters import cluster_habits, habit_shares
from prediction.engine.insight.habits import HABITS
from prediction.engine.insight.similarity import map_users

SHOUTS = "shouts a word in capitals"
PLACES = [habit.says for habit in HABITS]


def shares_of(*rows: dict[str, float]) -> np.ndarray:
    return np.array([[row.get(name, 0.1) for name in PLACES] for row in rows])


def test_shares_are_of_tweets() -> None:
    shares = habit_shares(["LOUD noises here", "no", "LOUD again", "no no"])
    assert shares[PLACES.index(SHOUTS)] == 0.5
    assert not habit_shares([]).any()


def test_a_cluster_is_named_by_what_its_people_do_more() -> None:
    loud, links = {SHOUTS: 0.6}, {"shares links": 0.9}
    found = cluster_habits(shares_of(loud, loud, links, links), np.array([3, 3, 7, 7]))
    assert [trait.name for trait in found[3]] == [SHOUTS]
    assert [trait.name for trait in found[7]] == ["shares links"]
    assert (found[3][0].share, found[3][0].share_of_others) == (0.6, 0.1)


def test_two_clusters_with_the_same_two_habits_get_a_third() -> None:
    both = {SHOUTS: 0.8, "breaks lines": 0.8}
    one = both | {"uses numbers": 0.5}
    other = both | {"uses semicolons": 0.5}
    rows = [one, one, other, other, *[{}] * 8]
    found = cluster_habits(shares_of(*rows), np.array([0, 0, 1, 1, *[2] * 8]))
    assert {trait.name for trait in found[0]} != {trait.name for trait in found[1]}
    assert "uses numbers" in {trait.name for trait in found[0]}
    assert found[2] == []


def test_a_habit_is_not_said_twice() -> None:
    row = {"uses hashtags": 0.9, "ends with a hashtag": 0.9, "breaks lines": 0.6}
    found = cluster_habits(shares_of(row, row, {}, {}), np.array([0, 0, 1, 1]))
    names = [trait.name for trait in found[0]]
    assert sum("hashtag" in name for name in names) == 1


def test_those_who_write_most_alike_are_drawn_near() -> None:
    rng = np.random.default_rng(0)
    kinds = rng.normal(size=(12, 40))
    means = kinds[np.repeat(np.arange(12), 5)] + 0.8 * rng.normal(size=(60, 40))
    found = map_users([sparse.csr_matrix(row) for row in means])
    apart = np.linalg.norm(found.places[:, None] - found.places[None], axis=2)
    drawn = np.argsort(apart, axis=1)[:, 1:5]
    near = [[user for user, _ in found.nearest(row, 4)] for row in range(60)]
    pairs = zip(near, drawn.tolist(), strict=True)
    share = np.mean([len({*alike} & {*close}) / 4 for alike, close in pairs])
    assert share > 0.9
    assert np.abs(found.places).max() <= 1.0 + 1e-9
    assert len(np.unique(found.clusters)) >= 2
    again = map_users([sparse.csr_matrix(row) for row in means])
    assert (again.places == found.places).all()
