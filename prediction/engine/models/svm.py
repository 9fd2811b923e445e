"""The discriminative part of a signature: a linear support vector machine.

It separates a user's tweets from everybody else's with the squared hinge loss.
scikit-learn's LIBLINEAR solves the dual by coordinate descent (Hsieh et al., "A dual
coordinate descent method for large-scale linear SVM", 2008), which on such data takes
no longer than twelve steps of conjugate gradients on a ridge regression.
"""

import warnings
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

_COST = 0.5
_TOLERANCE = 0.2
# Of many tweets, more than three passes take longer and are no more accurate; few
# tweets have passes enough to converge.
_FEWEST_PASSES, _MOST_PASSES = 3, 200
_VISITS = 30_000


class Examples(NamedTuple):
    """A user's weighted features and the background's, and which rows to fit on."""

    own: sparse.csr_matrix
    own_used: Flags
    background: sparse.csr_matrix
    background_used: Flags


class Separator(NamedTuple):
    """Weights of shape ``(features,)`` and the bias of a linear decision function."""

    weights: Floats
    bias: float


def fit_svm(examples: Examples) -> Separator:
    """Fit the machine: above 0 lies the user's side, below it everybody else's."""
    # Imported late: predicting needs no scikit-learn.
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.svm import LinearSVC

    own = examples.own[np.flatnonzero(examples.own_used)]
    background = examples.background[np.flatnonzero(examples.background_used)]
    rows = sparse.vstack([own, background], format="csr", dtype=np.float64)
    targets = np.arange(rows.shape[0]) < own.shape[0]
    passes = int(np.clip(_VISITS // rows.shape[0], _FEWEST_PASSES, _MOST_PASSES))
    machine = LinearSVC(C=_COST, tol=_TOLERANCE, max_iter=passes, random_state=0)
    with warnings.catch_warnings():
        # It need not converge.
        warnings.simplefilter("ignore", ConvergenceWarning)
        machine.fit(rows, targets)
    return Separator(machine.coef_[0].astype(np.float32), float(machine.intercept_[0]))
