"""How often a group's members are told apart on tweets no scoring model saw."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from prediction.engine.calibration.calibration import chances
from prediction.engine.calibration.metrics import ReliabilityBin, reliability
from prediction.engine.features.idf import masses
from prediction.engine.models.signature import HeldOut

CONFUSION_LIMIT = 100


@dataclass(frozen=True)
class HeldOutReport:
    """The group scored against itself.

    Attributes
    ----------
    accuracy, chance
        Share of tweets given to their author, and what naming always the member with
        most of the tweets would reach.
    tweets
        How many tweets were scored.
    confusion
        Row: author, column: who was named, in the group's order; empty for groups
        of more than `CONFUSION_LIMIT`.
    bins
        How often the model was right where it was so and so sure.
    """

    accuracy: float
    chance: float
    tweets: int
    confusion: tuple[tuple[int, ...], ...]
    bins: tuple[ReliabilityBin, ...]


@dataclass(frozen=True, eq=False)
class HeldOutScores:
    """Scores of shape ``(tweets, members)``, each tweet's author's column, and the sum
    of its weighed features."""

    scores: NDArray[np.float32]
    authors: NDArray[np.int64]
    masses: NDArray[np.float32]

    def genuine(self) -> NDArray[np.float32]:
        """How much speaks for the group on tweets that members wrote."""
        return self.scores.max(axis=1)

    def foreign(self) -> NDArray[np.float32]:
        """The same as if each tweet's author were not a member."""
        others = self.scores.copy()
        others[np.arange(len(others)), self.authors] = -np.inf
        return others.max(axis=1)

    def report(self, sharpness: float) -> HeldOutReport:
        """Sum up, with probabilities of the given sharpness."""
        named = self.scores.argmax(axis=1)
        right = named == self.authors
        sure = chances(self.scores, sharpness).max(axis=1)
        return HeldOutReport(
            accuracy=float(right.mean()),
            chance=float(np.bincount(self.authors).max() / len(named)),
            tweets=len(named),
            confusion=self._confusion(named),
            bins=reliability(sure, right),
        )

    def _confusion(self, named: NDArray[np.int64]) -> tuple[tuple[int, ...], ...]:
        members = self.scores.shape[1]
        if members > CONFUSION_LIMIT:
            return ()
        counts = np.zeros((members, members), dtype=int)
        np.add.at(counts, (self.authors, named), 1)
        return tuple(tuple(row) for row in counts.tolist())


def score_held_out(parts: Sequence[HeldOut]) -> HeldOutScores:
    """Score every member's held-out tweets with every member's held-out model."""
    features = sparse.vstack([part.features for part in parts], format="csr")
    columns = [part.model.score(features) for part in parts]
    counts = [part.features.shape[0] for part in parts]
    authors = np.repeat(np.arange(len(parts)), counts)
    return HeldOutScores(np.stack(columns, axis=1), authors, masses(features))
