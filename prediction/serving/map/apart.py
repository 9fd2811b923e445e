"""How many tweets it takes to tell two people apart, measured on held-out ones."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prediction.engine.calibration.holdout import score_holdouts
from prediction.serving.loader import compose_whole
from tweets.models import User

COUNTS = (1, 2, 3, 5, 10)
DRAWS = 1_000
OFTEN = 0.95


@dataclass(frozen=True)
class Step:
    """How often so many tweets of one author were given to that author."""

    tweets: int
    share_right: float


@dataclass(frozen=True)
class Apart:
    """Two people, and how often the model tells which of them wrote.

    ``held_out`` are how many tweets of each it was measured on.
    """

    users: tuple[User, User]
    held_out: tuple[int, int]
    steps: tuple[Step, ...]

    @property
    def enough(self) -> int | None:
        """The fewest tweets that are given to their author 95 times out of 100."""
        counts = (step.tweets for step in self.steps if step.share_right >= OFTEN)
        return next(counts, None)


def tell_apart(one: User, other: User) -> Apart:
    """Measure with models that never saw the tweets, after building stale ones.

    Tweets of one author are drawn together, and their log-odds add up, as they do
    where several texts are asked about.
    """
    group, members, _ = compose_whole([one, other])
    holdouts = [signature.holdout for signature in group.signatures]
    known = [holdout for holdout in holdouts if holdout is not None]
    scored = score_holdouts(known, group.idf)
    logits = group.calibration.softmax.logits(scored.scores)
    lead = scored.signals.trust() * (logits[:, 0] - logits[:, 1])
    right = [lead[scored.authors == 0], -lead[scored.authors == 1]]
    fewest = min(map(len, right))
    steps = [
        Step(count, float(np.mean([_share_right(margin, count) for margin in right])))
        for count in COUNTS
        if count <= fewest
    ]
    sizes = len(right[0]), len(right[1])
    return Apart((members[0], members[1]), sizes, tuple(steps))


def _share_right(margins: NDArray[np.floating], count: int) -> float:
    """Return how often so many tweets, drawn at random, sum to the right author."""
    if count == 1:
        return float((margins > 0).mean())
    drawn = np.random.default_rng(0).random((DRAWS, len(margins))).argsort(axis=1)
    return float((margins[drawn[:, :count]].sum(axis=1) > 0).mean())
