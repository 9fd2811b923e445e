"""What the users of a cluster do more often than the others, in plain words."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from prediction.engine.insight.habits import HABITS
from prediction.engine.insight.typical import Trait

_FEW = 2
_LEAST_SHARE, _CLEARLY_MORE, _CLEAR = 0.08, 1.3, 2.0
# Standard deviation that the shares of a cluster's users have at least.
_LEAST_SPREAD = 0.05
_STEM = 4


def habit_shares(tweets: Sequence[str]) -> NDArray[np.float32]:
    """Return which share of a user's tweets shows each of `HABITS`."""
    shown = [sum(map(habit.spot, tweets)) for habit in HABITS]
    return np.array(shown, dtype=np.float32) / np.float32(max(len(tweets), 1))


def cluster_habits(
    shares: NDArray[np.floating], clusters: NDArray[np.integer]
) -> dict[int, list[Trait]]:
    """Find two habits of each cluster, the clearest first; a third where it takes that
    to tell clusters apart.

    Users are compared, not tweets, so one user's habit does not name a cluster.

    Parameters
    ----------
    shares
        Of each user's tweets that show each habit, shape ``(users, habits)``.
    clusters
        Each user's cluster, shape ``(users,)``.
    """
    found = {
        int(cluster): _distinct(_traits(shares, clusters == cluster))
        for cluster in np.unique(clusters)
    }
    names = Counter(_named(traits) for traits in found.values())
    return {
        cluster: traits[: _FEW + (names[_named(traits)] > 1)]
        for cluster, traits in found.items()
    }


def _named(traits: Sequence[Trait]) -> frozenset[str]:
    return frozenset(trait.name for trait in traits[:_FEW])


def _traits(shares: NDArray[np.floating], inside: NDArray[np.bool_]) -> list[Trait]:
    """Return what users inside clearly do more than those outside."""
    own, others = shares[inside], shares[~inside]
    if not len(others):
        return []
    means, usual = own.mean(axis=0), others.mean(axis=0)
    within = np.concatenate([own - means, others - usual])
    spread = np.maximum(within.std(axis=0), _LEAST_SPREAD)
    error = spread * np.sqrt(1 / len(own) + 1 / len(others))
    found = [
        Trait(habit.says, float(mean), float(other), float((mean - other) / wrong))
        for habit, mean, other, wrong in zip(HABITS, means, usual, error, strict=True)
        if mean >= max(_LEAST_SHARE, _CLEARLY_MORE * other)
    ]
    clear = [trait for trait in found if trait.strength >= _CLEAR]
    return sorted(clear, key=lambda trait: -trait.strength)


def _distinct(traits: Sequence[Trait]) -> list[Trait]:
    """Leave out what is about the same thing as a clearer habit."""
    kept: list[Trait] = []
    said: set[str] = set()
    for trait in traits:
        about = {word[:_STEM] for word in trait.name.split() if len(word) > _STEM}
        if not about & said:
            kept.append(trait)
            said |= about
    return kept
