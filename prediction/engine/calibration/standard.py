"""Members' scores in one unit, so that "the best member" means the same for all.

A model fitted on few tweets gives lower and less varied scores than one fitted on many.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]

# As if so many more tweets had been scored, with what all members have in common.
_PRIOR_TWEETS = 5
# Where the others are much alike, a smaller spread than this is luck.
_USUAL_VARIANCE = 0.25


@dataclass(frozen=True, eq=False)
class Standard:
    """Mean and spread of each member's scores of the others' tweets.

    Both have the shape ``(members,)``.
    """

    centers: Floats
    spreads: Floats

    def of(self, members: NDArray[np.integer]) -> Self:
        """Return the same for some of the members, by their columns."""
        return type(self)(self.centers[members], self.spreads[members])

    def best(self, scores: Floats) -> Floats:
        """Return the best member's standardised score, shape ``(texts,)``.

        ``scores`` has the shape ``(texts, members)``.
        """
        return np.asarray(self.scaled(scores).max(axis=1))

    def scaled(self, scores: Floats) -> Floats:
        """Return standardised scores, shape ``(texts, members)``."""
        return np.asarray((scores - self.centers) / self.spreads)


# Leaves scores as they are, whatever the number of members.
UNCHANGED = Standard(np.zeros(1), np.ones(1))


def fit_standard(scores: Floats, authors: NDArray[np.integer]) -> Standard:
    """Measure how each member scores holdout tweets of the others.

    Parameters
    ----------
    scores
        Shape ``(tweets, members)``.
    authors
        Column of each tweet's author.
    """
    others = np.arange(scores.shape[1]) != authors[:, np.newaxis]
    tweets = others.sum(axis=0)
    sums = (scores * others).sum(axis=0, dtype=np.float64)
    squares = (np.square(scores) * others).sum(axis=0, dtype=np.float64)
    center = sums.sum() / tweets.sum()
    centers = (sums + _PRIOR_TWEETS * center) / (tweets + _PRIOR_TWEETS)
    around = squares - 2 * centers * sums + tweets * centers**2
    usual = max(around.sum() / tweets.sum(), _USUAL_VARIANCE)
    variances = (around + _PRIOR_TWEETS * usual) / (tweets + _PRIOR_TWEETS)
    return Standard(centers, np.sqrt(np.maximum(variances, _USUAL_VARIANCE)))
