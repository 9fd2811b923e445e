"""What a group's held-out tweets say of it, measured once and then used each time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from prediction.engine.calibration.calibration import (
    Somebody,
    fit_sharpness,
    fit_somebody,
)
from prediction.engine.calibration.held_out import HeldOutReport, HeldOutScores

EXPECTED_SHARPNESS = 1.4
EXPECTED_HELD_OUT = 40
GENUINE_REJECTED = 0.05


@dataclass(frozen=True)
class NoneOfThese:
    """Whether nobody of the group seems to have written the text."""

    flag: bool
    probability: float


@dataclass(frozen=True)
class Measured:
    """How to read a group's scores, and how often they are right.

    Attributes
    ----------
    sharpness
        Factor on the scores that makes the probabilities honest.
    threshold
        Log-odds that any member wrote a text, below which nobody did.
    somebody
        From the best member's score and the text's mass to these log-odds.
    report
        None where the members' held-out parts are not at hand.
    """

    sharpness: float
    threshold: float
    somebody: Somebody
    report: HeldOutReport | None

    def none_of_these(
        self, scores: NDArray[np.floating], masses: NDArray[np.floating]
    ) -> NoneOfThese:
        """The verdict on texts of one author, the rows of ``scores``: the mean of their
        log-odds is held against the threshold, their sum is the probability."""
        best = scores.mean(axis=0).max()
        somebody = float(self.somebody.log_odds(best, masses.mean()))
        return NoneOfThese(
            flag=somebody < self.threshold,
            probability=float(expit(-somebody * len(scores))),
        )


UNMEASURED = Measured(EXPECTED_SHARPNESS, -0.85, Somebody(0.9, 0.0, -2.2), None)


def measure(found: HeldOutScores) -> Measured:
    """Fit the group's calibration on tweets that the scoring models never saw."""
    sharpness = fit_sharpness(found.scores, found.authors, _expected(found))
    genuine = found.genuine()
    somebody = fit_somebody(genuine, found.foreign(), found.masses)
    odds = somebody.log_odds(genuine, found.masses)
    threshold = float(np.quantile(odds, GENUINE_REJECTED))
    return Measured(sharpness, threshold, somebody, found.report(sharpness))


def _expected(found: HeldOutScores) -> float:
    """What to expect of members with so many tweets: scores of models that were fitted
    on few say less, and few held-out tweets cannot show it."""
    members = len(np.unique(found.authors))
    each = len(found.authors) / members
    return float(EXPECTED_SHARPNESS * (each / EXPECTED_HELD_OUT) ** 0.25)
