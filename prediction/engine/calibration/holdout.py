"""The holdout: each user's newest tweets, kept out of training to measure with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from prediction.engine.calibration.familiarity import Signals, measure
from prediction.engine.calibration.metrics import ReliabilityBin, reliability
from prediction.engine.calibration.reference import calibration_features
from prediction.engine.features.idf import IdfWeighting
from prediction.engine.features.ngrams import N_FEATURES
from prediction.engine.features.profiles import PROFILE_SIZE

if TYPE_CHECKING:
    from prediction.engine.models.signature import Holdout

HOLDOUT_SHARE = 5
MAX_HOLDOUT = 100
CONFUSION_LIMIT = 100


def holdout_size(tweets: int) -> int:
    """Return how many of so many tweets are held out: a fifth, from 2 to 100."""
    return min(max(tweets // HOLDOUT_SHARE, 2), MAX_HOLDOUT)


def background_rows(tweets: int, quota: int) -> tuple[list[int], list[bool]]:
    """Choose which of a user's tweets, oldest first, go into a background.

    A fifth are the user's newest; the others come from just before the holdout, so
    that holdout models keep most of the background.

    Returns
    -------
    Positions in ascending order, and for each whether it belongs to the holdout.
    """
    newest = holdout_size(tweets)
    older = tweets - newest
    fresh = min(max(quota // HOLDOUT_SHARE, quota - older), newest)
    first = max(older - (quota - fresh), 0)
    before = list(range(first, older))
    after = list(range(tweets - fresh, tweets))
    return before + after, [False] * len(before) + [True] * len(after)


@dataclass(frozen=True)
class HoldoutReport:
    """The group scored against itself.

    Attributes
    ----------
    accuracy, chance
        Share of tweets attributed to their author, and what always naming the member
        with most of the tweets would reach.
    tweets
        How many tweets were scored.
    confusion
        Row: author, column: predicted member, in the group's order; empty for groups
        of more than `CONFUSION_LIMIT`.
    bins
        How often the model was right at each level of confidence.
    """

    accuracy: float
    chance: float
    tweets: int
    confusion: tuple[tuple[int, ...], ...]
    bins: tuple[ReliabilityBin, ...]


@dataclass(frozen=True, eq=False)
class HoldoutScores:
    """Scores of holdout tweets by models that never saw them.

    Attributes
    ----------
    scores
        Shape ``(tweets, members)``.
    authors
        Column of each tweet's author, shape ``(tweets,)``.
    """

    scores: NDArray[np.float32]
    authors: NDArray[np.int64]

    def genuine(self) -> NDArray[np.float32]:
        """Return the best member's score of each tweet."""
        return self.scores.max(axis=1)

    def foreign(self) -> NDArray[np.float32]:
        """Return the same as if each tweet's author were not a member."""
        others = self.scores.copy()
        others[np.arange(len(others)), self.authors] = -np.inf
        return others.max(axis=1)

    def of_members(self, columns: NDArray[np.integer], tweets: int) -> "HoldoutScores":
        """Return the scores of some members for their own tweets, at most so many.

        Members are then numbered by their place in ``columns``.
        """
        place = np.full(self.scores.shape[1], -1)
        place[columns] = np.arange(len(columns))
        rows = np.flatnonzero(place[self.authors] >= 0)
        rows = rows[:: max(1, -(-len(rows) // tweets))]
        scores = self.scores[rows][:, columns].astype(np.float32)
        return HoldoutScores(scores, place[self.authors[rows]])

    def report(self, probabilities: NDArray[np.floating]) -> HoldoutReport:
        """Summarise, with probabilities of the same shape as the scores."""
        predicted = probabilities.argmax(axis=1)
        right = predicted == self.authors
        return HoldoutReport(
            accuracy=float(right.mean()),
            chance=self._chance(),
            tweets=len(predicted),
            confusion=self._confusion(predicted),
            bins=reliability(probabilities.max(axis=1), right),
        )

    def _chance(self) -> float:
        members = self.scores.shape[1]
        counts = np.bincount(self.authors, minlength=members)
        # A sample that leaves members out takes as many tweets of each of the others.
        return float(counts.max() / counts.sum()) if counts.all() else 1 / members

    def _confusion(self, predicted: NDArray[np.int64]) -> tuple[tuple[int, ...], ...]:
        members = self.scores.shape[1]
        if members > CONFUSION_LIMIT:
            return ()
        counts = np.zeros((members, members), dtype=int)
        np.add.at(counts, (self.authors, predicted), 1)
        return tuple(tuple(row) for row in counts.tolist())


@dataclass(frozen=True, eq=False)
class CalibrationScores(HoldoutScores):
    """Scores and signals of the holdout, and of reference texts beside it.

    Attributes
    ----------
    signals
        Of the holdout tweets.
    outside
        Scores of texts that nobody here wrote, shape ``(texts, members)``.
    outside_signals
        Of the same texts.
    """

    signals: Signals
    outside: NDArray[np.float32]
    outside_signals: Signals


def score_holdouts(
    holdouts: "Sequence[Holdout]", idf: IdfWeighting
) -> CalibrationScores:
    """Score every member's holdout tweets with every member's holdout model."""
    return _score(holdouts, dict(enumerate(holdouts)), idf)


def score_holdout_sample(
    holdouts: "Sequence[Holdout]", tweets: int, idf: IdfWeighting
) -> CalibrationScores:
    """Score a sample of the newest holdout tweets with every holdout model.

    Parameters
    ----------
    holdouts
        Of every member; iterated once, so that one at a time may be in memory.
    tweets
        About how many tweets to score, spread evenly over the members.
    idf
        Of the background that the models were built against.
    """
    members = len(holdouts)
    each, step = max(1, tweets // members), max(1, members // tweets)
    chosen = {
        number: holdouts[number].newest(each) for number in range(0, members, step)
    }
    return _score(holdouts, chosen, idf)


def _score(
    holdouts: "Iterable[Holdout]", chosen: "dict[int, Holdout]", idf: IdfWeighting
) -> CalibrationScores:
    reference = calibration_features()
    weighted = [part.features for part in chosen.values()]
    elsewhere = idf.transform(reference.features)
    features = sparse.vstack([*weighted, elsewhere], "csr")
    known = np.zeros(N_FEATURES, dtype=bool)
    habits = np.zeros(PROFILE_SIZE, dtype=np.float32)
    columns = []
    for part in holdouts:
        columns.append(part.model.decision_function(features))
        known[part.model.positive_columns()] = True
        np.maximum(habits, part.habits, out=habits)
    scores = np.stack(columns, axis=1)
    own = [part.profiles for part in chosen.values()]
    profiles = np.concatenate([*own, reference.profiles])
    counts = [rows.shape[0] for rows in weighted]
    inside, outside = slice(sum(counts)), slice(sum(counts), None)
    unlike = idf.outside_scores(features[inside]), idf.unseen_scores(elsewhere)
    signals = measure(
        features, known[features.indices], profiles, habits, np.concatenate(unlike)
    )
    return CalibrationScores(
        scores[inside],
        np.repeat(np.array(list(chosen)), counts),
        signals.rows(inside),
        scores[outside],
        signals.rows(outside),
    )
