"""From scores to probabilities: temperature scaling.

Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks" (2017).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp, softmax

Floats = NDArray[np.floating]

_PRIOR_WEIGHT = 4.0
_KNEE = 4.0


def compressed(scores: Floats) -> Floats:
    """Compress strong scores logarithmically; signs and order stay.

    With plain scores the most confident predictions claim too much and the others
    too little.
    """
    bent = np.sign(scores) * np.log1p(np.abs(scores) / _KNEE)
    return np.asarray((1 + _KNEE) * bent)


def probabilities(scores: Floats, temperature: float) -> Floats:
    """Return the probability of each user (column) for each text (row)."""
    return np.asarray(softmax(compressed(scores) / temperature, axis=1))


def fit_temperature(
    scores: Floats, truth: NDArray[np.integer], expected: float = 1.0
) -> float:
    """Find the temperature that makes the true authors most likely.

    Parameters
    ----------
    scores
        Shape ``(tweets, users)``, of tweets that the scoring models never saw.
    truth
        Column of each tweet's author.
    expected
        The result when there are no tweets; with few tweets it stays close to this.
    """
    if not len(truth):
        return expected
    center = np.log(expected)
    bent = compressed(scores)

    def loss(offset: float) -> float:
        penalty = _PRIOR_WEIGHT * offset**2 / len(truth)
        return _log_loss(bent / np.exp(center + offset), truth) + penalty

    best = minimize_scalar(loss, bounds=(-2.5, 2.5), method="bounded")
    return float(np.exp(center + best.x))


def _log_loss(logits: Floats, truth: NDArray[np.integer]) -> float:
    own = logits[np.arange(len(truth)), truth]
    return float(np.mean(logsumexp(logits, axis=1) - own))
