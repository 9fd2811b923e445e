"""Accuracy by group size and by training tweets, equal and mixed in one group."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prediction.engine.calibration.metrics import expected_calibration_error
from prediction.engine.evaluation.engines import maker
from prediction.engine.evaluation.scoring import Measured, measure
from prediction.engine.evaluation.splitting import Split
from prediction.engine.evaluation.statistics import Interval, bootstrap_over_users

GROUP_SIZES = (2, 4, 10, 25, 50)
TRAINS = (20, 50, 200, 1_000, 3_200)

Flags = NDArray[np.bool_]
Labels = NDArray[np.integer]
Floats = NDArray[np.floating]


def draw_groups(
    users: int, sizes: Sequence[int] = GROUP_SIZES, seed: int = 1
) -> dict[int, list[list[int]]]:
    """Draw random groups of every size that this many users allow.

    A group of everybody is drawn once, and large ones less often than small ones.
    """
    generator = random.Random(seed)
    return {
        size: [
            sorted(generator.sample(range(users), size))
            for _ in range(1 if size == users else _draws(size))
        ]
        for size in sorted(set(sizes))
        if 2 <= size <= users
    }


def _draws(size: int) -> int:
    return max(5, min(20, 200 // size))


@dataclass(frozen=True)
class InGroups:
    """An engine's answers in several groups, one after the other.

    Attributes
    ----------
    right
        Whether each answer names the author, shape ``(tweets,)``.
    owners
        The author's column among all users, of the same shape.
    confidence
        Probability of each answer, of the same shape.
    own
        Probability of each author, of the same shape.
    """

    right: Flags
    owners: Labels
    confidence: Floats
    own: Floats

    @property
    def ece(self) -> float:
        """Expected calibration error over all groups together."""
        return expected_calibration_error(self.confidence, self.right)

    @property
    def log_loss(self) -> float:
        """Mean over all tweets."""
        return float(-np.log(np.clip(self.own, 1e-12, 1)).mean())


def in_groups(measured: Measured, groups: Sequence[Sequence[int]]) -> InGroups:
    """Let an engine answer in each group for its members' tweets."""
    found = [measured.within(group) for group in groups]
    shares = [each.scored.probabilities for each in found]
    rows = [np.arange(len(each.owners)) for each in found]
    return InGroups(
        np.concatenate([each.right for each in found]),
        np.concatenate([measured.owners[measured.of(group)] for group in groups]),
        np.concatenate([each.max(axis=1) for each in shares]),
        np.concatenate(
            [s[r, f.owners] for s, r, f in zip(shares, rows, found, strict=True)]
        ),
    )


@dataclass(frozen=True)
class GroupSize:
    """How good the answers in groups of one size are."""

    accuracy: Interval
    log_loss: float
    ece: float


def by_group_size(
    measured: Measured, sizes: Sequence[int] = GROUP_SIZES, seed: int = 1
) -> dict[int, GroupSize]:
    """Return the mean over random groups of each possible size.

    Intervals are by bootstrap over users, each with its tweets in all groups.
    """
    users = measured.scored.probabilities.shape[1]
    result = {}
    for size, groups in draw_groups(users, sizes, seed).items():
        found = in_groups(measured, groups)
        accuracy = bootstrap_over_users(found.right, found.owners, seed)
        result[size] = GroupSize(accuracy, found.log_loss, found.ece)
    return result


def possible_trains(parts: Split, trains: Sequence[int] = TRAINS) -> list[int]:
    """Return the counts of training tweets that at least half of the users have."""
    median = float(np.median([len(tweets) for tweets in parts.train]))
    return [count for count in sorted(set(trains)) if count <= median]


def newest_only(parts: Split, counts: Sequence[int]) -> Split:
    """Keep each user's newest training tweets, as many as its entry in ``counts``."""
    kept = [tweets[-count:] for tweets, count in zip(parts.train, counts, strict=True)]
    return Split(parts.handles, tuple(kept), parts.test, parts.skipped)


def accuracy_by_tweets(
    name: str, parts: Split, trains: Sequence[int] = TRAINS, seed: int = 1
) -> dict[int, Interval]:
    """Return an engine's accuracy over all users by training tweets per user.

    Parameters
    ----------
    parts
        With at least as many training tweets as the largest of ``trains``; counts
        that fewer than half of the users have are left out.
    """
    found = {}
    for count in possible_trains(parts, trains):
        equal = newest_only(parts, [count] * len(parts.handles))
        measured = measure(maker(name)([]), equal)
        found[count] = bootstrap_over_users(measured.right, measured.owners, seed)
    return found


def mixed_counts(parts: Split, trains: Sequence[int] = TRAINS) -> list[int]:
    """Give each user of one group one of the counts, each to as many users.

    Who has more tweets gets a larger one, so that as few as possible fall short.
    """
    users = len(parts.handles)
    by_size = sorted(range(users), key=lambda user: len(parts.train[user]))
    counts = [0] * users
    for place, user in enumerate(by_size):
        counts[user] = sorted(trains)[place * len(trains) // users]
    return counts


def mixed_levels(
    name: str, parts: Split, trains: Sequence[int] = TRAINS, seed: int = 1
) -> dict[int, "Level"]:
    """Return how users fare in one group whose members trained on different counts."""
    counts = mixed_counts(parts, trains)
    measured = measure(maker(name)([]), newest_only(parts, counts))
    return by_level(measured, counts, seed)


@dataclass(frozen=True)
class Level:
    """Users with about the same number of training tweets in a mixed group.

    Attributes
    ----------
    accuracy
        Of these users' tweets.
    first_places
        How often these users were named, divided by how many tweets they wrote.
    """

    users: int
    accuracy: Interval
    first_places: float


def by_level(
    measured: Measured, counts: Sequence[int], seed: int = 1
) -> dict[int, Level]:
    """Return how users with each count of training tweets fare in a mixed group."""
    of_user = np.asarray(counts)
    written, named = of_user[measured.owners], of_user[measured.scored.predicted]
    found = {}
    for count in np.unique(written).tolist():
        own = written == count
        found[count] = Level(
            int((of_user == count).sum()),
            bootstrap_over_users(measured.right[own], measured.owners[own], seed),
            float((named == count).sum() / own.sum()),
        )
    return found
