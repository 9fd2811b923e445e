"""The users that a prediction chooses among, composed from their signatures."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from prediction.engine.calibration.group_calibration import (
    DEFAULT_CALIBRATION,
    GroupCalibration,
    fit_group_calibration,
)
from prediction.engine.calibration.holdout import score_holdouts
from prediction.engine.calibration.temperature import probabilities
from prediction.engine.features import ngrams
from prediction.engine.features.idf import IdfWeighting, feature_sums
from prediction.engine.insight.explanation import explain_difference, spread
from prediction.engine.models.answer import Answer, combine
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
        return fit_group_calibration(score_holdouts(known))

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
        scores = self.decision_function(texts, style_only)
        return probabilities(scores, self.calibration.temperature)

    def verification_log_odds(
        self, texts: Sequence[str], style_only: bool = False
    ) -> Floats:
        """Return the log-odds that any member wrote each text, for even prior odds."""
        features = self._features(texts, style_only)
        best = self._score(features).max(axis=1)
        return self.calibration.verification.log_odds(best, feature_sums(features))

    def predict(
        self, texts: Sequence[str], style_only: bool = False, explain: bool = False
    ) -> list[Answer]:
        """Predict the author of each text by itself, with an explanation if asked."""
        if explain:
            return [self._explained(text, style_only) for text in texts]
        features = self._features(texts, style_only)
        rows = zip(self._score(features), feature_sums(features), strict=True)
        return [self._answer(row[np.newaxis], total) for row, total in rows]

    def predict_together(
        self, texts: Sequence[str], style_only: bool = False
    ) -> Answer:
        """Predict the one author of all texts: their log-odds add up."""
        features = self._features(texts, style_only)
        return self._answer(self._score(features), feature_sums(features))

    def _features(self, texts: Sequence[str], style_only: bool) -> sparse.csr_matrix:
        return self.idf.transform(ngrams.transform(texts, style_only))

    def _score(self, features: sparse.csr_matrix) -> NDArray[np.float32]:
        if features.shape[0] == 1:
            return self._score_one(features, self._weights(features))
        models = [signature.model for signature in self.signatures]
        return np.stack([m.decision_function(features) for m in models], axis=1)

    def _weights(self, features: sparse.csr_matrix) -> NDArray[np.float32]:
        """Return each member's weights of one text's features."""
        columns = features.indices
        return np.stack([s.model.weights_of(columns) for s in self.signatures])

    def _score_one(
        self, features: sparse.csr_matrix, weights: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        bias = np.array([signature.model.bias for signature in self.signatures])
        return (weights @ features.data + bias).astype(np.float32)[np.newaxis]

    def _answer(self, scores: Floats, sums: Floats) -> Answer:
        return combine(scores, sums, self._platt, self.calibration)

    def _explained(self, text: str, style_only: bool) -> Answer:
        raw, occurrences = ngrams.locate(text, style_only)
        features = self.idf.transform(raw)
        weights = self._weights(features)
        scores = self._score_one(features, weights)
        answer = self._answer(scores, feature_sums(features))
        temperature = self.calibration.temperature
        first, second = answer.order[:2]
        contributions = features.data * (weights[first] - weights[second]) / temperature
        return replace(
            answer,
            explanation=explain_difference(
                text,
                (first, second),
                float(scores[0, first] - scores[0, second]) / temperature,
                spread(len(text), occurrences, features.indices, contributions),
            ),
        )
