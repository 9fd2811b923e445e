"""A group of hundreds or thousands: the same answers, scored through a mapped index."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from prediction.engine.calibration.calibration import damped, soft_max
from prediction.engine.calibration.group_calibration import Measured, measure
from prediction.engine.calibration.held_out import HeldOutReport, HeldOutScores
from prediction.engine.features.idf import Weighting, masses
from prediction.engine.features.ngrams import featurise
from prediction.engine.insight.explanation import Explanation
from prediction.engine.models.group import Candidate, Group, Prediction
from prediction.engine.models.ranking import RankingIndex
from prediction.engine.models.signature import HeldOut

Floats = NDArray[np.floating]


def measure_sample(parts: Iterable[HeldOut], members: int, tweets: int) -> Measured:
    """Score a sample of the newest held-out tweets with every held-out model.

    Parameters
    ----------
    parts
        The held-out part of every member; gone through twice, one at a time.
    members
        How many there are.
    tweets
        About how many tweets to score, spread evenly over the members.
    """
    each, step = max(1, tweets // members), max(1, members // tweets)
    chosen = {
        number: part.features[-each:]
        for number, part in enumerate(parts)
        if number % step == 0
    }
    features = sparse.vstack(list(chosen.values()), format="csr")
    columns = [part.model.score(features) for part in parts]
    counts = [rows.shape[0] for rows in chosen.values()]
    authors = np.repeat(np.array(list(chosen)), counts)
    scores = np.stack(columns, axis=1)
    return measure(HeldOutScores(scores, authors, masses(features)))


class LargeGroup:
    """Answers like `Group`; `pair` makes the group of two that explains an answer.

    Parameters
    ----------
    handles
        Names of the members.
    columns
        Where each member stands in ``index``.
    odds
        Slope and intercept of each member's own log-odds, shape ``(members, 2)``.
    """

    def __init__(
        self,
        handles: Sequence[str],
        index: RankingIndex,
        columns: NDArray[np.int64],
        odds: Floats,
        weighting: Weighting,
        measured: Measured,
        pair: Callable[[str, str], Group],
    ) -> None:
        self.handles = tuple(handles)
        self.weighting = weighting
        self._index, self._columns, self._odds = index, columns, odds
        self._measured, self._pair = measured, pair

    def held_out(self) -> HeldOutReport | None:
        """What was measured on everybody in the index."""
        return self._measured.report

    def predict(
        self, texts: Sequence[str], style_only: bool = False
    ) -> list[Prediction]:
        """Predict the author of each text by itself."""
        features = self.weighting.weigh(featurise(texts, style_only))
        scores = self._index.scores(features)[:, self._columns]
        rows = zip(scores, masses(features), strict=True)
        return [self._prediction(row[np.newaxis], mass) for row, mass in rows]

    def predict_together(
        self, texts: Sequence[str], style_only: bool = False
    ) -> Prediction:
        """Predict the one author of all texts: their log-odds add up."""
        features = self.weighting.weigh(featurise(texts, style_only))
        scores = self._index.scores(features)[:, self._columns]
        return self._prediction(scores, masses(features))

    def explain(self, text: str, style_only: bool = False) -> Explanation:
        """Say which characters speak for the most likely author, against the next."""
        found = self.predict([text], style_only)[0].candidates
        return self._pair(found[0].handle, found[1].handle).explain(text, style_only)

    def _prediction(self, scores: Floats, masses: Floats) -> Prediction:
        total = damped(scores).sum(axis=0)
        shares = soft_max(self._measured.sharpness * total[np.newaxis])[0]
        odds = self._odds[:, 0] * scores.sum(axis=0) + self._odds[:, 1] * len(scores)
        order = np.argsort(-total, kind="stable")
        candidates = tuple(
            Candidate(self.handles[i], chance, score)
            for i, chance, score in zip(
                order.tolist(),
                shares[order].tolist(),
                odds[order].tolist(),
                strict=True,
            )
        )
        return Prediction(candidates, self._measured.none_of_these(scores, masses))
