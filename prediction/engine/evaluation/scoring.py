"""What an engine says of each test tweet, in one form for all engines."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit
from sklearn.linear_model import LogisticRegression

from prediction.engine.evaluation.engines import TextClassifier
from prediction.engine.evaluation.splitting import Split, labelled
from prediction.engine.models.classifier import AuthorshipClassifier

Floats = NDArray[np.floating]
Flags = NDArray[np.bool_]
Labels = NDArray[np.integer]

_LEAST = 1e-12


@dataclass(frozen=True)
class Scored:
    """An engine's answers for texts, each by itself.

    Attributes
    ----------
    probabilities
        Of each user, given that one of them wrote it, shape ``(texts, users)``.
    verification
        Score of "this user wrote it" against everybody else, of the same shape.
    none
        Probability that nobody of the group wrote it, shape ``(texts,)``; None for
        engines that always name a user.
    flagged
        Whether the answer is "none of these", shape ``(texts,)``.
    stated
        Whether the engine states ``verification`` as natural log-likelihood ratios.
    """

    probabilities: Floats
    verification: Floats
    none: Floats | None
    flagged: Flags
    stated: bool = False

    @property
    def predicted(self) -> Labels:
        """The most likely user's column, shape ``(texts,)``."""
        return self.probabilities.argmax(axis=1)


@dataclass(frozen=True)
class Measured:
    """An engine's answers for the test tweets of a split.

    ``owners`` has the column of each tweet's author, ``seconds`` is what fitting took.
    """

    scored: Scored
    owners: Labels
    seconds: float = 0.0

    @property
    def right(self) -> Flags:
        """Whether each answer names the author."""
        return np.asarray(self.scored.predicted == self.owners)

    @property
    def same_author(self) -> Flags:
        """Mark the pairs of a tweet and its author, shape ``(tweets, users)``."""
        users = np.arange(self.scored.probabilities.shape[1])
        return np.asarray(self.owners[:, np.newaxis] == users)

    def log_ratios(self) -> Floats:
        """Return natural log-likelihood ratios "this user wrote it".

        Scores of engines that state none are calibrated by logistic regression on the
        tweets of the other half of the users. Shape ``(tweets, users)``.
        """
        scores, same = self.scored.verification, self.same_author
        if self.scored.stated:
            return scores
        found = np.empty(scores.shape)
        half = self.owners % 2 == 0
        for inside in (half, ~half):
            found[inside] = _calibrated(scores[inside], scores[~inside], same[~inside])
        return found

    def of(self, group: Sequence[int]) -> Flags:
        """Mark the tweets that members of ``group`` wrote."""
        return np.isin(self.owners, group)

    def right_within(self, group: Sequence[int]) -> Flags:
        """Return whether answers among ``group`` are right, for its members' tweets.

        The engine is not fitted again: the other users are left out of its answer.
        """
        columns = np.asarray(group)
        inside = self.of(group)
        best = self.scored.probabilities[inside][:, columns].argmax(axis=1)
        return np.asarray(columns[best] == self.owners[inside])


def measure(engine: TextClassifier, parts: Split) -> Measured:
    """Fit an engine on a split and let it answer for the test tweets."""
    texts, labels = labelled(parts.train)
    started = time.perf_counter()
    engine.fit(texts, labels)
    seconds = time.perf_counter() - started
    unseen, owners = labelled(parts.test)
    return Measured(score(engine, unseen), owners, seconds)


def score(engine: TextClassifier, texts: Sequence[str]) -> Scored:
    """Let a fitted engine answer for each text by itself."""
    if isinstance(engine, AuthorshipClassifier):
        return _score_signatures(engine, texts)
    probabilities = np.asarray(engine.predict_proba(texts))
    return Scored(
        probabilities,
        _verification(engine, texts, probabilities),
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
        stated=True,
    )


def _verification(
    engine: TextClassifier, texts: Sequence[str], probabilities: Floats
) -> Floats:
    """Take decision values; without any, log-odds."""
    if hasattr(engine, "decision_function"):
        values = np.asarray(engine.decision_function(texts))
        return np.stack([-values, values], axis=1) if values.ndim == 1 else values
    return np.asarray(logit(np.clip(probabilities, _LEAST, 1 - _LEAST)))


def _calibrated(scores: Floats, seen: Floats, same: Flags) -> Floats:
    """Calibrate ``scores`` on the scores ``seen``, for even prior odds."""
    curve = LogisticRegression(C=1e6, class_weight="balanced")
    curve.fit(seen.reshape(-1, 1), same.ravel())
    return curve.decision_function(scores.reshape(-1, 1)).reshape(scores.shape)
