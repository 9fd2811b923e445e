"""Predictions among very many users come from an index of all signatures."""

from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from prediction.serving import loader, predictor, ranking_index
from prediction.training import backgrounds
from tweets.models import User
from tweets.store.ingest import ingest
from tweets.tests.cast import KEEPER, make_cast, make_user, record, texts_of

pytestmark = pytest.mark.django_db
TEXTS = ["Log. Wind SW 6, lamp lit.", "WHAT A GOAL!!!", "Reader, I wept.", "hm"]


@pytest.fixture
def cast(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> list[User]:
    settings.INDEX_DIR = tmp_path / "index"
    monkeypatch.setattr(loader, "LARGE", 2)
    return make_cast(40)


def test_it_ranks_like_a_small_group(cast: list[User]) -> None:
    small = loader.compose_small(cast).group
    large = loader.compose(cast).group
    for one, other in zip(small.predict(TEXTS), large.predict(TEXTS), strict=True):
        assert one.order == other.order
        assert one.scores == pytest.approx(other.scores, abs=0.03)


def test_an_answer_is_complete(cast: list[User]) -> None:
    result = predictor.predict(cast, TEXTS[0])
    assert result.best.user.handle == KEEPER
    assert sum(c.probability for c in result.candidates) == pytest.approx(1)
    assert result.evidence
    assert result.held_out.tweets > 0


def test_the_index_is_built_once(
    cast: list[User], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    predictor.predict(cast, TEXTS[0])
    with django_assert_num_queries(3):
        predictor.predict(cast, f"{TEXTS[0]}.")


def test_a_new_user_is_ranked_at_once(cast: list[User]) -> None:
    predictor.predict(cast, TEXTS[0])
    new = make_user("new_keeper", texts_of(KEEPER, 80)[40:])
    handles = [
        c.user.handle for c in predictor.predict([*cast, new], TEXTS[0]).candidates
    ]
    assert "new_keeper" in handles


def test_a_rebuild_makes_a_new_index_and_drops_the_old(cast: list[User]) -> None:
    predictor.predict(cast, TEXTS[0])
    ingest([record("Quite another thing today", handle=KEEPER)], User.Source.FILE)
    background = backgrounds.usable_background()
    ranking_index.build_index(background)
    files = sorted(
        path.name for path in ranking_index._path(background).parent.iterdir()
    )
    assert files == [f"everyone-{ranking_index.FORMAT}-{background.file_stem}.index"]


def test_a_subset_of_users_competes_alone(cast: list[User]) -> None:
    ranking_index.build_index(backgrounds.usable_background())
    answers = predictor.answers(loader.compose(cast[1:]), [TEXTS[0]])
    assert {c.user for c in answers[0].candidates} == set(cast[1:])
