"""`evaluate` compares the classic engine too, with a pipeline that has vectors."""

import json
from collections.abc import Iterator
from io import StringIO

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from prediction.engine.models.vectors import load_pipeline
from prediction.models import TweetVector
from tweets.tests.cast import CRITIC, FAN, KEEPER, make_cast, texts_of

pytestmark = pytest.mark.django_db
ARGUMENTS = ("evaluate", "--engines", "vectors", "majority", "--json")


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Folder of a pipeline that knows every word of the cast."""
    import spacy

    language = spacy.blank("en")
    chance = np.random.default_rng(3)
    texts = [text for handle in (KEEPER, CRITIC, FAN) for text in texts_of(handle)]
    for word in sorted({token.text for text in texts for token in language(text)}):
        language.vocab.set_vector(word, chance.normal(size=32).astype("float32"))
    folder = tmp_path_factory.mktemp("pipeline") / "small"
    language.to_disk(folder)
    yield str(folder)
    load_pipeline.cache_clear()


def evaluated(*arguments: str) -> dict[str, dict[str, float]]:
    out = StringIO()
    call_command(*ARGUMENTS, *arguments, stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())["engines"]


def test_vectors_are_scored_beside_the_others(
    settings: Settings, pipeline: str
) -> None:
    settings.SPACY_PIPELINE = pipeline
    make_cast(60)
    engines = evaluated("--train", "40", "--test", "20")
    assert engines["vectors"]["accuracy"] > engines["majority"]["accuracy"]
    assert engines["vectors"]["log_loss"] < engines["majority"]["log_loss"]
    assert not TweetVector.objects.exists()


def test_a_pipeline_without_vectors_is_explained(settings: Settings) -> None:
    settings.SPACY_PIPELINE = "blank:en"
    make_cast(60)
    with pytest.raises(CommandError, match="SPACY_PIPELINE"):
        evaluated("--train", "20", "--test", "10")
