"""What an engine says of each test tweet, in one form for all engines."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prediction.engine.evaluation.engines import TextClassifier
from prediction.engine.models.classifier import AuthorshipClassifier

Floats = NDArray[np.floating]
Flags = NDArray[np.bool_]

_LEAST = 1e-12


@dataclass(frozen=True)
class Scored:
    """An engine's answers for texts.

    Attributes
    ----------
    probabilities
        Of each user, given that one of them wrote it, shape ``(texts, users)``.
    log_ratios
        Log-likelihood ratios "this user wrote it" against everybody else, as the
        engine states them, of the same shape.
    none
        Probability that nobody of the group wrote it, shape ``(texts,)``; None for
        engines that always name a user.
    flagged
        Whether the answer is "none of these", of the same shape.
    """

    probabilities: Floats
    log_ratios: Floats
    none: Floats | None
    flagged: Flags

    @property
    def predicted(self) -> NDArray[np.integer]:
        """The most likely user's column, shape ``(texts,)``."""
        return self.probabilities.argmax(axis=1)


def score(engine: TextClassifier, texts: Sequence[str]) -> Scored:
    """Let a fitted engine answer for each text by itself."""
    if isinstance(engine, AuthorshipClassifier):
        return _score_signatures(engine, texts)
    probabilities = np.asarray(engine.predict_proba(texts))
    return Scored(
        probabilities,
        _log_ratios(engine, texts, probabilities),
        None,
        np.zeros(len(texts), dtype=bool),
    )


def _score_signatures(engine: AuthorshipClassifier, texts: Sequence[str]) -> Scored:
    answers = engine.group_.predict(texts)
    return Scored(
        np.array([answer.probabilities for answer in answers]),
        np.array([answer.scores for answer in answers]),
        np.array([answer.none_of_these.probability for answer in answers]),
        np.array([answer.none_of_these.flag for answer in answers]),
    )


def _log_ratios(
    engine: TextClassifier, texts: Sequence[str], probabilities: Floats
) -> Floats:
    """Take decision values as log-ratios; else, odds against even odds."""
    if hasattr(engine, "decision_function"):
        values = np.asarray(engine.decision_function(texts))
        return np.stack([-values, values], axis=1) if values.ndim == 1 else values
    chances = np.clip(probabilities, _LEAST, 1 - _LEAST)
    even = 1 / probabilities.shape[1]
    return np.log(chances / (1 - chances)) - np.log(even / (1 - even))
