"""The users that a prediction chooses among, composed from their signatures."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from prediction.engine.calibration.calibration import chances, damped, soft_max
from prediction.engine.calibration.group_calibration import (
    UNMEASURED,
    Measured,
    NoneOfThese,
    measure,
)
from prediction.engine.calibration.held_out import HeldOutReport, score_held_out
from prediction.engine.features.idf import Weighting, masses
from prediction.engine.features.ngrams import Occurrences, featurise, read
from prediction.engine.insight.explanation import Explanation, gather, spread
from prediction.engine.models.signature import Signature


@dataclass(frozen=True)
class Candidate:
    """A member: probability within the group, log-odds against the background."""

    handle: str
    probability: float
    score: float


@dataclass(frozen=True)
class Prediction:
    """Candidates from most to least likely; their probabilities sum to 1."""

    candidates: tuple[Candidate, ...]
    none_of_these: NoneOfThese

    @property
    def predicted(self) -> str:
        """Handle of the most likely author."""
        return self.candidates[0].handle


class Group:
    """Choose among users by their signatures.

    Parameters
    ----------
    handles
        Names of the members, as the predictions shall spell them.
    signatures
        One per member, built against one background.
    weighting
        That background's.
    measured
        What `measured` was for the same members before; without it, it is found when
        it is first needed, from the signatures' held-out parts.
    """

    def __init__(
        self,
        handles: Sequence[str],
        signatures: Sequence[Signature],
        weighting: Weighting,
        measured: Measured | None = None,
    ) -> None:
        if len(handles) != len(signatures) or len(handles) < 2:
            raise ValueError("a group needs two members, and a signature for each")
        self.handles = tuple(handles)
        self.signatures = tuple(signatures)
        self.weighting = weighting
        self._known = measured
        self._last: _Look | None = None

    @cached_property
    def measured(self) -> Measured:
        """Calibration and accuracy of exactly this group."""
        if self._known is not None:
            return self._known
        parts = [signature.held_out for signature in self.signatures]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return UNMEASURED
        return measure(score_held_out(known))

    def held_out(self) -> HeldOutReport | None:
        """Score the group on its newest tweets, which the models used never saw.

        None if a member's held-out part was not loaded.
        """
        return self.measured.report

    def scores(
        self, texts: Sequence[str], style_only: bool = False
    ) -> NDArray[np.float32]:
        """Score texts for each member, shape ``(texts, members)``.

        The unit is the spread of other people's tweets, whose mean is 0.
        """
        return self._scored(texts, style_only)[0]

    def _scored(
        self, texts: Sequence[str], style_only: bool
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Scores, and the texts' masses."""
        if len(texts) == 1:
            look = self._look(texts[0], style_only)
            return look.scores, look.features.data.sum(keepdims=True)
        features = self.weighting.weigh(featurise(texts, style_only))
        columns = [signature.model.score(features) for signature in self.signatures]
        return np.stack(columns, axis=1), masses(features)

    def _look(self, text: str, style_only: bool) -> "_Look":
        """One text as the members see it; the last is kept, to be explained next."""
        if self._last and self._last.asked == (text, style_only):
            return self._last
        raw, found = read(text, style_only)
        features = self.weighting.weigh(raw)
        models = [signature.model for signature in self.signatures]
        slopes = np.stack(
            [m.look_up(features.indices) + np.float32(m.mass) for m in models]
        )
        bias = np.array([m.bias for m in models])
        scores = (slopes @ features.data + bias).astype(np.float32)[np.newaxis]
        self._last = _Look((text, style_only), features, found, slopes, scores)
        return self._last

    def probabilities(
        self, texts: Sequence[str], style_only: bool = False
    ) -> NDArray[np.float32]:
        """Probability of each member given that one of them wrote it."""
        return chances(self.scores(texts, style_only), self.measured.sharpness)

    def predict(
        self, texts: Sequence[str], style_only: bool = False
    ) -> list[Prediction]:
        """Predict the author of each text by itself."""
        scored = zip(*self._scored(texts, style_only), strict=True)
        return [self._prediction(row[np.newaxis], mass) for row, mass in scored]

    def predict_together(
        self, texts: Sequence[str], style_only: bool = False
    ) -> Prediction:
        """Predict the one author of all texts: their log-odds add up."""
        return self._prediction(*self._scored(texts, style_only))

    def somebody(self, texts: Sequence[str]) -> NDArray[np.floating]:
        """Log-odds that any member wrote each text, for even chances beforehand."""
        scores, masses = self._scored(texts, style_only=False)
        return self.measured.somebody.log_odds(scores.max(axis=1), masses)

    def _prediction(
        self, scores: NDArray[np.floating], masses: NDArray[np.floating]
    ) -> Prediction:
        """Combine the rows of ``scores``, which are texts of one author."""
        total = damped(scores).sum(axis=0)
        shares = soft_max(self.measured.sharpness * total[np.newaxis])[0]
        odds = [
            float(signature.platt.log_odds(column).sum())
            for signature, column in zip(self.signatures, scores.T, strict=True)
        ]
        candidates = tuple(
            Candidate(self.handles[i], float(shares[i]), odds[i])
            for i in np.argsort(-total, kind="stable").tolist()
        )
        return Prediction(candidates, self.measured.none_of_these(scores, masses))

    def explain(self, text: str, style_only: bool = False) -> Explanation:
        """Say which characters speak for the most likely author, against the next.

        The unit is the group's log-odds before strong scores are damped.
        """
        look = self._look(text, style_only)
        sharpness = self.measured.sharpness
        scores = sharpness * look.scores[0]
        first, second = np.argsort(-scores, kind="stable")[:2].tolist()
        weights = spread(
            len(text),
            look.occurrences,
            look.features.indices,
            sharpness * look.features.data * (look.slopes[first] - look.slopes[second]),
        )
        names = self.handles[first], self.handles[second]
        evidence = gather(text, weights, *names)
        difference = float(scores[first] - scores[second])
        rest = difference - sum(e.weight for e in evidence)
        return Explanation(*names, difference, evidence, rest)


class _Look(NamedTuple):
    """Weighed features of one text, and each member's weights of them and score."""

    asked: tuple[str, bool]
    features: sparse.csr_matrix
    occurrences: Occurrences
    slopes: NDArray[np.float32]
    scores: NDArray[np.float32]
