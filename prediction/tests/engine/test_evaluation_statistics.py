"""Intervals, tests and measures follow their definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import brier_score_loss, roc_curve

from prediction.engine.evaluation.statistics import (
    Interval,
    bootstrap_over_users,
    brier_score,
    c_at_1,
    cllr,
    equal_error_rate,
    mcnemar,
    min_cllr,
)

SCORES = st.lists(st.integers(-8, 8), min_size=1, max_size=40).map(
    lambda values: np.array(values, dtype=float) / 2
)
PAIRS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=80)


@given(PAIRS, st.integers(0, 9))
def test_an_interval_lies_around_its_value(pairs: list, seed: int) -> None:
    right, users = np.array(pairs).T
    found = bootstrap_over_users(right, users.astype(int), seed, resamples=200)
    assert 0 <= found.low <= found.high <= 1
    assert found.value == pytest.approx(right.mean())
    assert found == bootstrap_over_users(right, users.astype(int), seed, 200)


def test_tweets_of_one_user_count_as_one_draw() -> None:
    generator = np.random.default_rng(0)
    users = np.repeat(np.arange(40), 50)
    alike = np.repeat(generator.random(40) < 0.5, 50)
    apart = generator.random(2_000) < 0.5
    assert bootstrap_over_users(alike, users, 1).error == pytest.approx(
        0.5 / np.sqrt(40), rel=0.1
    )
    assert bootstrap_over_users(apart, users, 1).error == pytest.approx(
        0.5 / np.sqrt(2_000), rel=0.25
    )


def test_an_interval_agrees_with_scipy_where_users_wrote_one_tweet_each() -> None:
    values = np.random.default_rng(2).normal(1, 2, 60)
    ours = bootstrap_over_users(values, np.arange(60), 0)
    theirs = stats.bootstrap((values,), np.mean, method="percentile", rng=0)
    interval = theirs.confidence_interval
    assert (ours.low, ours.high) == pytest.approx(
        (interval.low, interval.high), abs=0.05
    )
    assert ours.error == pytest.approx(theirs.standard_error, rel=0.05)


def test_less_than_twice_its_error_is_noise() -> None:
    assert Interval(0.019, -0.001, 0.039, 0.01).is_noise
    assert Interval(-0.019, -0.04, 0.001, 0.01).is_noise
    assert not Interval(0.021, 0.001, 0.041, 0.01).is_noise
    assert Interval(0, 0, 0, 0).is_noise


def test_an_interval_needs_a_user_for_each_tweet() -> None:
    with pytest.raises(ValueError, match="each tweet"):
        bootstrap_over_users(np.array([]), np.array([]), 0)
    with pytest.raises(ValueError, match="each tweet"):
        bootstrap_over_users(np.array([True]), np.array([0, 1]), 0)


def test_mcnemar_with_few_discordant_pairs_is_exact() -> None:
    first = np.array([True] * 9 + [False] + [True] * 30)
    second = np.array([False] * 9 + [True] + [True] * 30)
    found = mcnemar(first, second)
    assert (found.first_only, found.second_only) == (9, 1)
    assert found.p_value == pytest.approx(2 * (1 + 10) / 2**10)


def test_mcnemar_with_many_discordant_pairs_is_corrected_for_continuity() -> None:
    first = np.array([True] * 40 + [False] * 20)
    found = mcnemar(first, ~first)
    assert found.p_value == pytest.approx(stats.chi2.sf(19**2 / 60, 1))
    assert mcnemar(first, first).p_value == 1


@given(PAIRS)
def test_mcnemar_does_not_depend_on_the_order(pairs: list) -> None:
    first, second = np.array(pairs).T
    found, turned = mcnemar(first, second), mcnemar(second, first)
    assert 0 < found.p_value <= 1
    assert found.p_value == pytest.approx(turned.p_value)
    assert (found.first_only, found.second_only) == (
        turned.second_only,
        turned.first_only,
    )


def test_the_brier_score_of_known_answers() -> None:
    shares = np.array([[0.7, 0.2, 0.1], [1, 0, 0], [0, 0, 1]])
    truth = np.array([0, 0, 1])
    assert brier_score(shares, truth) == pytest.approx((0.14 + 0 + 2) / 3)


@given(st.integers(0, 99), st.integers(2, 6))
def test_the_brier_score_agrees_with_scikit_learn(seed: int, users: int) -> None:
    generator = np.random.default_rng(seed)
    shares = generator.dirichlet(np.ones(users), size=30)
    truth = np.concatenate([np.arange(users), generator.integers(0, users, 30 - users)])
    expected = brier_score_loss(truth, shares, scale_by_half=False)
    assert brier_score(shares, truth) == pytest.approx(expected)


def test_what_is_left_unanswered_counts_as_much_as_the_share_of_right_answers() -> None:
    right = np.array([True] * 5 + [False] * 5)
    answered = np.array([True] * 4 + [False] * 4 + [True] * 2)
    assert c_at_1(right, answered) == pytest.approx((4 + 4 * 0.4) / 10)
    assert c_at_1(right, np.ones(10, dtype=bool)) == 0.5
    assert c_at_1(right, np.zeros(10, dtype=bool)) == 0


@given(PAIRS)
def test_silence_on_wrong_answers_never_costs(pairs: list) -> None:
    right, answered = np.array(pairs).T
    assert c_at_1(right, answered & right) >= c_at_1(right, answered) - 1e-12
    assert 0 <= c_at_1(right, answered) <= 1


def test_the_cost_of_known_log_ratios() -> None:
    nothing = np.zeros(3)
    assert cllr(nothing, nothing) == pytest.approx(1)
    # Odds of 3 to 1 for the truth on both sides.
    assert cllr(np.log([3.0]), -np.log([3.0])) == pytest.approx(np.log2(4 / 3))
    assert cllr(np.array([99.0]), np.array([-99.0])) == pytest.approx(0)
    assert cllr(np.array([-99.0]), np.array([99.0])) > 100


@given(SCORES, SCORES)
def test_calibration_never_raises_the_cost(own: np.ndarray, other: np.ndarray) -> None:
    least = min_cllr(own, other)
    assert 0 <= least <= min(1, cllr(own, other)) + 1e-9
    assert min_cllr(3 * own + 7, 3 * other + 7) == pytest.approx(least)


def test_scores_that_separate_cost_nothing_after_calibration() -> None:
    assert min_cllr(np.array([2.0, 3.0]), np.array([0.0, 1.0])) == pytest.approx(0)
    assert min_cllr(np.ones(4), np.ones(9)) == pytest.approx(1)


def test_the_equal_error_rate_of_known_scores() -> None:
    assert equal_error_rate(np.array([3.0, 4.0]), np.array([1.0, 2.0])) == 0
    assert equal_error_rate(np.array([1.0, 2.0]), np.array([3.0, 4.0])) == 1
    assert equal_error_rate(np.ones(5), np.ones(8)) == pytest.approx(0.5)
    own, other = np.array([1.0, 3, 4, 5]), np.array([0.0, 0, 0, 2])
    assert equal_error_rate(own, other) == pytest.approx(0.25)


@given(SCORES, SCORES)
def test_the_equal_error_rate_lies_on_the_roc_curve(
    own: np.ndarray, other: np.ndarray
) -> None:
    rate = equal_error_rate(own, other)
    truth = np.repeat([1, 0], [len(own), len(other)])
    accepted, detected, _ = roc_curve(
        truth, np.concatenate([own, other]), drop_intermediate=False
    )
    gap = accepted - (1 - detected)
    assert rate == pytest.approx(np.interp(0, gap, accepted))
    assert equal_error_rate(-other, -own) == pytest.approx(rate)
