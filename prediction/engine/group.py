"""The users that a prediction chooses among, composed from their signatures."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit, logsumexp

from prediction.engine.calibration import fit_sharpness, soft_max
from prediction.engine.explanation import Explanation, gather, spread
from prediction.engine.features import featurise, occurrences
from prediction.engine.held_out import HeldOutReport, HeldOutScores, score_held_out
from prediction.engine.signature import Signature
from prediction.engine.weighting import Weighting

_EXPECTED_SHARPNESS = 1.0
_GENUINE_REJECTED = 0.08
_DEFAULT_THRESHOLD = 0.0


@dataclass(frozen=True)
class Candidate:
    """A member: probability within the group, log-odds against the background."""

    handle: str
    probability: float
    score: float


@dataclass(frozen=True)
class NoneOfThese:
    """Whether nobody of the group seems to have written the text."""

    flag: bool
    probability: float


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
    """

    def __init__(
        self,
        handles: Sequence[str],
        signatures: Sequence[Signature],
        weighting: Weighting,
    ) -> None:
        if len(handles) != len(signatures) or len(handles) < 2:
            raise ValueError("a group needs two members, and a signature for each")
        self.handles = tuple(handles)
        self.signatures = tuple(signatures)
        self.weighting = weighting

    @cached_property
    def _held_out_scores(self) -> HeldOutScores | None:
        return score_held_out(self.signatures)

    @cached_property
    def sharpness(self) -> float:
        """Factor on the log-odds that makes the probabilities honest."""
        scores = self._held_out_scores
        if scores is None:
            return _EXPECTED_SHARPNESS
        return fit_sharpness(scores.log_odds, scores.authors, _EXPECTED_SHARPNESS)

    @cached_property
    def threshold(self) -> float:
        """Evidence that somebody of the group wrote it, below which nobody did."""
        scores = self._held_out_scores
        if scores is None:
            return _DEFAULT_THRESHOLD
        return float(np.quantile(_evidence(scores.log_odds), _GENUINE_REJECTED))

    def held_out(self) -> HeldOutReport | None:
        """Score the group on its newest tweets, which the models used never saw.

        None if a member's held-out part was not loaded.
        """
        scores = self._held_out_scores
        return None if scores is None else scores.report(self.sharpness)

    def log_odds(
        self, texts: Sequence[str], style_only: bool = False
    ) -> NDArray[np.float32]:
        """Log-odds of each member against the background, ``(texts, members)``."""
        return self._score(self.weighting.weigh(featurise(texts, style_only)))

    def probabilities(
        self, texts: Sequence[str], style_only: bool = False
    ) -> NDArray[np.float32]:
        """Probability of each member given that one of them wrote it."""
        return soft_max(self.sharpness * self.log_odds(texts, style_only))

    def somebody(
        self, texts: Sequence[str], style_only: bool = False
    ) -> NDArray[np.float32]:
        """Evidence that any of the members wrote each text."""
        return _evidence(self.log_odds(texts, style_only))

    def _score(self, features: sparse.csr_matrix) -> NDArray[np.float32]:
        columns = [s.platt.log_odds(s.model.score(features)) for s in self.signatures]
        return np.stack(columns, axis=1)

    def predict(
        self, texts: Sequence[str], style_only: bool = False
    ) -> list[Prediction]:
        """Predict the author of each text by itself."""
        return self._predictions(self.log_odds(texts, style_only))

    def predict_together(
        self, texts: Sequence[str], style_only: bool = False
    ) -> Prediction:
        """Predict the one author of all texts: their log-odds add up."""
        total = self.log_odds(texts, style_only).sum(axis=0, keepdims=True)
        return self._predictions(total)[0]

    def _predictions(self, log_odds: NDArray[np.floating]) -> list[Prediction]:
        chances = soft_max(self.sharpness * log_odds)
        evidence = _evidence(log_odds)
        order = np.argsort(-log_odds, axis=1, kind="stable")
        found = []
        for row, ranked in enumerate(order.tolist()):
            candidates = tuple(
                Candidate(
                    self.handles[i], float(chances[row, i]), float(log_odds[row, i])
                )
                for i in ranked
            )
            nobody = NoneOfThese(
                bool(evidence[row] < self.threshold), float(expit(-evidence[row]))
            )
            found.append(Prediction(candidates, nobody))
        return found

    def explain(self, text: str, style_only: bool = False) -> Explanation:
        """Say which characters speak for the most likely author, against the next."""
        features = self.weighting.weigh(featurise([text], style_only))
        log_odds = self._score(features)[0]
        first, second = np.argsort(-log_odds, kind="stable")[:2].tolist()
        values = features.data * (
            self._slopes(first, features) - self._slopes(second, features)
        )
        weights = spread(
            len(text), occurrences(text, style_only), features.indices, values
        )
        names = self.handles[first], self.handles[second]
        evidence = gather(text, weights, *names)
        difference = float(log_odds[first] - log_odds[second])
        rest = difference - sum(e.weight for e in evidence)
        return Explanation(*names, difference, evidence, rest)

    def _slopes(self, member: int, features: sparse.csr_matrix) -> NDArray[np.floating]:
        signature = self.signatures[member]
        weights = signature.model.look_up(features.indices) + signature.model.mass
        return np.asarray(signature.platt.slope * weights)


def _evidence(log_odds: NDArray[np.floating]) -> NDArray[np.floating]:
    """Evidence that one of the members wrote it, from each one's own log-odds."""
    return np.asarray(logsumexp(log_odds, axis=1) - np.log(log_odds.shape[1]))
