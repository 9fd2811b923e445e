"""The classic engine: spaCy document vectors and a logistic regression, which is fitted
over the chosen users at every question."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from prediction.engine.errors import NoVectorsError

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline
    from spacy.language import Language

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
    """Replace lone surrogates, which spaCy cannot process."""
    return text.encode("utf-8", "replace").decode("utf-8")


def vector_classifier() -> "Pipeline":
    """Make a multinomial logistic regression over document vectors.

    Vectors are scaled to unit variance first, so that one strength of regularisation
    fits pipelines of any width.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    regression = LogisticRegression(
        C=0.01, class_weight="balanced", max_iter=_ITERATIONS
    )
    return make_pipeline(StandardScaler(), regression)


def text_vector_classifier(pipeline: str) -> "Pipeline":
    """Make the same for texts, by the vectors of a spaCy pipeline."""
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer

    vectors = FunctionTransformer(document_vectors, kw_args={"pipeline": pipeline})
    return make_pipeline(vectors, vector_classifier())
