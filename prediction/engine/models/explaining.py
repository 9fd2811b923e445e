"""Explains answers of any kind of group: the winner against the rest of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from prediction.engine.calibration.none_of_these import NoneOfThese
from prediction.engine.calibration.temperature import Softmax
from prediction.engine.features.idf import IdfWeighting
from prediction.engine.features.ngrams import Located
from prediction.engine.insight.change import Change, smallest_change
from prediction.engine.insight.explanation import Contrast, Explanation, explain_text

Floats = NDArray[np.floating]
Columns = NDArray[np.integer]

FOREIGN = ("script", "language")


class Favourites(Protocol):
    """Predicts the authors of many texts that are much alike."""

    def favourites(
        self, texts: Sequence[str], style_only: bool = False
    ) -> NDArray[np.intp]:
        """Return the position of each text's most likely author, ``(texts,)``."""


def explain(
    weights_of: Callable[[Columns], Floats],
    biases: Floats,
    softmax: Softmax,
    logits: Floats,
    trust: Floats,
    texts: Sequence[tuple[str, Located]],
    idf: IdfWeighting,
    nobody: NoneOfThese,
) -> tuple[Explanation, ...]:
    """Explain each of the texts of one author.

    Parameters
    ----------
    weights_of
        Returns each member's weights of some features, shape ``(members, columns)``.
    biases
        Each member's score of a text without features, shape ``(members,)``.
    logits
        Of the members, for all texts together, shape ``(members,)``.
    trust
        How far each text's scores count, shape ``(texts,)``.
    texts
        Each with its raw features.
    nobody
        The answer's; nothing of a script or language that nobody here writes speaks
        for anybody.
    """
    contrast = Contrast.of(logits)
    constants = biases / softmax.temperature
    if softmax.offsets:
        constants = constants + np.array(softmax.offsets)
    found = []
    for (text, (raw, occurrences)), trusted in zip(texts, trust, strict=True):
        row = idf.transform(raw)
        weights = weights_of(row.indices)
        mixed = contrast.factors @ weights
        found.append(
            explain_text(
                text,
                occurrences,
                row.indices,
                trusted / softmax.temperature * row.data * mixed,
                float(trusted * (constants @ contrast.factors)),
                contrast.winner,
                partial(_rival, contrast, weights, row.data),
            )
        )
    if nobody.reason in FOREIGN:
        found = [replace(explanation, spans=()) for explanation in found]
    return tuple(found)


def _rival(contrast: Contrast, weights: Floats, values: Floats, shares: Floats) -> int:
    """Name who gains most by some share of each feature."""
    return contrast.rival(weights @ (values * shares).astype(np.float32))


def change_of(
    group: Favourites, text: str, explanation: Explanation, style_only: bool
) -> Change | None:
    """Find the fewest words without which somebody else is the most likely."""
    favourites = partial(group.favourites, style_only=style_only)
    return smallest_change(text, explanation.weights, explanation.winner, favourites)
