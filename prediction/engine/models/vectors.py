"""The classic way: a spaCy document vector per tweet, and a logistic regression that is
fitted over the chosen users when somebody asks."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from prediction.engine.errors import NoVectorsError

if TYPE_CHECKING:
    from spacy.language import Language

Floats = NDArray[np.floating]

BLANK = "blank:"
_BATCH = 256
_MAX_CHARACTERS = 5_000
_ITERATIONS = 1_000


@lru_cache(maxsize=2)
def load_pipeline(name: str) -> "Language":
    """Load an installed spaCy pipeline, or an empty one for ``blank:en`` and the like.

    Raises
    ------
    NoVectorsError
        There is no such pipeline, or it gives texts no vectors.
    """
    # Imported late: spaCy takes a second and 100 MB, and only this engine needs it.
    import spacy

    try:
        if name.startswith(BLANK):
            pipeline = spacy.blank(name.removeprefix(BLANK))
        else:
            pipeline = spacy.load(name)
    except (OSError, ImportError, ValueError) as error:
        raise NoVectorsError(
            f"The spaCy pipeline {name!r} is not installed. Install one with vectors, "
            "for example `python -m spacy download en_core_web_md`, and set "
            "SPACY_PIPELINE=en_core_web_md."
        ) from error
    if not pipeline("A short test of the vectors").vector.size:
        raise NoVectorsError(
            f"The spaCy pipeline {name!r} has no vectors. Install one that has, for "
            "example `python -m spacy download en_core_web_md`, and set "
            "SPACY_PIPELINE=en_core_web_md."
        )
    return pipeline


def document_vectors(texts: Sequence[str], pipeline: str) -> NDArray[np.float32]:
    """Average the word vectors of each text, as spaCy does.

    Returns
    -------
    Shape ``(len(texts), width of the pipeline's vectors)``; a text without any known
    word gets zeros.

    Raises
    ------
    NoVectorsError
        See `load_pipeline`.
    """
    language = load_pipeline(pipeline)
    cut = (_encodable(text[:_MAX_CHARACTERS]) for text in texts)
    rows = [doc.vector for doc in language.pipe(cut, batch_size=_BATCH)]
    if not rows:
        width = language("a").vector.shape[0]
        return np.zeros((0, width), dtype=np.float32)
    return np.asarray(rows, dtype=np.float32)


def _encodable(text: str) -> str:
    """Put marks in place of lone surrogates, which spaCy cannot take."""
    return text.encode("utf-8", "replace").decode("utf-8")


class VectorModel:
    """Multinomial logistic regression over document vectors, for any number of users.

    Vectors are scaled to unit variance first, so that one strength of regularisation
    fits pipelines of any width.
    """

    def fit(self, vectors: Floats, labels: Sequence[int]) -> Self:
        """Learn vectors of shape ``(tweets, width)`` with labels ``0 .. k - 1``."""
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        regression = LogisticRegression(
            C=0.01, class_weight="balanced", max_iter=_ITERATIONS
        )
        self._steps = make_pipeline(StandardScaler(), regression)
        self._steps.fit(vectors, labels)
        return self

    def probabilities(self, vectors: Floats) -> Floats:
        """Return the probability of each label, rows summing to 1."""
        return np.asarray(self._steps.predict_proba(vectors))


class VectorClassifier:
    """The same behind the door of the other engines: fitted from texts and labels."""

    def __init__(self, pipeline: str) -> None:
        self.pipeline = pipeline

    def fit(self, texts: Sequence[str], labels: Sequence[int]) -> Self:
        """Learn texts with labels ``0 .. k - 1``."""
        self._model = VectorModel().fit(document_vectors(texts, self.pipeline), labels)
        return self

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return the probability of each label, rows summing to 1."""
        return self._model.probabilities(document_vectors(texts, self.pipeline))

    def somebody(self, texts: Sequence[str]) -> Floats:
        """Return the highest probability: there is no better sign of a stranger."""
        return np.asarray(self.probabilities(texts).max(axis=1))
