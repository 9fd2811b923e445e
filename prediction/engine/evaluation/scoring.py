"""What an engine says of each test tweet, in one form for all engines."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit
from sklearn.linear_model import LogisticRegression

from prediction.engine.evaluation.engines import TextClassifier
from prediction.engine.evaluation.splitting import Split, labelled
from prediction.engine.models.classifier import AuthorshipClassifier
from prediction.engine.models.group import Group

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

    def within(self, rows: Flags, columns: Labels) -> "Scored":
        """Leave out all other texts and users; the probabilities sum to 1 again."""
        shares = self.probabilities[rows][:, columns]
        return replace(
            self,
            probabilities=shares
            / np.maximum(shares.sum(axis=1, keepdims=True), _LEAST),
            verification=self.verification[rows][:, columns],
            none=None if self.none is None else self.none[rows],
            flagged=self.flagged[rows],
        )


@dataclass(frozen=True)
class Measured:
    """An engine's answers for the test tweets of a split.

    Attributes
    ----------
    owners
        The column of each tweet's author.
    seconds
        What fitting took.
    compose
        Answers of a smaller group for its own tweets, where the engine can do that
        without being fitted again.
    """

    scored: Scored
    owners: Labels
    seconds: float = 0.0
    compose: Callable[[Sequence[int]], Scored] | None = None

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

    def within(self, group: Sequence[int]) -> "Measured":
        """Return the answers for the tweets of a smaller group, in ascending order.

        Signatures are composed and calibrated anew, as the site does. Baselines are
        not fitted again: on the group alone they are 0 to 2 points worse.
        """
        if len(group) == self.scored.probabilities.shape[1]:
            return self
        inside, columns = self.of(group), np.asarray(group)
        scored = (
            self.scored.within(inside, columns)
            if self.compose is None
            else self.compose(group)
        )
        return Measured(scored, np.searchsorted(columns, self.owners[inside]))


def measure(engine: TextClassifier, parts: Split) -> Measured:
    """Fit an engine on a split and let it answer for the test tweets."""
    texts, labels = labelled(parts.train)
    started = time.perf_counter()
    engine.fit(texts, labels)
    seconds = time.perf_counter() - started
    unseen, owners = labelled(parts.test)
    compose = None
    if isinstance(engine, AuthorshipClassifier):
        compose = partial(_score_smaller, engine.group_, parts.test)
    return Measured(score(engine, unseen), owners, seconds, compose)


def score(engine: TextClassifier, texts: Sequence[str]) -> Scored:
    """Let a fitted engine answer for each text by itself."""
    if isinstance(engine, AuthorshipClassifier):
        return _score_signatures(engine.group_, texts)
    probabilities = np.asarray(engine.predict_proba(texts))
    return Scored(
        probabilities,
        _verification(engine, texts, probabilities),
        None,
        np.zeros(len(texts), dtype=bool),
    )


def _score_signatures(group: Group, texts: Sequence[str]) -> Scored:
    answers = group.predict(texts)
    return Scored(
        np.array([answer.probabilities for answer in answers]),
        np.array([answer.scores for answer in answers]),
        np.array([answer.none_of_these.probability for answer in answers]),
        np.array([answer.none_of_these.flag for answer in answers]),
        stated=True,
    )


def _score_smaller(
    everybody: Group, test: Sequence[Sequence[str]], members: Sequence[int]
) -> Scored:
    texts, _ = labelled([test[member] for member in members])
    signatures = [everybody.signatures[member] for member in members]
    return _score_signatures(Group(signatures, everybody.idf), texts)


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
