"""Authorship attribution as a scikit-learn classifier."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
)
from threadpoolctl import threadpool_limits

from common.texts import MIN_TWEETS
from prediction.engine.calibration.holdout import holdout_size
from prediction.engine.errors import TooFewTweetsError
from prediction.engine.export import load_model
from prediction.engine.features import ngrams
from prediction.engine.features.vectorizer import check_texts
from prediction.engine.models.answer import Answer
from prediction.engine.models.background import Background
from prediction.engine.models.group import Group
from prediction.engine.models.signature import fit_signature, newest_profiles

Floats = NDArray[np.floating]


class AuthorshipClassifier(ClassifierMixin, BaseEstimator):
    """Attribute short texts to authors by their style.

    One sparse linear model ("signature") is fitted for each author against everybody
    else's texts, and the scores of all are calibrated together on each author's last
    texts, which the calibrated models do not see.

    Parameters
    ----------
    style_only : bool, default=False
        Mask mentions, hashtags and numbers as well as links, so that authors are
        distinguished by how they write and less by what about.
    background : sequence of sequences of str, default=()
        Texts of further authors, a sequence for each, oldest first. They are nobody's
        class, and make the signatures and "none of these" better.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    group_ : Group
        The signatures, as the site composes them too; its positions are those of
        ``classes_``.

    Notes
    -----
    Every author needs at least 10 texts, given in the order in which they were
    written: the last fifth is held out for calibration. In cross-validation, use
    splits that keep this order, such as `StratifiedKFold` without shuffling.

    Examples
    --------
    >>> from prediction.engine import AuthorshipClassifier
    >>> ann = [f"Log: wind SW {n}, lamp lit." for n in range(20)]
    >>> bob = [f"we lost {n}-0 lads!!!" for n in range(20)]
    >>> classifier = AuthorshipClassifier().fit(ann + bob, ["ann"] * 20 + ["bob"] * 20)
    >>> classifier.predict(["Log: wind NW 4.", "lads, we WON!!!"]).tolist()
    ['ann', 'bob']
    >>> classifier.predict_proba(["lads, we WON!!!"]).shape
    (1, 2)
    >>> (answer,) = classifier.explain(["lads, we WON!!!"])
    >>> classifier.classes_[answer.predicted].item()
    'bob'
    >>> [span.text for span in answer.explanation.spans if span.weight > 0]
    ['lads', '!!!']
    """

    classes_: NDArray[Any]
    group_: Group

    def __init__(
        self, *, style_only: bool = False, background: Sequence[Sequence[str]] = ()
    ) -> None:
        self.style_only = style_only
        self.background = background

    @classmethod
    def from_group(cls, group: Group, classes: ArrayLike) -> Self:
        """Compose a fitted classifier from stored signatures.

        Parameters
        ----------
        group : Group
            Of at least two signatures.
        classes : array-like of shape (n_classes,)
            A label for each member of ``group``, in its order.
        """
        classifier = cls()
        classifier.group_, classifier.classes_ = group, np.asarray(classes)
        return classifier

    def fit(self, X: Sequence[str], y: ArrayLike) -> Self:  # noqa: N803
        """Fit one signature per class.

        Parameters
        ----------
        X : sequence of str, length n_samples
            Texts; those of one author oldest first.
        y : array-like of shape (n_samples,)
            Each text's author, as any labels.

        Raises
        ------
        ValueError
            Fewer than two classes, or lengths that differ.
        TooFewTweetsError
            A class has fewer than 10 texts; a ValueError, too.
        """
        texts = check_texts(X)
        if y is None:
            raise ValueError("AuthorshipClassifier requires y to be passed")
        y = column_or_1d(y, warn=True)
        check_consistent_length(texts, y)
        check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(
                f"at least two classes are needed; found {len(self.classes_)} class"
            )
        fewest = int(np.bincount(labels).min())
        if fewest < MIN_TWEETS:
            raise TooFewTweetsError(fewest, MIN_TWEETS)
        # On such small arrays, starting threads takes longer than the work.
        with threadpool_limits(1, "blas"):
            self.group_ = self._fit_group(texts, labels)
        return self

    def _fit_group(self, texts: list[str], labels: NDArray[np.integer]) -> Group:
        extra = [text for theirs in self.background for text in theirs]
        sizes = [len(theirs) for theirs in self.background]
        count = len(self.classes_)
        extra_owners = np.repeat(np.arange(count, count + len(sizes)), sizes)
        owners = np.concatenate([labels, extra_owners])
        features = ngrams.transform([*texts, *extra], self.style_only)
        background = Background.from_features(
            features, owners.tolist(), _newest(owners)
        )
        signatures = [
            fit_signature(
                features[rows],
                background,
                label,
                newest_profiles([texts[row] for row in rows]),
            )
            for label in range(count)
            for rows in [np.flatnonzero(owners == label)]
        ]
        # Calibrated now, not at the first prediction.
        calibration = Group(signatures, background.idf).calibration
        return Group(signatures, background.idf, calibration)

    def predict(self, X: Sequence[str]) -> NDArray[Any]:  # noqa: N803
        """Return the most likely author of each text, shape (n_samples,)."""
        best = self._scores(X).argmax(axis=1)
        return self.classes_[best]

    def predict_proba(self, X: Sequence[str]) -> Floats:  # noqa: N803
        """Return the probability of each class, given that one of them wrote the text.

        Shape (n_samples, n_classes), in the order of ``classes_``; rows sum to 1.
        """
        check_is_fitted(self, "group_")
        return self.group_.predict_proba(check_texts(X), self.style_only)

    def decision_function(self, X: Sequence[str]) -> Floats:  # noqa: N803
        """Return scores of shape (n_samples, n_classes), or (n_samples,) for two.

        Scores are standardised: other people's texts have mean 0 and spread 1. With
        two classes it is the second one's score less the first one's.
        """
        scores = self._scores(X)
        return scores[:, 1] - scores[:, 0] if len(self.classes_) == 2 else scores

    def verification_log_odds(self, X: Sequence[str]) -> Floats:  # noqa: N803
        """Return the log-odds that any class's author wrote each text.

        Shape (n_samples,), for even prior odds.
        """
        check_is_fitted(self, "group_")
        return self.group_.verification_log_odds(check_texts(X), self.style_only)

    def explain(self, X: Sequence[str]) -> list[Answer]:  # noqa: N803
        """Return an answer with an explanation for each text.

        It says "none of these", too, and names classes by their position in
        ``classes_``.
        """
        check_is_fitted(self, "group_")
        return self.group_.predict(check_texts(X), self.style_only, explain=True)

    def _scores(self, X: Sequence[str]) -> Floats:  # noqa: N803
        check_is_fitted(self, "group_")
        return self.group_.decision_function(check_texts(X), self.style_only)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        return tags


def load(path: str | Path) -> AuthorshipClassifier:
    """Read a model that `export_model` wrote, as a fitted classifier.

    Its classes are the users' handles.

    Raises
    ------
    DamagedModelError
        The file is damaged, not a model, or of another format.
    OSError
        The file cannot be read.
    """
    handles, group = load_model(Path(path))
    return AuthorshipClassifier.from_group(group, handles)


def _newest(owners: NDArray[np.integer]) -> list[bool]:
    """Mark the rows that `fit_signature` holds out: the last ones of every owner."""
    left = dict(zip(*np.unique(owners, return_counts=True), strict=True))
    sizes = {owner: holdout_size(count) for owner, count in left.items()}
    flags = []
    for owner in owners:
        flags.append(left[owner] <= sizes[owner])
        left[owner] -= 1
    return flags
