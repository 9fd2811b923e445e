"""What a group's held-out tweets say of it, measured once and then used each time."""

from dataclasses import dataclass

import numpy as np

from prediction.engine.calibration import Platt, fit_platt, fit_sharpness
from prediction.engine.held_out import HeldOutReport, HeldOutScores

EXPECTED_SHARPNESS = 1.4
GENUINE_REJECTED = 0.05


@dataclass(frozen=True)
class Measured:
    """How to read a group's scores, and how often they are right.

    Attributes
    ----------
    sharpness
        Factor on the scores that makes the probabilities honest.
    threshold
        The best member's score, below which nobody of the group wrote it.
    somebody
        From the best member's score to log-odds that any member wrote it.
    report
        None where the members' held-out parts are not at hand.
    """

    sharpness: float
    threshold: float
    somebody: Platt
    report: HeldOutReport | None


UNMEASURED = Measured(EXPECTED_SHARPNESS, 1.5, Platt(0.9, -2.2), None)


def measure(found: HeldOutScores) -> Measured:
    """Fit the group's calibration on tweets that the scoring models never saw."""
    sharpness = fit_sharpness(found.scores, found.authors, EXPECTED_SHARPNESS)
    genuine = found.genuine()
    return Measured(
        sharpness,
        float(np.quantile(genuine, GENUINE_REJECTED)),
        fit_platt(genuine, found.foreign()),
        found.report(sharpness),
    )
