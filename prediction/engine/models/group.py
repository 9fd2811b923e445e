"""The users that a prediction chooses among, composed from their signatures."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import softmax

from prediction.engine.calibration.familiarity import Signals, measure
from prediction.engine.calibration.group_calibration import (
    DEFAULT_CALIBRATION,
    GroupCalibration,
    fit_group_calibration,
)
from prediction.engine.calibration.holdout import score_holdouts
from prediction.engine.features import ngrams
from prediction.engine.features.idf import IdfWeighting
from prediction.engine.features.ngrams import N_FEATURES, Located
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
from prediction.engine.models.linear import used_columns
from prediction.engine.models.signature import Signature

Floats = NDArray[np.floating]


class Group:
    """Choose among users by their signatures.

    Members are named by their position in ``signatures``.

    Parameters
    ----------
    signatures
        One per member, built against one background.
    idf
        That background's.
    calibration
        What `calibration` was for the same members before; without it, it is fitted
        when it is first needed, on the signatures' holdout.

    Raises
    ------
    ValueError
        Fewer than two members.
    """

    def __init__(
        self,
        signatures: Sequence[Signature],
        idf: IdfWeighting,
        calibration: GroupCalibration | None = None,
    ) -> None:
        if len(signatures) < 2:
            raise ValueError("a group needs at least two members")
        self.signatures = tuple(signatures)
        self.idf = idf
        self._platt = np.array([(s.platt.slope, s.platt.intercept) for s in signatures])
        self._habits = np.max([s.habits for s in signatures], axis=0)
        bases = [s.model.base_weight for s in signatures]
        self._base_weights = np.array(bases, dtype=np.float32)[:, np.newaxis]
        if calibration is not None:
            self.calibration = calibration

    def __len__(self) -> int:
        return len(self.signatures)

    @cached_property
    def calibration(self) -> GroupCalibration:
        """Calibration and accuracy of exactly this group."""
        holdouts = [signature.holdout for signature in self.signatures]
        known = [holdout for holdout in holdouts if holdout is not None]
        if len(known) < len(holdouts):
            return DEFAULT_CALIBRATION
        return fit_group_calibration(score_holdouts(known, self.idf))

    def decision_function(
        self, texts: Sequence[str], style_only: bool = False
    ) -> NDArray[np.float32]:
        """Score texts for each member, shape ``(texts, members)``.

        Scores are standardised: other people's tweets have mean 0 and spread 1.
        """
        return self._score(self._features(texts, style_only))

    def predict_proba(self, texts: Sequence[str], style_only: bool = False) -> Floats:
        """Return the probability of each member, given that one of them wrote it.

        Shape ``(texts, members)``; rows sum to 1.
        """
        scores, signals = self._measure(texts, style_only)
        trusted = signals.trust()[:, np.newaxis]
        return np.asarray(
            softmax(trusted * self.calibration.softmax.logits(scores), axis=1)
        )

    def verification_log_odds(
        self, texts: Sequence[str], style_only: bool = False
    ) -> Floats:
        """Return the log-odds that any member wrote each text, for even prior odds."""
        scores, signals = self._measure(texts, style_only)
        best = scores.max(axis=1)
        return self.calibration.verification.log_odds(best, signals)

    def predict(
        self, texts: Sequence[str], style_only: bool = False, explain: bool = False
    ) -> list[Answer]:
        """Predict the author of each text by itself, with an explanation if asked."""
        if explain:
            return [self._explained(text, style_only) for text in texts]
        scores, signals = self._measure(texts, style_only)
        rows = [slice(row, row + 1) for row in range(len(texts))]
        return [self._answer(scores[row], signals.rows(row)) for row in rows]

    def predict_together(
        self, texts: Sequence[str], style_only: bool = False, explain: bool = False
    ) -> Answer:
        """Predict the one author of all texts: their log-odds add up.

        With ``explain``, the explanations of all texts add up, too.
        """
        scores, signals = self._measure(texts, style_only)
        each = logits_by_text(scores, signals, self.calibration)
        answer = replace(self._answer(scores, signals), logits=each)
        if not explain:
            return answer
        located = [ngrams.locate(text, style_only) for text in texts]
        return self._with_reasons(
            answer, scores, signals, texts, located, self._weights_of
        )

    def favourites(
        self, texts: Sequence[str], style_only: bool = False
    ) -> NDArray[np.intp]:
        """Return the position of each text's most likely author, shape ``(texts,)``.

        Made for many texts that are much alike.
        """
        columns, features = used_columns(self._features(texts, style_only))
        scores = features @ self._weights_of(columns).T + self.biases
        return np.asarray(self.calibration.softmax.logits(scores).argmax(axis=1))

    def change(
        self, text: str, explanation: Explanation, style_only: bool = False
    ) -> Change | None:
        """Find the fewest words without which somebody else is the most likely."""
        return change_of(self, text, explanation, style_only)

    @cached_property
    def biases(self) -> NDArray[np.float64]:
        """Each member's score of a text without features, shape ``(members,)``."""
        return np.array([signature.model.bias for signature in self.signatures])

    def _features(self, texts: Sequence[str], style_only: bool) -> sparse.csr_matrix:
        return self.idf.transform(ngrams.transform(texts, style_only))

    def _measure(
        self, texts: Sequence[str], style_only: bool
    ) -> tuple[NDArray[np.float32], Signals]:
        features = self._features(texts, style_only)
        if len(texts) == 1:
            weights = self._weights(features)
            scores = self._score_one(features, weights)
            return scores, self._signals(texts, features, self._known(weights))
        known = np.zeros(N_FEATURES, dtype=bool)
        for signature in self.signatures:
            known[signature.model.positive_columns()] = True
        signals = self._signals(texts, features, known[features.indices])
        return self._score(features), signals

    def _signals(
        self,
        texts: Sequence[str],
        features: sparse.csr_matrix,
        known: NDArray[np.bool_],
    ) -> Signals:
        outside = self.idf.outside_scores(features)
        return measure(features, known, profiles(texts), self._habits, outside)

    def _known(self, weights: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Return which of one text's features speak for any member."""
        return np.asarray((weights > self._base_weights).any(axis=0))

    def _score(self, features: sparse.csr_matrix) -> NDArray[np.float32]:
        if features.shape[0] == 1:
            return self._score_one(features, self._weights(features))
        models = [signature.model for signature in self.signatures]
        return np.stack([m.decision_function(features) for m in models], axis=1)

    def _weights(self, features: sparse.csr_matrix) -> NDArray[np.float32]:
        """Return each member's weights of one text's features."""
        return self._weights_of(features.indices)

    def _weights_of(self, columns: NDArray[np.integer]) -> NDArray[np.float32]:
        return np.stack([s.model.weights_of(columns) for s in self.signatures])

    def _score_one(
        self, features: sparse.csr_matrix, weights: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        scores = weights @ features.data + self.biases
        return scores.astype(np.float32)[np.newaxis]

    def _answer(self, scores: Floats, signals: Signals) -> Answer:
        return combine(scores, signals, self._platt, self.calibration)

    def _explained(self, text: str, style_only: bool) -> Answer:
        located = ngrams.locate(text, style_only)
        features = self.idf.transform(located.features)
        weights = self._weights(features)
        scores = self._score_one(features, weights)
        signals = self._signals([text], features, self._known(weights))
        answer = self._answer(scores, signals)
        return self._with_reasons(
            answer, scores, signals, [text], [located], lambda _: weights
        )

    def _with_reasons(
        self,
        answer: Answer,
        scores: Floats,
        signals: Signals,
        texts: Sequence[str],
        located: Sequence[Located],
        weights_of: Callable[[NDArray[np.integer]], NDArray[np.float32]],
    ) -> Answer:
        explanations = explain(
            weights_of,
            self.biases,
            self.calibration.softmax,
            total_logits(scores, signals, self.calibration),
            signals.trust(),
            list(zip(texts, located, strict=True)),
            self.idf,
            answer.none_of_these,
        )
        return replace(answer, explanations=explanations)
