"""Which users write alike: similarity, clusters and a map."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

_MOST_CLUSTERS = 10
# A larger cluster says little of its people.
_USERS_A_CLUSTER = 30
_DIMENSIONS = 8
# Fewer users are placed by principal coordinates.
_FEWEST_NEIGHBOURS = 12
# How many neighbours each user's place is chosen by, and for how many steps.
_PERPLEXITY, _STEPS = 12, 600


@dataclass(frozen=True, eq=False)
class UserMap:
    """Users in the order given.

    Attributes
    ----------
    similarity
        Cosine between -1 and 1 of every two users, shape ``(users, users)``.
    clusters
        Each user's k-means cluster.
    places
        Coordinates between -1 and 1, shape ``(users, 2)``; similar users are close.
    """

    similarity: NDArray[np.float64]
    clusters: NDArray[np.int64]
    places: NDArray[np.float64]

    def nearest(self, user: int, count: int = 5) -> list[tuple[int, float]]:
        """Return positions of the most similar users, with their similarity."""
        order = np.argsort(-self.similarity[user], kind="stable")
        others = [int(i) for i in order if i != user][:count]
        return [(i, float(self.similarity[user, i])) for i in others]


def similarities(tweets: Sequence[sparse.csr_matrix]) -> NDArray[np.float64]:
    """Return the cosine of every two users' mean features, centred over all users.

    Models would not do: they are trained to separate users who write alike.

    Parameters
    ----------
    tweets
        Weighted features of some tweets of each user, such as the holdout.
    """
    means = sparse.vstack([_mean(rows) for rows in tweets], format="csr")
    products = np.asarray((means @ means.T).todense(), dtype=np.float64)
    centred = _centre(products)
    lengths = np.sqrt(np.clip(np.diag(centred), 1e-12, None))
    return centred / lengths / lengths[:, np.newaxis]


def _mean(rows: sparse.csr_matrix) -> sparse.csr_matrix:
    return sparse.csr_matrix(rows.sum(axis=0) / max(rows.shape[0], 1))


def _centre(products: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn products of vectors into those of their differences from the mean."""
    centred = products - products.mean(axis=0)
    centred -= centred.mean(axis=1, keepdims=True)
    return (centred + centred.T) / 2


def map_users(tweets: Sequence[sparse.csr_matrix], seed: int = 0) -> UserMap:
    """Compare, cluster and place at least three users; see `similarities`.

    Places are found by t-SNE (van der Maaten and Hinton 2008), which keeps neighbours
    together, beginning at the first two principal coordinates of the similarities
    (classical scaling, Torgerson 1952); few users stay there. The number of clusters is
    the one with the highest mean silhouette (Rousseeuw 1987), at most 10, with at most
    some 30 users each.
    """
    if len(tweets) < 3:
        raise ValueError("a map takes at least three users")
    alike = similarities(tweets)
    coordinates = _principal_coordinates(alike)
    places = coordinates[:, :2]
    if len(tweets) >= _FEWEST_NEIGHBOURS:
        coordinates = places = _neighbourly(alike, places, seed)
    widest = float(np.abs(places).max()) or 1.0
    return UserMap(alike, _cluster(coordinates, seed), places / widest)


def _principal_coordinates(alike: NDArray[np.float64]) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(_centre(alike))
    first = np.argsort(-values)[: min(_DIMENSIONS, len(values))]
    axes = vectors[:, first]
    # The sign of an eigenvector is arbitrary: fix it, so that maps are reproducible.
    largest = np.abs(axes).argmax(axis=0)
    axes = axes * np.sign(axes[largest, np.arange(axes.shape[1])])
    return np.asarray(axes * np.sqrt(np.clip(values[first], 0, None)))


def _neighbourly(
    alike: NDArray[np.float64], places: NDArray[np.float64], seed: int
) -> NDArray[np.float64]:
    """Move users from these places to where their nearest are near, shape (users, 2).

    Every user's distances are computed, so this is for hundreds.
    """
    from sklearn.manifold import TSNE

    distances = np.sqrt(np.clip(2 - 2 * alike, 0, None))
    np.fill_diagonal(distances, 0)
    start = 1e-4 * places / (places[:, 0].std() or 1.0)
    found = TSNE(
        metric="precomputed",
        method="exact",
        init=start.astype(np.float32),
        perplexity=min(_PERPLEXITY, (len(alike) - 1) / 3),
        max_iter=_STEPS,
        random_state=seed,
    ).fit_transform(distances)
    return np.asarray(found - found.mean(axis=0), dtype=np.float64)


def _cluster(coordinates: NDArray[np.float64], seed: int) -> NDArray[np.int64]:
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    best, labels = -2.0, np.zeros(len(coordinates), dtype=np.int64)
    fewest = max(2, min(len(coordinates) // _USERS_A_CLUSTER, _MOST_CLUSTERS))
    for clusters in range(fewest, min(_MOST_CLUSTERS, len(coordinates) - 1) + 1):
        found = KMeans(clusters, n_init=4, random_state=seed).fit_predict(coordinates)
        if len(np.unique(found)) < 2:
            continue
        score = float(silhouette_score(coordinates, found))
        if score > best:
            best, labels = score, found.astype(np.int64)
    return labels
