"""From scores to probabilities that mean what they say."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, logsumexp

Floats = NDArray[np.floating]

_EXPECTED_SLOPE = 1.2
_PULL = 1e-3
_FLATTEST = 1e-3
_PRIOR_WEIGHT = 4.0
_BEND = 4.0


@dataclass(frozen=True)
class Platt:
    """Log-odds that a user wrote a text: ``slope * score + intercept``."""

    slope: float
    intercept: float

    def log_odds(self, scores: Floats | np.floating) -> Floats:
        """Return log-odds for even chances beforehand."""
        return np.asarray(self.slope * scores + self.intercept)


def fit_platt(genuine: Floats, foreign: Floats) -> Platt:
    """Fit a logistic curve in which both sides weigh the same.

    The targets are drawn in as in Platt, "Probabilistic outputs for support vector
    machines" (1999), so that few tweets do not make a steep curve.
    """
    sizes = [len(genuine), len(foreign)]
    slope, intercept = _logistic([np.concatenate([genuine, foreign])], sizes)
    return Platt(slope, intercept)


@dataclass(frozen=True)
class Somebody:
    """Log-odds that any member of a group wrote a text, from the best member's score
    and the text's mass, which is the sum of its weighed features.

    What a user never wrote counts against a text in proportion to its mass, so that
    one threshold on the score would be too low for short texts and too high for long
    ones.
    """

    slope: float
    by_mass: float
    intercept: float

    def log_odds(self, best: Floats, mass: Floats) -> Floats:
        """Return log-odds for even chances beforehand."""
        return np.asarray(self.slope * best + self.by_mass * mass + self.intercept)


def fit_somebody(genuine: Floats, foreign: Floats, mass: Floats) -> Somebody:
    """Fit a logistic surface like `fit_platt`.

    Parameters
    ----------
    genuine, foreign
        The best score of each text with its author among the members, and without.
    mass
        Of the same texts.
    """
    center, spread = float(mass.mean()), float(mass.std()) or 1.0
    lengths = np.tile((mass - center) / spread, 2)
    sizes = [len(genuine), len(foreign)]
    columns = [np.concatenate([genuine, foreign]), lengths]
    slope, by_length, intercept = _logistic(columns, sizes)
    by_mass = by_length / spread
    return Somebody(slope, by_mass, intercept - by_mass * center)


def _logistic(columns: list[Floats], sizes: list[int]) -> list[float]:
    """Weights of the columns, of which the first holds scores, and a constant; the
    first so many rows are genuine and the others foreign."""
    targets = np.repeat([1 - 1 / (sizes[0] + 2), 1 / (sizes[1] + 2)], sizes)
    shares = np.repeat([0.5 / sizes[0], 0.5 / sizes[1]], sizes)
    design = np.stack([*columns, np.ones(len(targets))], axis=1).astype(np.float64)
    expected = np.zeros(design.shape[1])
    expected[0] = _EXPECTED_SLOPE

    def loss(solution: Floats) -> tuple[float, Floats]:
        odds = design @ solution
        pull = (solution - expected) * (np.arange(len(expected)) < len(columns))
        value = shares @ (np.logaddexp(0, odds) - targets * odds)
        slant = design.T @ (shares * (expit(odds) - targets))
        return float(value + _PULL * pull @ pull), slant + 2 * _PULL * pull

    start = expected.copy()
    start[-1] = -_EXPECTED_SLOPE
    found = minimize(loss, start, jac=True, method="L-BFGS-B").x.tolist()
    return [max(found[0], _FLATTEST), *found[1:]]


def soft_max(scores: Floats) -> Floats:
    """Turn rows of scores into rows that sum to 1."""
    lifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(lifted / lifted.sum(axis=1, keepdims=True))


def damped(scores: Floats) -> Floats:
    """Let strong scores count less the stronger they are; their order stays.

    With plain scores the surest predictions claim too much and the others too little.
    """
    bent = np.sign(scores) * np.log1p(np.abs(scores) / _BEND)
    return np.asarray((1 + _BEND) * bent)


def chances(scores: Floats, sharpness: float) -> Floats:
    """Probability of each user (column) for each text (row)."""
    return soft_max(sharpness * damped(scores))


def _loss(log_sharpness: float, scores: Floats, truth: NDArray[np.integer]) -> float:
    scaled = np.exp(log_sharpness) * scores
    own = scaled[np.arange(len(truth)), truth]
    return float(np.mean(logsumexp(scaled, axis=1) - own))


def fit_sharpness(
    scores: Floats, truth: NDArray[np.integer], expected: float = 1.0
) -> float:
    """Find the factor on the damped scores that makes their soft maximum most likely.

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
    center = np.log(expected)
    bent = damped(scores)

    def loss(offset: float) -> float:
        pull = _PRIOR_WEIGHT * offset**2 / len(truth)
        return _loss(center + offset, bent, truth) + pull

    best = minimize_scalar(loss, bounds=(-2.5, 2.5), method="bounded")
    return float(np.exp(center + best.x))
