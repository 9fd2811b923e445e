"""Who sounds like whom, as numbers: no Django in here.

A user is the mean of the features of their held-out tweets, less what is common to all
users, folded into a short vector that keeps angles (a count sketch: Charikar, Chen and
Farach-Colton 2002).
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.floating]
Ints = NDArray[np.integer]

LENGTH = 4_096
MOST_CLUSTERS = 8
_SPREAD_STEPS = 60
_SIGN_BITS = 0x9E3779B1


def fold(features: sparse.csr_matrix) -> Floats:
    """The mean row in a vector of shape ``(LENGTH,)``."""
    columns = features.indices.astype(np.int64)
    signs = np.where((columns * _SIGN_BITS >> 16) & 1, 1.0, -1.0)
    weights = features.data * signs / max(features.shape[0], 1)
    folded = np.bincount(columns % LENGTH, weights=weights, minlength=LENGTH)
    return folded.astype(np.float32)


@dataclass(frozen=True, eq=False)
class Likeness:
    """Unit vectors of shape ``(users, LENGTH)``, and what follows from them."""

    vectors: Floats

    @classmethod
    def of(cls, folded: Iterable[Floats]) -> "Likeness":
        """From each user's folded mean; at least two."""
        stacked = np.stack(list(folded)).astype(np.float32)
        stacked -= stacked.mean(axis=0)
        length = np.linalg.norm(stacked, axis=1, keepdims=True)
        return cls(stacked / np.maximum(length, 1e-9))

    def nearest(self, user: int, count: int) -> list[int]:
        """The users most like this one, most like first, without itself."""
        likeness = self.vectors @ self.vectors[user]
        likeness[user] = -np.inf
        return [int(i) for i in np.argsort(-likeness, kind="stable")[:count]][
            : len(likeness) - 1
        ]

    def clusters(self) -> Ints:
        """A cluster number per user, from k-means with the k up to `MOST_CLUSTERS`
        of the best silhouette; all zeros for fewer than four users."""
        from sklearn.cluster import KMeans
        from sklearn.metrics import silhouette_score

        users = len(self.vectors)
        if users < 4:
            return np.zeros(users, dtype=int)
        places = self._principal(min(10, users - 1))
        best_score, best = -1.0, np.zeros(users, dtype=int)
        for k in range(2, min(MOST_CLUSTERS, users - 1) + 1):
            labels = KMeans(k, n_init=5, random_state=0).fit_predict(places)
            score = silhouette_score(places, labels)
            if score > best_score:
                best_score, best = score, labels
        return best

    def places(self) -> Floats:
        """Where to draw each user in the unit square: the two main directions, spread
        out so that neighbours do not cover each other. Shape ``(users, 2)``."""
        places = self._principal(2)
        ranks = places.argsort(axis=0).argsort(axis=0) / max(len(places) - 1, 1)
        low, high = places.min(axis=0), places.max(axis=0)
        even = (places - low) / np.maximum(high - low, 1e-9)
        return _spread(0.5 * even + 0.5 * ranks)

    def _principal(self, directions: int) -> Floats:
        u, s, _ = np.linalg.svd(self.vectors @ self.vectors.T, hermitian=True)
        places = u[:, :directions] * np.sqrt(s[:directions])
        # The sign of a direction is arbitrary; fix it.
        furthest = places[np.abs(places).argmax(axis=0)].diagonal()
        return np.asarray(places * np.where(furthest < 0, -1, 1))


def _spread(places: Floats) -> Floats:
    """Pushes points apart that are closer than a fair share of the square."""
    room = 0.7 / max(np.sqrt(len(places)), 1)
    for _ in range(_SPREAD_STEPS):
        apart = places[:, None] - places[None]
        distance = np.linalg.norm(apart, axis=2)
        np.fill_diagonal(distance, np.inf)
        push = np.maximum(room - distance, 0) / np.maximum(distance, 1e-6)
        places = (places + 0.25 * (apart * push[:, :, None]).sum(axis=1)).clip(0, 1)
    return places
