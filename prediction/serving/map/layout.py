"""Moves places on a map so that neighbours do not cover each other."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]

STEPS = 60
FAIR_SHARE = 0.7


def spread(places: Floats) -> Floats:
    """Fill the unit square with places of shape ``(users, 2)``.

    Places move halfway to an even spread along each axis; then those closer than a
    fair share of the square are pushed apart.
    """
    ranks = places.argsort(axis=0).argsort(axis=0) / max(len(places) - 1, 1)
    return _to_square(_push_apart(0.5 * _to_square(places) + 0.5 * ranks))


def _push_apart(places: Floats) -> Floats:
    room = FAIR_SHARE / max(np.sqrt(len(places)), 1)
    for _ in range(STEPS):
        apart = places[:, None] - places[None]
        distance = np.linalg.norm(apart, axis=2)
        np.fill_diagonal(distance, np.inf)
        push = np.maximum(room - distance, 0) / np.maximum(distance, 1e-6)
        places = (places + 0.25 * (apart * push[:, :, None]).sum(axis=1)).clip(0, 1)
    return places


def _to_square(places: Floats) -> Floats:
    low, high = places.min(axis=0), places.max(axis=0)
    return np.asarray((places - low) / np.maximum(high - low, 1e-9))
