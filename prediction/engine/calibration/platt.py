"""From one user's scores to the log-odds that this user wrote a text."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

Floats = NDArray[np.floating]

_EXPECTED_SLOPE = 1.2
_PENALTY = 1e-3
_MIN_SLOPE = 1e-3


@dataclass(frozen=True)
class Platt:
    """Log-odds that a user wrote a text: ``slope * score + intercept``."""

    slope: float
    intercept: float

    def log_odds(self, scores: Floats | np.floating) -> Floats:
        """Return log-odds for even prior odds, in the shape of ``scores``."""
        return np.asarray(self.slope * scores + self.intercept)


def fit_platt(genuine: Floats, foreign: Floats) -> Platt:
    """Fit a logistic curve to scores of a user's own and of other people's tweets."""
    sizes = [len(genuine), len(foreign)]
    slope, intercept = fit_logistic([np.concatenate([genuine, foreign])], sizes)
    return Platt(slope, intercept)


def fit_logistic(
    columns: list[Floats],
    sizes: list[int],
    expected_slopes: Sequence[float] = (_EXPECTED_SLOPE,),
    closeness: float = _PENALTY,
) -> list[float]:
    """Fit a logistic regression in which both classes have equal weight.

    The targets are smoothed as in Platt, "Probabilistic outputs for support vector
    machines" (1999), so that few tweets do not make a steep curve.

    Parameters
    ----------
    columns
        Values of each feature; the first column holds scores, whose coefficient is
        positive in the result.
    sizes
        How many of the rows, in this order, are genuine and foreign.
    expected_slopes
        The first columns' coefficients where there are few rows; 0 for all others.
    closeness
        How close the coefficients stay to these.

    Returns
    -------
    A coefficient for each column, then the intercept.
    """
    targets = np.repeat([1 - 1 / (sizes[0] + 2), 1 / (sizes[1] + 2)], sizes)
    shares = np.repeat([0.5 / sizes[0], 0.5 / sizes[1]], sizes)
    design = np.stack([*columns, np.ones(len(targets))], axis=1).astype(np.float64)
    expected = np.zeros(design.shape[1])
    expected[: len(expected_slopes)] = expected_slopes

    def loss(solution: Floats) -> tuple[float, Floats]:
        odds = design @ solution
        excess = (solution - expected) * (np.arange(len(expected)) < len(columns))
        value = shares @ (np.logaddexp(0, odds) - targets * odds)
        gradient = design.T @ (shares * (expit(odds) - targets))
        penalty = closeness * excess @ excess
        return float(value + penalty), gradient + 2 * closeness * excess

    start = expected.copy()
    start[-1] = -_EXPECTED_SLOPE
    found = minimize(loss, start, jac=True, method="L-BFGS-B").x.tolist()
    return [max(found[0], _MIN_SLOPE), *found[1:]]
