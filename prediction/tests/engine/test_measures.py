"""Measures and calibration follow their definitions."""

import numpy as np
import pytest

from prediction.engine.calibration.familiarity import SIGNALS, Signals
from prediction.engine.calibration.group_calibration import fit_group_calibration
from prediction.engine.calibration.holdout import CalibrationScores
from prediction.engine.calibration.metrics import (
    area_under_roc,
    coverage_at,
    expected_calibration_error,
    reliability,
)
from prediction.engine.calibration.none_of_these import fit_stranger_odds
from prediction.engine.calibration.platt import Platt, fit_platt
from prediction.engine.calibration.temperature import Softmax, fit_softmax
from prediction.engine.evaluation.evaluation import quality

CONFIDENCE = np.array([0.95, 0.9, 0.6, 0.55])
RIGHT = np.array([True, True, False, True])


def test_calibration_error_is_the_mean_gap() -> None:
    gaps = (1 * 0.05 + 1 * 0.1 + 1 * 0.6 + 1 * 0.45) / 4
    assert expected_calibration_error(CONFIDENCE, RIGHT, bins=100) == pytest.approx(
        gaps
    )
    assert expected_calibration_error(CONFIDENCE[:0], RIGHT[:0]) == 0


def test_reliability_counts_every_prediction_once() -> None:
    bins = reliability(CONFIDENCE, RIGHT)
    assert [(b.low, b.count, b.share_right) for b in bins] == [
        (0.5, 1, 1.0),
        (0.6, 1, 0.0),
        (0.9, 2, 1.0),
    ]


def test_coverage_is_the_largest_share_that_is_right_often_enough() -> None:
    assert coverage_at(0.9, CONFIDENCE, RIGHT) == 0.5
    assert coverage_at(0.7, CONFIDENCE, RIGHT) == 1.0
    assert coverage_at(0.9, CONFIDENCE, ~RIGHT) == 0.0


def test_area_under_roc_counts_pairs() -> None:
    assert area_under_roc(np.array([2.0, 3.0]), np.array([1.0, 0.0])) == 1
    assert area_under_roc(np.array([1.0, 0.0]), np.array([1.0])) == 0.25
    assert area_under_roc(np.array([]), np.array([1.0])) == 0.5


def test_quality_of_known_probabilities() -> None:
    rows = [[0.8, 0.2, 0.0]] * 4
    found = quality(np.array(rows), np.array([0, 0, 0, 1]))
    assert found["accuracy"] == 0.75
    # Over the users who wrote anything, each counting the same.
    assert found["macro_f1"] == pytest.approx((6 / 7 + 0) / 2)
    assert found["log_loss"] == pytest.approx(-np.log([0.8, 0.8, 0.8, 0.2]).mean())
    assert found["brier"] == pytest.approx((3 * 0.08 + 1.28) / 4)
    assert found["confusion"] == [[3, 0, 0], [1, 0, 0], [0, 0, 0]]


def test_a_temperature_is_recovered() -> None:
    chance = np.random.default_rng(0)
    scores = chance.normal(size=(4000, 5))
    rows = Softmax(0.5).probabilities(scores)
    truth = np.array([chance.choice(5, p=row) for row in rows])
    found = fit_softmax(scores, truth)
    assert found.temperature == pytest.approx(0.5, rel=0.1)
    assert found.offsets == pytest.approx([0] * 5, abs=0.15)


def test_the_offset_of_a_member_who_claims_too_much_is_recovered() -> None:
    chance = np.random.default_rng(0)
    scores = chance.normal(size=(4000, 3))
    rows = Softmax(0.5, (-1.0, 0.5, 0.5)).probabilities(scores)
    truth = np.array([chance.choice(3, p=row) for row in rows])
    assert fit_softmax(scores, truth).offsets == pytest.approx([-1, 0.5, 0.5], abs=0.2)


def test_members_without_tweets_get_no_offset() -> None:
    scores = np.random.default_rng(0).normal(size=(40, 9))
    assert fit_softmax(scores, np.zeros(40, dtype=int)).offsets == ()


def test_without_tweets_the_temperature_is_the_expected_one() -> None:
    nothing = np.empty((0, 3)), np.empty(0, dtype=int)
    assert fit_softmax(*nothing, expected=1.3) == Softmax(1.3)


def test_few_tweets_change_the_temperature_little() -> None:
    found = fit_softmax(np.array([[9.0, 0.0]]), np.array([1]))
    assert 1 < found.temperature < 3.3


def test_platt_gives_even_odds_between_the_sides() -> None:
    curve = fit_platt(np.linspace(3, 5, 40), np.linspace(-1, 1, 400))
    assert curve.log_odds(np.array([4.0, 0.0])) == pytest.approx([3.6, -4.0], abs=2)
    assert Platt(2.0, -1.0).log_odds(np.array([0.5])) == pytest.approx([0.0])


def test_compression_keeps_the_order() -> None:
    scores = np.array([[-9.0, -1.0, 0.0, 0.5, 12.0]])
    found = Softmax(0.7).probabilities(scores)[0]
    assert found.tolist() == sorted(found)
    assert found.sum() == pytest.approx(1)


def test_length_helps_the_score_to_separate_strangers() -> None:
    chance = np.random.default_rng(0)
    sums = chance.uniform(10, 60, 400).astype(np.float32)
    genuine = 4 - 0.1 * sums + chance.normal(size=400)
    foreign = 2 - 0.1 * sums + chance.normal(size=400)
    surface = fit_stranger_odds(genuine, foreign, sums)
    own, other = (surface.log_odds(scores, sums) for scores in (genuine, foreign))
    assert area_under_roc(own, other) > area_under_roc(genuine, foreign) + 0.1
    assert (own > 0).mean() == pytest.approx((other < 0).mean(), abs=0.05)


@pytest.mark.parametrize("sums", [np.full(40, 7.0), np.linspace(5, 9, 40)])
def test_a_higher_score_always_raises_the_odds_of_a_member(sums: np.ndarray) -> None:
    genuine, foreign = np.zeros(40), np.linspace(1, 2, 40)
    surface = fit_stranger_odds(genuine, foreign, sums)
    assert surface.slope > 0
    assert np.isfinite(
        [surface.slope, surface.feature_sum_slope, surface.intercept]
    ).all()


def signals_of(texts: int) -> Signals:
    values = np.zeros((texts, len(SIGNALS)), dtype=np.float32)
    none = np.zeros(texts, dtype=np.float32)
    return Signals(np.full(texts, 20, dtype=np.float32), none, values)


def test_few_holdout_tweets_give_cautious_probabilities() -> None:
    few, many = (
        CalibrationScores(
            np.tile(np.eye(2, dtype=np.float32) * 3, (size, 1)),
            np.tile([0, 1], size),
            signals_of(2 * size),
            np.zeros((10, 2), dtype=np.float32),
            signals_of(10),
        )
        for size in (2, 40)
    )
    assert fit_group_calibration(few).softmax.temperature > (
        fit_group_calibration(many).softmax.temperature / 0.7
    )


def test_scores_of_any_size_become_probabilities() -> None:
    scores = np.array([[1e9, 1.0, -1e9], [0.0, 0.0, 0.0]])
    shares = Softmax(0.01).probabilities(scores)
    assert np.isfinite(shares).all()
    assert shares.sum(axis=1) == pytest.approx([1, 1])
