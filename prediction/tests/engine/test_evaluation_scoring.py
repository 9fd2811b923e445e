"""Engines of all kinds answer in one form."""

import numpy as np
import pytest

from prediction.engine.evaluation.baselines import BASELINES
from prediction.engine.evaluation.engines import ENGINES, maker
from prediction.engine.evaluation.evaluation import evaluate
from prediction.engine.evaluation.scoring import Measured, Scored, measure
from prediction.engine.evaluation.splitting import split
from prediction.engine.evaluation.statistics import cllr
from prediction.tests.engine.voices import CRITIC, FAN, KEEPER, VOICES

PARTS = split(VOICES, train=25, test=8, by="time", seed=1)
ANSWERING = [name for name in ENGINES if name != "vectors"]


@pytest.mark.parametrize("name", ANSWERING)
@pytest.mark.parametrize("users", [2, 3])
def test_every_engine_scores_every_user(name: str, users: int) -> None:
    voices = dict(list(VOICES.items())[:users])
    parts = split(voices, train=25, test=8, by="time", seed=1)
    found = measure(maker(name)([]), parts)
    shape = (8 * users, users)
    assert found.scored.probabilities.shape == shape
    assert found.scored.probabilities.sum(axis=1) == pytest.approx(np.ones(8 * users))
    assert found.scored.verification.shape == shape
    assert found.log_ratios().shape == shape
    assert np.isfinite(found.log_ratios()).all()
    assert (found.scored.none is None) == (name != "signature")


@pytest.mark.parametrize("name", sorted(set(BASELINES) - {"majority"}))
def test_baselines_say_which_users_a_tweet_sounds_like(name: str) -> None:
    found = measure(maker(name)([]), PARTS)
    same, ratios = found.same_author, found.log_ratios()
    assert cllr(ratios[same], ratios[~same]) < 0.8


def test_calibration_does_not_depend_on_the_scale_of_the_scores() -> None:
    generator = np.random.default_rng(1)
    owners = np.repeat(np.arange(6), 30)
    scores = generator.normal(size=(180, 6))
    scores[np.arange(180), owners] += 2
    nothing = np.zeros(180)
    first, second = (
        Measured(Scored(scores, values, None, nothing > 0), owners).log_ratios()
        for values in (scores, 5 * scores - 40)
    )
    assert first == pytest.approx(second, abs=0.01)
    # Two normal distributions two apart: the ratio is 2 * score - 2.
    assert np.polyfit(scores.ravel(), first.ravel(), 1) == pytest.approx(
        [2, -2], abs=0.3
    )


def test_stated_ratios_stay_as_they_are() -> None:
    scores = np.array([[3.0, -1.0], [0.5, 0.25]])
    stated = Scored(scores, scores, None, np.zeros(2, dtype=bool), stated=True)
    assert Measured(stated, np.array([0, 1])).log_ratios() is scores


def test_linear_svm_notices_case() -> None:
    loud = [text.upper() for text in KEEPER]
    result = evaluate(
        {"quiet": KEEPER, "loud": loud[::-1]}, 20, 8, engines=("linear-svm",)
    )
    assert result["engines"]["linear-svm"]["accuracy"] > 0.9


def test_every_engine_of_the_list_can_be_made() -> None:
    parts = split({"critic": CRITIC, "fan": FAN}, 20, 4, by="time", seed=1)
    for name in ANSWERING:
        assert measure(maker(name)([]), parts).seconds > 0
    with pytest.raises(ValueError, match="unknown engine: crystal-ball"):
        maker("crystal-ball")
