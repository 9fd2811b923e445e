"""Accuracy on parts of the test: by length, links, script and age of the tweet."""

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.texts import LINK
from prediction.engine.evaluation.scoring import Measured
from prediction.engine.evaluation.splitting import Split, labelled
from prediction.engine.evaluation.statistics import bootstrap_over_users

# Fewer tweets, or tweets of fewer users, say nothing.
MIN_SLICE_TWEETS = 30
MIN_SLICE_USERS = 3
_LENGTHS = (40, 80, 140, 280)
_DISTANCES = (10, 25, 50, 100)
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_LETTER = re.compile(r"[^\W\d_]")


def slices(measured: Measured, parts: Split, seed: int) -> dict[str, list[Any]]:
    """Return accuracy on parts of the test tweets, as plain values.

    Each slice has ``label``, ``tweets``, ``users`` and ``accuracy`` with its interval,
    which is None where there are too few to say.
    """
    texts, _ = labelled(parts.test)
    return {
        name: _slice(measured, labels, seed)
        for name, labels in {
            "length": _each(texts, _length),
            "links": _each(texts, _links),
            "script": _each(texts, _script),
            "age": _ages(parts),
        }.items()
    }


def _slice(measured: Measured, labels: NDArray[np.str_], seed: int) -> list[Any]:
    found = []
    for label in dict.fromkeys(sorted(labels.tolist(), key=_first_number)):
        inside = labels == label
        users = len(np.unique(measured.owners[inside]))
        known = inside.sum() >= MIN_SLICE_TWEETS and users >= MIN_SLICE_USERS
        interval = (
            bootstrap_over_users(measured.right[inside], measured.owners[inside], seed)
            if known
            else None
        )
        found.append(
            {
                "label": label,
                "tweets": int(inside.sum()),
                "users": users,
                "accuracy": asdict(interval) if interval else None,
            }
        )
    return found


def _first_number(label: str) -> int:
    digits = re.match(r"\d+", label)
    return int(digits.group()) if digits else 0


def _each(texts: Sequence[str], label: Callable[[str], str]) -> NDArray[np.str_]:
    return np.array([label(text) for text in texts])


def _length(text: str) -> str:
    return _between(len(text), _LENGTHS) + " characters"


def _links(text: str) -> str:
    return "with a link" if LINK.search(text) else "without a link"


def _script(text: str) -> str:
    letters, latin = len(_LETTER.findall(text)), len(_LATIN.findall(text))
    return "mostly Latin letters" if 2 * latin >= letters else "mostly other letters"


def _ages(parts: Split) -> NDArray[np.str_]:
    """Label each tweet by how many came between it and training, itself included."""
    return np.array(
        [
            _between(place, _DISTANCES) + " tweets after training"
            for theirs in parts.test
            for place in range(1, len(theirs) + 1)
        ]
    )


def _between(count: int, bounds: Sequence[int]) -> str:
    low = 0
    for bound in bounds:
        if count <= bound:
            return f"{low + 1} to {bound}"
        low = bound
    return f"{low + 1} and more"
