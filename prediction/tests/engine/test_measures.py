"""The measures give what their definitions say."""

import numpy as np
import pytest

from prediction.engine.calibration.calibration import (
    Platt,
    chances,
    fit_platt,
    fit_sharpness,
    fit_somebody,
    soft_max,
)
from prediction.engine.calibration.group_calibration import measure
from prediction.engine.calibration.held_out import HeldOutScores
from prediction.engine.calibration.metrics import (
    area_under_roc,
    coverage_at,
    expected_calibration_error,
    macro_f1,
    reliability,
)

SURE = np.array([0.95, 0.9, 0.6, 0.55])
RIGHT = np.array([True, True, False, True])


def test_calibration_error_is_the_mean_gap() -> None:
    gaps = (1 * 0.05 + 1 * 0.1 + 1 * 0.6 + 1 * 0.45) / 4
    assert expected_calibration_error(SURE, RIGHT, bins=100) == pytest.approx(gaps)
    assert expected_calibration_error(SURE[:0], RIGHT[:0]) == 0


def test_reliability_counts_every_prediction_once() -> None:
    bins = reliability(SURE, RIGHT)
    assert [(b.low, b.count, b.share_right) for b in bins] == [
        (0.5, 1, 1.0),
        (0.6, 1, 0.0),
        (0.9, 2, 1.0),
    ]


def test_coverage_is_the_longest_run_that_is_right_often_enough() -> None:
    assert coverage_at(0.9, SURE, RIGHT) == 0.5
    assert coverage_at(0.7, SURE, RIGHT) == 1.0
    assert coverage_at(0.9, SURE, ~RIGHT) == 0.0


def test_area_under_roc_counts_pairs() -> None:
    assert area_under_roc(np.array([2.0, 3.0]), np.array([1.0, 0.0])) == 1
    assert area_under_roc(np.array([1.0, 0.0]), np.array([1.0])) == 0.25
    assert area_under_roc(np.array([]), np.array([1.0])) == 0.5


def test_macro_f1_counts_users_alike() -> None:
    truth, named = np.array([0, 0, 0, 1]), np.array([0, 0, 0, 0])
    assert macro_f1(truth, named) == pytest.approx((6 / 7 + 0) / 2)


def test_a_sharpness_is_found_again() -> None:
    chance = np.random.default_rng(0)
    scores = chance.normal(size=(4000, 5))
    truth = np.array([chance.choice(5, p=row) for row in chances(scores, 2.0)])
    assert fit_sharpness(scores, truth) == pytest.approx(2.0, rel=0.1)


def test_without_tweets_sharpness_is_what_was_expected() -> None:
    nothing = np.empty((0, 3)), np.empty(0, dtype=int)
    assert fit_sharpness(*nothing, expected=1.3) == 1.3


def test_few_tweets_change_the_sharpness_little() -> None:
    found = fit_sharpness(np.array([[9.0, 0.0]]), np.array([1]))
    assert 0.3 < found < 1


def test_platt_gives_even_odds_between_the_sides() -> None:
    curve = fit_platt(np.linspace(3, 5, 40), np.linspace(-1, 1, 400))
    assert curve.log_odds(np.array([4.0, 0.0])) == pytest.approx([3.6, -4.0], abs=2)
    assert Platt(2.0, -1.0).log_odds(np.array([0.5])) == pytest.approx([0.0])


def test_damping_keeps_the_order_and_the_sign() -> None:
    scores = np.array([[-9.0, -1.0, 0.0, 0.5, 12.0]])
    found = chances(scores, 1.4)[0]
    assert found.tolist() == sorted(found)
    assert found.sum() == pytest.approx(1)


def test_strangers_are_told_better_by_score_and_length() -> None:
    chance = np.random.default_rng(0)
    mass = chance.uniform(10, 60, 400).astype(np.float32)
    genuine = 4 - 0.1 * mass + chance.normal(size=400)
    foreign = 2 - 0.1 * mass + chance.normal(size=400)
    surface = fit_somebody(genuine, foreign, mass)
    told = [surface.log_odds(scores, mass) for scores in (genuine, foreign)]
    assert area_under_roc(*told) > area_under_roc(genuine, foreign) + 0.1
    assert (told[0] > 0).mean() == pytest.approx((told[1] < 0).mean(), abs=0.05)


@pytest.mark.parametrize("mass", [np.full(40, 7.0), np.linspace(5, 9, 40)])
def test_a_higher_score_always_speaks_for_somebody(mass: np.ndarray) -> None:
    genuine, foreign = np.zeros(40), np.linspace(1, 2, 40)
    surface = fit_somebody(genuine, foreign, mass)
    assert surface.slope > 0
    assert np.isfinite([surface.slope, surface.by_mass, surface.intercept]).all()


def test_few_held_out_tweets_make_no_bold_claims() -> None:
    few, many = (
        HeldOutScores(
            np.tile(np.eye(2, dtype=np.float32) * 3, (size, 1)),
            np.tile([0, 1], size),
            np.full(2 * size, 20, dtype=np.float32),
        )
        for size in (2, 40)
    )
    assert measure(few).sharpness < 0.7 * measure(many).sharpness


def test_scores_of_any_size_become_shares() -> None:
    shares = soft_max(np.array([[1e4, 1e4 - 1, -1e4], [0.0, 0.0, 0.0]]))
    assert shares.sum(axis=1) == pytest.approx([1, 1])
    assert shares[0, 0] / shares[0, 1] == pytest.approx(np.e)
