"""Accuracy by group size and by training tweets, equal and mixed in one group."""

import numpy as np
import pytest

from prediction.engine.evaluation.baselines import naive_bayes
from prediction.engine.evaluation.curves import (
    accuracy_by_group_size,
    accuracy_by_tweets,
    by_level,
    draw_groups,
    mixed_counts,
    newest_only,
)
from prediction.engine.evaluation.scoring import Measured, Scored, measure
from prediction.engine.evaluation.splitting import Split, split
from prediction.tests.engine.voices import VOICES

PARTS = split(VOICES, train=25, test=8, by="time", seed=1)


def answers(probabilities: list[list[float]], owners: list[int]) -> Measured:
    shares = np.array(probabilities)
    flags = np.zeros(len(shares), dtype=bool)
    return Measured(Scored(shares, np.log(shares), None, flags), np.array(owners))


KNOWN = answers([[0.5, 0.4, 0.1], [0.6, 0.3, 0.1], [0.2, 0.5, 0.3]], [0, 1, 2])


def test_within_a_group_only_its_members_are_candidates() -> None:
    assert KNOWN.right.tolist() == [True, False, False]
    assert KNOWN.right_within([1, 2]).tolist() == [True, False]
    assert KNOWN.right_within([0, 2]).tolist() == [True, True]


def test_groups_are_as_large_as_asked_and_the_same_for_a_seed() -> None:
    groups = draw_groups(12, (2, 4, 50, 12), seed=3)
    assert {size: len(drawn) for size, drawn in groups.items()} == {2: 20, 4: 20, 12: 1}
    assert all(len(set(group)) == 4 for group in groups[4])
    assert groups == draw_groups(12, (2, 4, 50, 12), seed=3)


def test_smaller_groups_are_easier() -> None:
    found = accuracy_by_group_size(measure(naive_bayes(), PARTS), (2, 3, 10))
    assert list(found) == [2, 3]
    assert found[2].value >= found[3].value > 1 / 3
    assert found[2].low <= found[2].value <= found[2].high


def test_counts_that_most_users_do_not_have_are_left_out() -> None:
    found = accuracy_by_tweets("majority", PARTS, (10, 25, 1_000))
    assert list(found) == [10, 25]
    assert found[25].value == pytest.approx(1 / 3)


def test_the_newest_training_tweets_are_kept() -> None:
    fewer = newest_only(PARTS, [10, 12, 25])
    assert [len(tweets) for tweets in fewer.train] == [10, 12, 25]
    assert fewer.train[0] == PARTS.train[0][-10:]
    assert fewer.test == PARTS.test


def test_in_a_mixed_group_the_larger_counts_go_to_those_who_have_most() -> None:
    train = (("a",) * 900, ("b",) * 30, ("c",) * 60, ("d",) * 20)
    parts = Split(("a", "b", "c", "d"), train, (("e",),) * 4, {})
    assert mixed_counts(parts, (20, 1_000)) == [1_000, 20, 1_000, 20]


def test_first_places_are_counted_for_each_level() -> None:
    few, many = by_level(KNOWN, [200, 20, 200]).values()
    assert (few.users, many.users) == (1, 2)
    assert (few.accuracy.value, many.accuracy.value) == (0, 0.5)
    assert (few.first_places, many.first_places) == (1, 1)
