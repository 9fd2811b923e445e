"""A user's own tweets that come closest to a text."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from prediction.engine.features.ngrams import BLOCKS


@dataclass(frozen=True)
class Neighbour:
    """Position of a tweet in what was given, and its likeness between 0 and 1."""

    position: int
    likeness: float


def nearest(
    text: sparse.csr_matrix, tweets: sparse.csr_matrix, count: int = 3
) -> list[Neighbour]:
    """Find the tweets most like a text: mean cosine over the feature blocks.

    Tweets that share nothing with it are left out.

    Parameters
    ----------
    text
        Weighted features, shape ``(1, N_FEATURES)``.
    tweets
        Weighted features, shape ``(tweets, N_FEATURES)``.
    """
    likeness = np.asarray((tweets @ text.T).todense()).ravel() / len(BLOCKS)
    best = np.argsort(-likeness, kind="stable")[:count]
    return [Neighbour(int(i), float(likeness[i])) for i in best if likeness[i] > 0]
