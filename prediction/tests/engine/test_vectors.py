"""The classic engine, with a small pipeline made by the test."""

from collections.abc import Iterator

import numpy as np
import pytest

from prediction.engine.errors import NoVectorsError
from prediction.engine.models.vectors import (
    document_vectors,
    load_pipeline,
    text_vector_classifier,
)

WORDS = ["lamp", "gull", "fog", "goal", "ref", "match", "the", "tonight"]


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Folder of a pipeline that knows eight words."""
    import spacy

    language = spacy.blank("en")
    table = np.random.default_rng(5).normal(size=(len(WORDS), 6)).astype("float32")
    for word, row in zip(WORDS, table, strict=True):
        language.vocab.set_vector(word, row)
    folder = tmp_path_factory.mktemp("pipeline") / "small"
    language.to_disk(folder)
    yield str(folder)
    load_pipeline.cache_clear()


def test_a_text_is_the_mean_of_its_words(pipeline: str) -> None:
    both, lamp, gull = document_vectors(["lamp gull", "lamp", "gull"], pipeline)
    assert both == pytest.approx((lamp + gull) / 2, abs=1e-6)


def test_a_text_of_unknown_words_is_zeros(pipeline: str) -> None:
    assert not document_vectors(["zzz"], pipeline).any()


def test_no_texts_give_no_rows(pipeline: str) -> None:
    assert document_vectors([], pipeline).shape == (0, 6)


def test_it_learns_who_says_what(pipeline: str) -> None:
    texts = [
        "lamp fog tonight",
        "the gull",
        "fog gull",
        "goal ref",
        "the match",
        "goal",
    ]
    engine = text_vector_classifier(pipeline).fit(texts * 5, [0, 0, 0, 1, 1, 1] * 5)
    shares = engine.predict_proba(["fog lamp gull", "ref goal match"])
    assert shares.argmax(axis=1).tolist() == [0, 1]
    assert shares.sum(axis=1) == pytest.approx([1, 1])


@pytest.mark.parametrize("name", ["blank:en", "no_such_pipeline", "blank:xx-unknown"])
def test_a_pipeline_without_vectors_says_how_to_get_one(name: str) -> None:
    with pytest.raises(NoVectorsError, match="spacy download"):
        document_vectors(["anything"], name)
