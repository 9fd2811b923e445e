"""A user's tweets that are most similar to a text."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from prediction.engine.features.ngrams import BLOCKS


@dataclass(frozen=True)
class Neighbour:
    """Position of a tweet in the sequence given, and its similarity from 0 to 1."""

    position: int
    similarity: float


def nearest(
    text: sparse.csr_matrix, tweets: sparse.csr_matrix, count: int = 3
) -> list[Neighbour]:
    """Find the tweets most similar to a text: mean cosine over the feature blocks.

    Tweets without any common feature are left out.

    Parameters
    ----------
    text
        Weighted features, shape ``(1, N_FEATURES)``.
    tweets
        Weighted features, shape ``(tweets, N_FEATURES)``.
    """
    similarity = np.asarray((tweets @ text.T).todense()).ravel() / len(BLOCKS)
    best = np.argsort(-similarity, kind="stable")[:count]
    return [Neighbour(int(i), float(similarity[i])) for i in best if similarity[i] > 0]
