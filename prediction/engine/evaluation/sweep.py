"""Evaluations under several settings, each repeated with several seeds."""

from collections.abc import Hashable, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np

MEASURES = (
    "accuracy",
    "macro_f1",
    "log_loss",
    "brier",
    "ece",
    "coverage_at_90",
    "cllr",
    "eer",
    "none_auroc",
    "seconds_to_fit",
    "ms_per_prediction",
)


def summary(
    runs: Sequence[tuple[Mapping[str, Hashable], Mapping[str, Any]]],
) -> list[dict[str, Any]]:
    """Sum up runs of the same setting: mean and spread of each measure.

    Parameters
    ----------
    runs
        Settings and what `evaluate` returned for each; those with the same settings
        follow each other.

    Returns
    -------
    For each setting its values, the ``seeds``, how many ``users`` each run had, the
    mean ``chance``, and for each engine and measure ``values`` in the order of the
    seeds, their ``mean``, and their ``spread``: the standard deviation over seeds,
    None for a single one. A measure that an engine has not is None.
    """
    found = []
    for setting, same in groupby(runs, key=lambda run: run[0]):
        results = [result for _, result in same]
        found.append(
            {
                **setting,
                "seeds": [result["seed"] for result in results],
                "users": [len(result["users"]) for result in results],
                "chance": float(np.mean([result["chance"] for result in results])),
                "engines": {
                    name: {
                        measure: _over(results, name, measure) for measure in MEASURES
                    }
                    for name in results[0]["engines"]
                },
            }
        )
    return found


def _over(
    results: Sequence[Mapping[str, Any]], engine: str, measure: str
) -> dict[str, Any] | None:
    values = [result["engines"][engine][measure] for result in results]
    if None in values:
        return None
    spread = float(np.std(values, ddof=1)) if len(values) > 1 else None
    return {"mean": float(np.mean(values)), "spread": spread, "values": values}
