"""Explains answers of any kind of group: the winner against the rest of it."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from prediction.engine.calibration.temperature import Softmax
from prediction.engine.features.idf import IdfWeighting
from prediction.engine.features.ngrams import Located
from prediction.engine.insight.explanation import Contrast, Explanation, explain_text

Floats = NDArray[np.floating]
Columns = NDArray[np.integer]


class Members(Protocol):
    """The linear models of a group's members."""

    @property
    def biases(self) -> Floats:
        """What each score is without any feature, shape ``(members,)``."""

    def mixed_weights(self, factors: Floats, columns: Columns) -> Floats:
        """Add up the members' weights, each times a factor, shape ``(columns,)``."""

    def partial_scores(self, columns: Columns, values: Floats) -> Floats:
        """Score some features for each member without the bias, ``(members,)``."""


def explain(
    members: Members,
    softmax: Softmax,
    logits: Floats,
    trust: Floats,
    texts: Sequence[tuple[str, Located]],
    idf: IdfWeighting,
) -> tuple[Explanation, ...]:
    """Explain each of the texts of one author.

    Parameters
    ----------
    logits
        Of the members, for all texts together, shape ``(members,)``.
    trust
        How far each text's scores count, shape ``(texts,)``.
    texts
        Each with its raw features.
    """
    contrast = Contrast.of(logits)
    biases = np.array(members.biases) / softmax.temperature
    if softmax.offsets:
        biases = biases + np.array(softmax.offsets)
    found = []
    for (text, (raw, occurrences)), trusted in zip(texts, trust, strict=True):
        row = idf.transform(raw)
        columns, values = row.indices, row.data.astype(np.float64)
        weights = members.mixed_weights(contrast.factors, columns)

        def rival(
            shares: Floats, columns: Columns = columns, values: Floats = values
        ) -> int:
            return contrast.rival(members.partial_scores(columns, values * shares))

        found.append(
            explain_text(
                text,
                occurrences,
                columns,
                trusted / softmax.temperature * values * weights,
                float(trusted * (biases @ contrast.factors)),
                contrast.winner,
                rival,
            )
        )
    return tuple(found)
