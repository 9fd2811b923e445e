"""From scores to probabilities that mean what they say."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logsumexp

Floats = NDArray[np.floating]

_STEPS = 30
_PRIOR_WEIGHT = 4.0


@dataclass(frozen=True)
class Platt:
    """Log-odds that a user wrote a text: ``slope * score + intercept``."""

    slope: float
    intercept: float

    def log_odds(self, scores: Floats) -> Floats:
        """Return log-odds for even chances beforehand."""
        return self.slope * scores + self.intercept


def fit_platt(genuine: Floats, foreign: Floats) -> Platt:
    """Fit a logistic curve in which both sides weigh the same.

    The targets are drawn in as in Platt, "Probabilistic outputs for support vector
    machines" (1999), so that few tweets do not make a steep curve.
    """
    scores = np.concatenate([genuine, foreign]).astype(np.float64)
    low, high = 1 / (len(foreign) + 2), 1 - 1 / (len(genuine) + 2)
    targets = np.repeat([high, low], [len(genuine), len(foreign)])
    sides = [0.5 / len(genuine), 0.5 / len(foreign)]
    shares = np.repeat(sides, [len(genuine), len(foreign)])
    design = np.stack([scores, np.ones_like(scores)], axis=1)
    solution = np.array([1.0, 0.0])
    ridge = np.diag([1e-4, 1e-6])
    for _ in range(_STEPS):
        chance = expit(design @ solution)
        gradient = design.T @ (shares * (chance - targets)) + ridge @ solution
        curvature = design.T * (shares * chance * (1 - chance)) @ design + ridge
        step = np.linalg.solve(curvature, gradient)
        solution -= np.clip(step, -2, 2)
    return Platt(max(float(solution[0]), 1e-3), float(solution[1]))


def soft_max(scores: Floats) -> Floats:
    """Turn rows of scores into rows that sum to 1."""
    lifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(lifted / lifted.sum(axis=1, keepdims=True))


def _loss(log_sharpness: float, scores: Floats, truth: NDArray[np.integer]) -> float:
    scaled = np.exp(log_sharpness) * scores
    own = scaled[np.arange(len(truth)), truth]
    return float(np.mean(logsumexp(scaled, axis=1) - own))


def fit_sharpness(
    scores: Floats, truth: NDArray[np.integer], expected: float = 1.0
) -> float:
    """Find the factor on the scores that makes their soft maximum most likely.

    Parameters
    ----------
    scores
        Shape ``(tweets, users)``, of tweets that the scoring models never saw.
    truth
        Column of each tweet's author.
    expected
        The answer when there are no tweets; few tweets stay close to it.
    """
    if not len(truth):
        return expected
    grid = np.linspace(-2.5, 2.5, 41) + np.log(expected)
    losses = [
        _loss(g, scores, truth)
        + _PRIOR_WEIGHT * (g - np.log(expected)) ** 2 / len(truth)
        for g in grid
    ]
    return float(np.exp(grid[int(np.argmin(losses))]))
