"""A group's calibration, fitted once on its holdout and used at every prediction."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from prediction.engine.calibration.familiarity import Signals
from prediction.engine.calibration.holdout import (
    CalibrationScores,
    HoldoutReport,
    HoldoutScores,
)
from prediction.engine.calibration.none_of_these import (
    DEFAULT_VERIFICATION,
    NoneOfThese,
    Verification,
    fit_outside_odds,
    fit_stranger_odds,
)
from prediction.engine.calibration.temperature import Softmax, fit_softmax

EXPECTED_TEMPERATURE = 1 / 1.4
EXPECTED_HOLDOUT = 40
# Tweets of later than the holdout are rejected more often than this.
GENUINE_REJECTED = 0.03


@dataclass(frozen=True)
class GroupCalibration:
    """How to turn a group's scores into probabilities, and how accurate it is.

    Attributes
    ----------
    softmax
        Turns scores into probabilities.
    threshold
        Log-odds that any member wrote a text, below which nobody did.
    verification
        Gives these log-odds.
    report
        None where the members' holdout is not at hand.
    """

    softmax: Softmax
    threshold: float
    verification: Verification
    report: HoldoutReport | None

    def none_of_these(
        self, scores: NDArray[np.floating], signals: Signals
    ) -> NoneOfThese:
        """Verify texts of one author.

        The mean of their log-odds is compared with the threshold, their sum gives the
        probability.

        Parameters
        ----------
        scores
            Shape ``(texts, members)``.
        signals
            Of the same texts.
        """
        best = scores.mean(axis=0).max(keepdims=True)
        mean = signals.mean()
        log_odds = float(self.verification.log_odds(best, mean)[0])
        flag = log_odds < self.threshold
        return NoneOfThese(
            flag=flag,
            probability=float(expit(-log_odds * len(scores))),
            reason=self.verification.reason(best, mean) if flag else "",
        )


DEFAULT_CALIBRATION = GroupCalibration(
    Softmax(EXPECTED_TEMPERATURE), -0.85, DEFAULT_VERIFICATION, None
)


def fit_group_calibration(found: CalibrationScores) -> GroupCalibration:
    """Fit a group's calibration on tweets that the scoring models never saw."""
    expected = _expected_temperature(found)
    softmax = fit_softmax(found.scores, found.authors, expected)
    genuine, signals = found.genuine(), found.signals
    outside = found.outside.max(axis=1)
    verification = Verification(
        fit_stranger_odds(genuine, found.foreign(), signals.feature_sums),
        fit_outside_odds(genuine, signals, outside, found.outside_signals),
    )
    log_odds = verification.log_odds(genuine, signals)
    # Nobody is doubted who more likely wrote it than not.
    threshold = min(float(np.quantile(log_odds, GENUINE_REJECTED)), 0.0)
    report = found.report(_cross_fitted(found, expected))
    return GroupCalibration(softmax, threshold, verification, report)


def fit_part(
    whole: GroupCalibration, scores: HoldoutScores, members: int
) -> GroupCalibration:
    """Fit probabilities and accuracy of a part of a group; the rest is the whole's.

    ``scores`` are those of its members alone; without any, the report counts no tweets.
    """
    if not len(scores.authors):
        return replace(whole, report=HoldoutReport(0.0, 1 / members, 0, (), ()))
    expected = whole.softmax.temperature
    softmax = fit_softmax(scores.scores, scores.authors, expected)
    report = scores.report(_cross_fitted(scores, expected))
    return replace(whole, softmax=softmax, report=report)


def _cross_fitted(found: HoldoutScores, expected: float) -> NDArray[np.floating]:
    """Return probabilities of the holdout tweets, shape ``(tweets, members)``.

    Those of every other tweet come from a calibration fitted on the rest, so that what
    the report says was measured on tweets that nothing was fitted on.
    """
    shares = np.empty_like(found.scores, dtype=np.float64)
    for fold in (0, 1):
        own, rest = slice(fold, None, 2), slice(1 - fold, None, 2)
        softmax = fit_softmax(found.scores[rest], found.authors[rest], expected)
        shares[own] = softmax.probabilities(found.scores[own])
    return shares


def _expected_temperature(found: CalibrationScores) -> float:
    """Expect a higher temperature of members with few tweets: models fitted on few
    are overconfident, and few holdout tweets cannot show it."""
    members = len(np.unique(found.authors))
    each = len(found.authors) / members
    return float(EXPECTED_TEMPERATURE * (EXPECTED_HOLDOUT / each) ** 0.25)
