"""Scores of members with few and with many tweets, in one unit."""

import numpy as np
import pytest

from prediction.engine.calibration.standard import UNCHANGED, fit_standard


def test_a_member_with_wilder_scores_is_not_the_best_more_often() -> None:
    chance = np.random.default_rng(3)
    scores = chance.normal([0, 2], [1, 4], size=(400, 2))
    authors = np.tile([0, 1], 200)
    found = fit_standard(scores, authors)
    strangers = chance.normal([0, 2], [1, 4], size=(2_000, 2))
    wins = found.scaled(strangers).argmax(axis=1).mean()
    assert wins == pytest.approx(0.5, abs=0.06)
    assert strangers.argmax(axis=1).mean() > 0.65


@pytest.mark.parametrize("tweets", [1, 2, 3])
def test_few_tweets_give_finite_scores(tweets: int) -> None:
    scores = np.full((2 * tweets, 2), 3.0)
    found = fit_standard(scores, np.tile([0, 1], tweets))
    assert np.isfinite(found.best(scores)).all()


def test_what_is_not_fitted_changes_nothing() -> None:
    scores = np.array([[1.0, 3.0, 2.0]])
    assert UNCHANGED.best(scores).tolist() == [3.0]
