"""How familiar texts are to a group: does anybody in it write like this at all?

Scores say who of a group wrote a text. What nobody in it ever writes, such as another
script or words that none of their models knows, hardly moves any score; these signals
show it.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from prediction.engine.features.idf import feature_sums
from prediction.engine.features.ngrams import BLOCKS, block_of
from prediction.engine.features.profiles import LANGUAGES, SCRIPTS

Floats = NDArray[np.floating]

# Unfamiliar shares, except for grammar: the share of familiar function words.
SIGNALS = ("script", "language", "grammar", *(block.name for block in BLOCKS))
SCRIPT, LANGUAGE, GRAMMAR = range(3)
_FIRST_BLOCK = 3
_WORDING = [
    _FIRST_BLOCK + number
    for number, block in enumerate(BLOCKS)
    if block.name in ("letters", "phrases", "words")
]
# Shares of a member's letters and words from which on a script or language is familiar.
_FAMILIAR = np.repeat(
    np.array([0.02, 0.05], dtype=np.float32), [len(SCRIPTS), len(LANGUAGES)]
)
# Below this share of known wording, a prediction goes back towards even.
_KNOWN_ENOUGH = 0.2
_LEAST_TRUST = 0.02
_FOREIGN_SCRIPT, _FOREIGN_LANGUAGE = 0.4, 0.1


@dataclass(frozen=True, eq=False)
class Signals:
    """What texts look like to a group.

    Attributes
    ----------
    feature_sums
        Sum of each text's weighted features, shape ``(texts,)``.
    outside
        How much each text is like those from outside, shape ``(texts,)``.
    values
        One column for each of `SIGNALS`, shape ``(texts, signals)``.
    """

    feature_sums: NDArray[np.float32]
    outside: NDArray[np.float32]
    values: NDArray[np.float32]

    def trust(self) -> NDArray[np.float32]:
        """Return how far scores of each text can be trusted, shape ``(texts,)``.

        1 for every text in a language of the group; close to 0 where no model of the
        group knows any of the wording, so that members differ by chance.
        """
        known = 1 - self.values[:, _WORDING].mean(axis=1)
        return np.clip(known / _KNOWN_ENOUGH, _LEAST_TRUST, 1).astype(np.float32)

    def unfamiliar(self) -> str:
        """Return "script" or "language" where nobody writes the first text's, or ""."""
        values = self.values[0]
        if values[SCRIPT] >= _FOREIGN_SCRIPT:
            return "script"
        if values[LANGUAGE] >= max(_FOREIGN_LANGUAGE, values[GRAMMAR]):
            return "language"
        return ""

    def mean(self) -> Self:
        """Return the mean of all texts, as if it were one text's."""
        return type(self)(
            self.feature_sums.mean(keepdims=True),
            self.outside.mean(keepdims=True),
            self.values.mean(axis=0, keepdims=True),
        )

    def rows(self, chosen: slice) -> Self:
        """Return the signals of some of the texts."""
        return type(self)(
            self.feature_sums[chosen], self.outside[chosen], self.values[chosen]
        )


def measure(
    features: sparse.csr_matrix,
    known: NDArray[np.bool_],
    profiles: Floats,
    habits: Floats,
    outside: NDArray[np.float32],
) -> Signals:
    """Compare texts with what a group writes.

    Parameters
    ----------
    features
        Weighted, shape ``(texts, N_FEATURES)``.
    known
        Whether any member has a positive weight on it, for each of ``features.data``.
    profiles
        Of the same texts, shape ``(texts, PROFILE_SIZE)``.
    habits
        The largest of the members' mean profiles, shape ``(PROFILE_SIZE,)``.
    outside
        How much each text is like those from outside (`IdfWeighting.outside_scores`).
    """
    familiar = np.minimum(habits / _FAMILIAR, 1)
    usual = profiles * familiar
    unusual = profiles - usual
    first_language = len(SCRIPTS)
    by_profile = [
        unusual[:, :first_language].sum(axis=1),
        unusual[:, first_language:].sum(axis=1),
        usual[:, first_language:].sum(axis=1),
    ]
    columns = np.stack(by_profile, axis=1)
    values = np.concatenate([columns, _unknown_shares(features, known)], axis=1)
    return Signals(feature_sums(features), outside, values.astype(np.float32))


def _unknown_shares(
    features: sparse.csr_matrix, known: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the unknown share of each block's weight; 0 for blocks without any."""
    texts, blocks = features.shape[0], len(BLOCKS)
    cell = block_of(features.indices)
    cell += np.repeat(np.arange(texts) * blocks, np.diff(features.indptr))
    size = texts * blocks
    total = np.bincount(cell, features.data, size)
    unknown = np.bincount(cell, features.data * ~known, size)
    return (unknown / np.maximum(total, 1e-9)).reshape(texts, blocks)
