"""Accuracy by group size and by training tweets, equal and mixed in one group."""

import numpy as np
import pytest

from prediction.engine.evaluation.baselines import majority
from prediction.engine.evaluation.curves import (
    accuracy_by_tweets,
    by_group_size,
    by_level,
    draw_groups,
    in_groups,
    mixed_counts,
    newest_only,
)
from prediction.engine.evaluation.engines import maker
from prediction.engine.evaluation.scoring import Measured, Scored, measure
from prediction.engine.evaluation.splitting import Split, split
from prediction.engine.models.group import Group
from prediction.tests.engine.voices import VOICES

PARTS = split(VOICES, train=25, test=8, by="time", seed=1)


def answers(probabilities: list[list[float]], owners: list[int]) -> Measured:
    shares = np.array(probabilities)
    flags = np.zeros(len(shares), dtype=bool)
    return Measured(Scored(shares, np.log(shares), None, flags), np.array(owners))


KNOWN = answers([[0.5, 0.4, 0.1], [0.6, 0.3, 0.1], [0.2, 0.5, 0.3]], [0, 1, 2])


def test_within_a_group_only_its_members_are_candidates() -> None:
    assert KNOWN.right.tolist() == [True, False, False]
    assert KNOWN.within([1, 2]).right.tolist() == [True, False]
    assert KNOWN.within([0, 2]).right.tolist() == [True, True]
    shares = KNOWN.within([1, 2]).scored.probabilities
    assert shares[0] == pytest.approx([0.75, 0.25])
    assert KNOWN.within([0, 1, 2]) is KNOWN


def test_signatures_answer_in_a_smaller_group_as_the_site_does() -> None:
    engine = maker("signature")([])
    within = measure(engine, PARTS).within([0, 2])
    group = Group([engine.group_.signatures[n] for n in (0, 2)], engine.group_.idf)
    expected = group.predict_proba([*PARTS.test[0], *PARTS.test[2]])
    assert within.scored.probabilities == pytest.approx(expected, abs=1e-5)
    assert within.owners.tolist() == [0] * 8 + [1] * 8


def test_groups_are_as_large_as_asked_and_the_same_for_a_seed() -> None:
    groups = draw_groups(60, (2, 25, 80, 60), seed=3)
    assert {size: len(drawn) for size, drawn in groups.items()} == {2: 20, 25: 8, 60: 1}
    assert all(len(set(group)) == 25 for group in groups[25])
    assert groups == draw_groups(60, (2, 25, 80, 60), seed=3)


def test_answers_in_groups_keep_the_author_among_all_users() -> None:
    found = in_groups(KNOWN, [[1, 2], [0, 2]])
    assert found.owners.tolist() == [1, 2, 0, 2]
    assert found.right.tolist() == [True, False, True, True]
    assert found.own == pytest.approx([0.75, 3 / 8, 5 / 6, 3 / 5])
    assert found.confidence == pytest.approx([0.75, 5 / 8, 5 / 6, 3 / 5])
    assert found.log_loss == pytest.approx(-np.log(found.own).mean())
    assert 0 <= found.ece <= 1


def test_whoever_guesses_is_right_less_often_in_larger_groups() -> None:
    found = by_group_size(measure(majority(), PARTS), (2, 3, 10))
    assert list(found) == [2, 3]
    for size, each in found.items():
        assert each.accuracy.value == pytest.approx(1 / size)
        assert each.accuracy.low <= each.accuracy.value <= each.accuracy.high
        assert each.log_loss == pytest.approx(np.log(size))
        assert each.ece == pytest.approx(0)


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
