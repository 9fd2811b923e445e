"""A group of hundreds or thousands: the same answers, scored by a mapped index."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from prediction.engine.calibration.familiarity import Signals, measure
from prediction.engine.calibration.group_calibration import GroupCalibration
from prediction.engine.features import ngrams
from prediction.engine.features.idf import IdfWeighting
from prediction.engine.features.profiles import profiles
from prediction.engine.models.answer import Answer, combine
from prediction.engine.models.group import Group
from prediction.engine.models.ranking import RankingIndex

Floats = NDArray[np.floating]


class LargeGroup:
    """Answer like `Group`, for members that are columns of an index.

    Parameters
    ----------
    index
        Models of at least the members.
    columns
        Each member's column in ``index``.
    platt
        Slope and intercept of each member's own log-odds, shape ``(members, 2)``.
    habits
        The largest of the members' mean profiles, shape ``(PROFILE_SIZE,)``.
    idf
        Of the background that the models were built against.
    calibration
        Fitted on a sample of the whole index.
    pair
        Composes the group of two members, whose positions are in ascending order;
        it explains answers.
    """

    def __init__(
        self,
        index: RankingIndex,
        columns: NDArray[np.int64],
        platt: Floats,
        habits: Floats,
        idf: IdfWeighting,
        calibration: GroupCalibration,
        pair: Callable[[int, int], Group],
    ) -> None:
        self.idf, self.calibration = idf, calibration
        self._index, self._columns, self._platt = index, columns, platt
        self._habits, self._pair = habits, pair

    def __len__(self) -> int:
        return len(self._columns)

    def predict(
        self, texts: Sequence[str], style_only: bool = False, explain: bool = False
    ) -> list[Answer]:
        """Predict the author of each text by itself, with an explanation if asked."""
        scores, signals = self._score(texts, style_only)
        rows = [slice(row, row + 1) for row in range(len(texts))]
        answers = [self._answer(scores[row], signals.rows(row)) for row in rows]
        if not explain:
            return answers
        return [
            self._explained(answer, text, style_only)
            for answer, text in zip(answers, texts, strict=True)
        ]

    def predict_together(
        self, texts: Sequence[str], style_only: bool = False
    ) -> Answer:
        """Predict the one author of all texts: their log-odds add up."""
        return self._answer(*self._score(texts, style_only))

    def _score(self, texts: Sequence[str], style_only: bool) -> tuple[Floats, Signals]:
        features: sparse.csr_matrix = self.idf.transform(
            ngrams.transform(texts, style_only)
        )
        scores = self._index.decision_function(features)[:, self._columns]
        known = self._index.known(features.indices)
        return scores, measure(features, known, profiles(texts), self._habits)

    def _answer(self, scores: Floats, signals: Signals) -> Answer:
        return combine(scores, signals, self._platt, self.calibration)

    def _explained(self, answer: Answer, text: str, style_only: bool) -> Answer:
        two = sorted(answer.order[:2])
        pair = self._pair(*two).predict([text], style_only, explain=True)[0]
        if pair.explanation is None:
            return answer
        return replace(answer, explanation=pair.explanation.renumbered(two))
