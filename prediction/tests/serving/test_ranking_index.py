"""Predictions among very many users come from an index of all signatures."""

from pathlib import Path

import numpy as np
import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from prediction.engine.calibration.group_calibration import fit_part
from prediction.engine.calibration.holdout import HoldoutScores
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
    with django_assert_num_queries(2):
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
    folder = ranking_index._path(background).parent
    files = sorted(path.name for path in folder.iterdir() if path.is_file())
    assert files == [f"everyone-{ranking_index.FORMAT}-{background.file_stem}.index"]


def test_a_subset_of_users_competes_alone(cast: list[User]) -> None:
    ranking_index.build_index(backgrounds.usable_background())
    answers = predictor.answers(loader.compose(cast[1:]), [TEXTS[0]])
    assert {c.user for c in answers[0].candidates} == set(cast[1:])


def test_the_figures_of_a_part_of_the_index_are_its_own(cast: list[User]) -> None:
    others = [make_user(f"n{n}", texts_of(KEEPER, 80)[20 * n :][:20]) for n in range(3)]
    everyone = loader.compose([*cast, *others]).group.calibration.report
    part = loader.compose(cast).group.calibration.report
    alone = loader.compose_small(cast).group.calibration.report
    assert part
    assert alone
    assert everyone
    assert part.tweets == alone.tweets < everyone.tweets
    assert part.chance == pytest.approx(alone.chance)
    # Both fit offsets to few tweets, each from an expectation of its own.
    assert part.accuracy == pytest.approx(alone.accuracy, abs=2 / part.tweets)
    assert sum(found.count for found in part.bins) == part.tweets
    result = predictor.predict(cast, TEXTS[0])
    assert result.as_json()["held_out"]["chance"] == pytest.approx(1 / 3)


def test_figures_without_any_held_out_tweet_say_so(cast: list[User]) -> None:
    whole = loader.compose(cast).group.calibration
    nothing = HoldoutScores(np.zeros((0, 2), "f4"), np.zeros(0, "i8"))
    report = fit_part(whole, nothing, 2).report
    assert report
    assert (report.tweets, report.chance) == (0, 0.5)


def test_the_same_part_is_measured_once(cast: list[User]) -> None:
    make_user("more", texts_of(KEEPER, 80)[40:])
    ranking_index.build_index(backgrounds.usable_background())
    first = loader.compose(cast).group.calibration
    assert loader.compose(cast[::-1]).group.calibration is first


def test_chance_counts_members_whom_a_sample_leaves_out() -> None:
    scores = HoldoutScores(np.eye(6, 4, dtype="f4"), np.array([0, 0, 1, 1, 3, 3]))
    part = scores.of_members(np.array([3, 1, 2]), 1_000)
    assert part.authors.tolist() == [1, 1, 0, 0]
    report = part.report(part.scores)
    assert report.chance == pytest.approx(1 / 3)
    assert report.tweets == 4
