"""From scores to probabilities: a softmax with a temperature and an offset per member.

Temperature scaling is by Guo, Pleiss, Sun and Weinberger, "On calibration of modern
neural networks" (2017). Offsets correct members whose models claim too much or too
little of what the group writes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import softmax

Floats = NDArray[np.floating]

_KNEE = 4.0
_TEMPERATURE_PRIOR = 4.0
_OFFSET_PRIOR = 3.0
# Enough to fit a group's few numbers on; more would take longer.
_MAX_TWEETS = 2_000
_TWEETS_FOR_OFFSETS = 2


def compressed(scores: Floats) -> Floats:
    """Compress strong scores logarithmically; signs and order stay.

    With plain scores the most confident predictions claim too much and the others
    too little.
    """
    bent = np.sign(scores) * np.log1p(np.abs(scores) / _KNEE)
    return np.asarray((1 + _KNEE) * bent)


@dataclass(frozen=True)
class Softmax:
    """Turns scores of a group's members into probabilities.

    Attributes
    ----------
    temperature
        Divides the compressed scores.
    offsets
        Added for each member, once a text; they sum to 0. Empty: none.
    """

    temperature: float
    offsets: tuple[float, ...] = ()

    def logits(self, scores: Floats) -> Floats:
        """Return logits of shape ``(texts, members)``, like ``scores``."""
        found = compressed(scores) / self.temperature
        return found + np.array(self.offsets) if self.offsets else found

    def probabilities(self, scores: Floats) -> Floats:
        """Return the probability of each member (column) for each text (row)."""
        return np.asarray(softmax(self.logits(scores), axis=1))

    def offset(self, member: int) -> float:
        """Return what is added for one member."""
        return self.offsets[member] if self.offsets else 0.0


def fit_softmax(
    scores: Floats, truth: NDArray[np.integer], expected: float = 1.0
) -> Softmax:
    """Find temperature and offsets that make the true authors most likely.

    Parameters
    ----------
    scores
        Shape ``(tweets, members)``, of tweets that the scoring models never saw.
    truth
        Column of each tweet's author.
    expected
        The temperature when there are no tweets; with few tweets it stays close to
        this, and the offsets close to 0.
    """
    members = scores.shape[1]
    if not len(truth):
        return Softmax(expected)
    step = -(-len(truth) // _MAX_TWEETS)
    bent, authors = compressed(scores[::step]), truth[::step]
    tweets = len(authors)
    rows = np.arange(tweets)

    def loss(solution: Floats) -> tuple[float, Floats]:
        sharpened = bent * np.exp(-solution[0]) / expected
        logits = sharpened + solution[1:]
        top = logits.max(axis=1, keepdims=True)
        shares = np.exp(logits - top)
        sums = shares.sum(axis=1, keepdims=True)
        own = logits[rows, authors] - top[:, 0] - np.log(sums[:, 0])
        errors = shares / sums
        errors[rows, authors] -= 1
        slope = np.append(-(errors * sharpened).sum(), errors.sum(axis=0)) / tweets
        prior = np.append(_TEMPERATURE_PRIOR, np.full(members, _OFFSET_PRIOR))
        penalty = prior * solution / tweets
        return float(-own.mean() + penalty @ solution), slope + 2 * penalty

    # A sample in which somebody hardly appears says nothing of their offset.
    has_offsets = np.bincount(authors, minlength=members).min() >= _TWEETS_FOR_OFFSETS
    free = (None, None) if has_offsets else (0.0, 0.0)
    bounds = [(-2.5, 2.5), *[free] * members]
    start = np.zeros(members + 1)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    temperature = float(expected * np.exp(found[0]))
    if not has_offsets:
        return Softmax(temperature)
    offsets = found[1:] - found[1:].mean()
    return Softmax(temperature, tuple(offsets.tolist()))
