"""The ridge half of a signature solves its normal equations."""

import numpy as np
import pytest
from scipy import sparse

from prediction.engine.models.ridge import Examples, fit_ridge

CONSTANT = 0.3


@pytest.fixture(scope="module")
def examples() -> Examples:
    chance = np.random.default_rng(3)
    own, others = (
        sparse.csr_matrix(chance.random((rows, 8)) * (chance.random((rows, 8)) < 0.6))
        for rows in (12, 40)
    )
    weights = (chance.random(40) < 0.7).astype(np.float32)
    return Examples(
        own.astype(np.float32),
        np.ones(12, dtype=np.float32),
        others.astype(np.float32),
        weights,
    )


def exact(examples: Examples) -> np.ndarray:
    rows = np.vstack([examples.own.toarray(), examples.background.toarray()])
    rows = np.hstack([rows, np.full((len(rows), 1), CONSTANT)])
    weights = np.concatenate([examples.own_weights, examples.background_weights])
    targets = np.repeat([1.0, 0.0], [12, 40])
    normal = rows.T @ (rows * weights[:, None]) + np.eye(9)
    return np.linalg.solve(normal, rows.T @ (weights * targets))


def test_enough_steps_give_the_exact_solution(examples: Examples) -> None:
    assert fit_ridge(examples, 50) == pytest.approx(exact(examples), abs=1e-4)


def test_more_steps_and_a_better_start_come_closer(examples: Examples) -> None:
    wanted = exact(examples)
    two = fit_ridge(examples, 2)
    four = fit_ridge(examples, 4)
    continued = fit_ridge(examples, 2, two)
    distance = [np.linalg.norm(each - wanted) for each in (two, continued, four)]
    assert distance[0] > distance[1] > 0
    assert distance[0] > distance[2] > 0


def test_rows_of_weight_zero_are_ignored(examples: Examples) -> None:
    kept = np.flatnonzero(examples.background_weights)
    fewer = examples._replace(
        background=examples.background[kept],
        background_weights=examples.background_weights[kept],
    )
    assert fit_ridge(fewer, 50) == pytest.approx(fit_ridge(examples, 50), abs=1e-5)
