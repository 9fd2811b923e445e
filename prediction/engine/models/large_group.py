"""A group of hundreds or thousands: the same answers, scored by a mapped index."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from prediction.engine.calibration.familiarity import Signals, measure
from prediction.engine.calibration.group_calibration import GroupCalibration
from prediction.engine.features import ngrams
from prediction.engine.features.idf import IdfWeighting
from prediction.engine.features.profiles import profiles
from prediction.engine.insight.change import Change
from prediction.engine.insight.explanation import Explanation
from prediction.engine.models.answer import (
    Answer,
    combine,
    logits_by_text,
    total_logits,
)
from prediction.engine.models.explaining import change_of, explain
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
    """

    def __init__(
        self,
        index: RankingIndex,
        columns: NDArray[np.int64],
        platt: Floats,
        habits: Floats,
        idf: IdfWeighting,
        calibration: GroupCalibration,
    ) -> None:
        self.idf, self.calibration = idf, calibration
        self._index, self._columns, self._platt = index, columns, platt
        self._habits = habits

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
            self._with_reasons(
                answer, scores[row], signals.rows(row), [text], style_only
            )
            for answer, row, text in zip(answers, rows, texts, strict=True)
        ]

    def predict_together(
        self, texts: Sequence[str], style_only: bool = False, explain: bool = False
    ) -> Answer:
        """Predict the one author of all texts: their log-odds add up.

        With ``explain``, the explanations of all texts add up, too.
        """
        scores, signals = self._score(texts, style_only)
        each = logits_by_text(scores, signals, self.calibration)
        answer = replace(self._answer(scores, signals), logits=each)
        if not explain:
            return answer
        return self._with_reasons(answer, scores, signals, texts, style_only)

    def favourites(
        self, texts: Sequence[str], style_only: bool = False
    ) -> NDArray[np.intp]:
        """Return the position of each text's most likely author, shape ``(texts,)``.

        Made for many texts that are much alike.
        """
        features = self.idf.transform(ngrams.transform(texts, style_only))
        scores = self._index.score_alike(features)[:, self._columns]
        return np.asarray(self.calibration.softmax.logits(scores).argmax(axis=1))

    def change(
        self, text: str, explanation: Explanation, style_only: bool = False
    ) -> Change | None:
        """Find the fewest words without which somebody else is the most likely."""
        return change_of(self, text, explanation, style_only)

    def _score(self, texts: Sequence[str], style_only: bool) -> tuple[Floats, Signals]:
        features: sparse.csr_matrix = self.idf.transform(
            ngrams.transform(texts, style_only)
        )
        scores = self._index.decision_function(features)[:, self._columns]
        known = self._index.known(features.indices)
        outside = self.idf.outside_scores(features)
        signals = measure(features, known, profiles(texts), self._habits, outside)
        return scores, signals

    def _answer(self, scores: Floats, signals: Signals) -> Answer:
        return combine(scores, signals, self._platt, self.calibration)

    def _with_reasons(
        self,
        answer: Answer,
        scores: Floats,
        signals: Signals,
        texts: Sequence[str],
        style_only: bool,
    ) -> Answer:
        located = [(text, ngrams.locate(text, style_only)) for text in texts]
        explanations = explain(
            lambda columns: self._index.weights_of(columns)[self._columns],
            self._index.biases[self._columns],
            self.calibration.softmax,
            total_logits(scores, signals, self.calibration),
            signals.trust(),
            located,
            self.idf,
            answer.none_of_these,
        )
        return replace(answer, explanations=explanations)
