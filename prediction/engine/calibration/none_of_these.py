"""Verification: whether any member of a group wrote a text."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prediction.engine.calibration.platt import fit_logistic

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class NoneOfThese:
    """Probability that no member wrote the text; ``flag`` past the threshold."""

    flag: bool
    probability: float


@dataclass(frozen=True)
class Verification:
    """Calibrates the best member's score: log-odds that any member wrote a text.

    What a user never wrote counts against a text in proportion to its feature sum, so
    that one threshold on the score would be too low for short texts and too high for
    long ones.
    """

    slope: float
    feature_sum_slope: float
    intercept: float

    def log_odds(self, best: Floats, feature_sum: Floats) -> Floats:
        """Return log-odds for even prior odds, in the shape of ``best``."""
        by_length = self.feature_sum_slope * feature_sum
        return np.asarray(self.slope * best + by_length + self.intercept)


def fit_verification(
    genuine: Floats, foreign: Floats, feature_sum: Floats
) -> Verification:
    """Fit a logistic regression on the best score and the feature sum.

    Parameters
    ----------
    genuine, foreign
        The best score of each text, once with its author among the members and once
        without.
    feature_sum
        Of the same texts.
    """
    center, spread = float(feature_sum.mean()), float(feature_sum.std()) or 1.0
    lengths = np.tile((feature_sum - center) / spread, 2)
    sizes = [len(genuine), len(foreign)]
    columns = [np.concatenate([genuine, foreign]), lengths]
    slope, by_length, intercept = fit_logistic(columns, sizes)
    by_sum = by_length / spread
    return Verification(slope, by_sum, intercept - by_sum * center)
