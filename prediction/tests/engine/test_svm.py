"""The machine inside a signature."""

import numpy as np
import pytest
from scipy import sparse

from prediction.engine.models.svm import Examples, fit_svm

OWN = sparse.csr_matrix(np.eye(4, dtype=np.float32)[[0, 0, 1]])
OTHERS = sparse.csr_matrix(np.eye(4, dtype=np.float32)[[2, 2, 3, 0]])


def used(rows: int, *left_out: int) -> np.ndarray:
    return ~np.isin(np.arange(rows), left_out)


def test_it_separates_the_users_tweets_from_the_others() -> None:
    found = fit_svm(Examples(OWN, used(3), OTHERS, used(4, 3)))
    assert (OWN @ found.weights + found.bias > 0).all()
    assert (OTHERS[:3] @ found.weights + found.bias < 0).all()


def test_rows_left_out_change_nothing() -> None:
    both = fit_svm(Examples(OWN, used(3, 2), OTHERS, used(4, 2, 3)))
    alone = fit_svm(Examples(OWN[:2], used(2), OTHERS[:2], used(2)))
    assert both.weights == pytest.approx(alone.weights)
    assert both.bias == pytest.approx(alone.bias)


def test_it_is_the_same_every_time() -> None:
    examples = Examples(OWN, used(3), OTHERS, used(4))
    assert (fit_svm(examples).weights == fit_svm(examples).weights).all()
