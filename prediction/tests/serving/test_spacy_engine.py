"""The classic engine behind the same door."""

from collections.abc import Iterator

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries, Settings

from prediction.engine.models.vectors import load_pipeline
from prediction.models import TweetVector
from prediction.serving import predictor
from prediction.serving.question import QuestionError
from tweets.models import Tweet, User
from tweets.tests.cast import KEEPER, make_cast, texts_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Folder of a pipeline that knows the words of the cast."""
    import spacy

    language = spacy.blank("en")
    random = np.random.default_rng(3)
    words = {word for text in texts_of(KEEPER) for word in text.split()}
    for word in sorted(words | {"the", "film", "goal", "match", "we"}):
        language.vocab.set_vector(word, random.normal(size=24).astype("float32"))
    folder = tmp_path_factory.mktemp("pipeline") / "small"
    language.to_disk(folder)
    yield str(folder)
    load_pipeline.cache_clear()


@pytest.fixture
def cast(settings: Settings, pipeline: str) -> list[User]:
    settings.SPACY_PIPELINE = pipeline
    return make_cast(40)


def test_it_answers_like_any_engine(cast: list[User]) -> None:
    results = predictor.predict_many(cast, texts_of(KEEPER, 20), engine="vectors")
    result = results[0]
    assert result.engine == "vectors"
    assert sum(found.best.user.handle == KEEPER for found in results) > 7
    assert sum(c.probability for c in result.candidates) == pytest.approx(1)
    assert 0 < result.held_out.accuracy <= 1
    assert 0 <= result.none_of_these.probability <= 1
    assert result.as_json()["evidence"] == []


def test_vectors_are_kept(
    cast: list[User], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    predictor.predict(cast, "the lamp", engine="vectors")
    assert TweetVector.objects.count() == Tweet.objects.long_enough().count()
    with django_assert_num_queries(2 * len(cast)):
        predictor.predict(cast, "the gull", engine="vectors")


def test_another_pipeline_computes_them_again(
    cast: list[User], settings: Settings, tmp_path: object
) -> None:
    call_command("build_vectors", verbosity=0)
    TweetVector.objects.update(pipeline="an earlier one", vector=b"")
    call_command("build_vectors", verbosity=0)
    assert not TweetVector.objects.exclude(pipeline=settings.SPACY_PIPELINE).exists()
    assert not TweetVector.objects.filter(vector=b"").exists()


def test_without_vectors_it_says_how_to_install_some(settings: Settings) -> None:
    settings.SPACY_PIPELINE = "blank:en"
    users = make_cast(20)
    with pytest.raises(QuestionError, match="spacy download") as caught:
        predictor.predict(users, "the lamp", engine="vectors")
    assert caught.value.field == "engine"
    with pytest.raises(CommandError, match="spacy download"):
        call_command("build_vectors")


def test_the_signature_engine_needs_no_vectors(settings: Settings) -> None:
    settings.SPACY_PIPELINE = "no such pipeline"
    assert predictor.predict(make_cast(20), "the lamp is lit").engine == "signature"
