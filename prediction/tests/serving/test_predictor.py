"""From stored tweets to an answer."""

import json
from datetime import timedelta

import pytest
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoAssertNumQueries

from prediction.admin.users import held_out_shares
from prediction.engine.features.ngrams import FEATURES_VERSION
from prediction.models import Background, Signature
from prediction.serving import loader, predictor
from prediction.training import backgrounds, signatures
from prediction.training.backgrounds import NotEnoughUsersError
from tests.working import work
from tweets.models import User
from tweets.store.deletion import reset_tweets
from tweets.store.erasure import erase_and_opt_out
from tweets.store.ingest import ingest
from tweets.tests.cast import (
    CRITIC,
    FAN,
    KEEPER,
    make_cast,
    make_user,
    record,
    texts_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> list[User]:
    return make_cast()


def test_everybody_is_recognised_by_their_own_texts(cast: list[User]) -> None:
    unseen = {user.handle: texts_of(user.handle, 100)[60:] for user in cast}
    right = sum(
        result.best.user.handle == handle
        for handle, texts in unseen.items()
        for result in predictor.predict_many(cast, texts)
    )
    assert right > 0.65 * sum(map(len, unseen.values()))


def test_an_answer_is_complete(cast: list[User]) -> None:
    result = predictor.predict(cast, "Wind SW 6. Lamp lit. The gull is back.")
    assert result.best.user.handle == KEEPER
    chances = [candidate.probability for candidate in result.candidates]
    assert sum(chances) == pytest.approx(1)
    assert chances == sorted(chances, reverse=True)
    assert 1 / 3 <= result.held_out.accuracy <= 1
    assert result.held_out.chance == pytest.approx(1 / 3)
    assert "".join(piece.text for piece in result.marked_text) == result.text
    json.dumps(result.as_json())


def test_evidence_quotes_the_characters_it_marks(cast: list[User]) -> None:
    result = predictor.predict(cast, "Log. Wind SW 4, lamp lit 🌊 UP THE PLUMS")
    assert result.evidence
    for found in result.evidence:
        assert result.text[found.start : found.end] == found.text
        assert found.toward in {KEEPER, CRITIC, FAN}


def test_a_short_text_is_answered_with_a_notice(cast: list[User]) -> None:
    assert predictor.predict(cast, "https://example.org/ @ann hm").notices
    assert not predictor.predict(cast, "three words here").notices


def test_the_same_question_gets_the_same_answer_in_any_order(cast: list[User]) -> None:
    one = predictor.predict(cast, "What a match")
    other = predictor.predict(cast[::-1], "What a match")
    assert {c.user.handle: c.probability for c in one.candidates} == pytest.approx(
        {c.user.handle: c.probability for c in other.candidates}
    )


def test_the_same_group_in_another_order_loads_nothing(
    cast: list[User], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    predictor.predict(cast, "What a match")
    with django_assert_num_queries(1):
        predictor.predict(cast[::-1], "What a match")


def test_another_group_of_loaded_users_reads_only_holdouts(
    cast: list[User], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    predictor.predict(cast, "What a match")
    with django_assert_num_queries(2) as asked:
        predictor.predict(cast[:2], "What a match")
    assert '"model"' not in asked.captured_queries[1]["sql"]


def test_new_tweets_change_the_answer(cast: list[User]) -> None:
    predictor.predict(cast, "Lamp lit")
    before = Signature.objects.get(user=cast[0]).built_at
    ingest([record("Quite another thing today", handle=KEEPER)], User.Source.FILE)
    predictor.predict(cast, "Lamp lit")
    signature = Signature.objects.get(user=cast[0])
    assert signature.built_at > before
    assert signature.revision == User.objects.get(pk=cast[0].pk).revision


def test_asking_again_reads_no_models(
    cast: list[User], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    predictor.predict(cast, "Lamp lit")
    with django_assert_num_queries(1):
        predictor.predict(cast, "What a match")


def test_a_damaged_signature_is_built_again(cast: list[User]) -> None:
    text = "Log. Wind SW 6, sea moderate, visibility good. Lamp lit."
    predictor.predict(cast, text)
    loader.clear_caches()
    damaged = Signature.objects.get(user=cast[0])
    Signature.objects.filter(pk=damaged.pk).update(model=b"\x80\x04nonsense")
    assert predictor.predict(cast, text).best.user.handle == KEEPER
    assert bytes(Signature.objects.get(user=cast[0]).model) == bytes(damaged.model)


def test_signatures_of_an_earlier_version_are_rebuilt(cast: list[User]) -> None:
    predictor.predict(cast, "Lamp lit")
    loader.clear_caches()
    backgrounds.forget_sample()
    Background.objects.update(format=1, sample=b"from long ago", weighting=b"")
    Signature.objects.update(model=b"from long ago")
    assert predictor.predict(cast, "Lamp lit").candidates
    assert Background.objects.get().format == FEATURES_VERSION


def test_a_damaged_background_is_replaced(cast: list[User]) -> None:
    predictor.predict(cast, "Lamp lit")
    loader.clear_caches()
    backgrounds.forget_sample()
    Background.objects.update(sample=b"damaged")
    Signature.objects.filter(user=cast[0]).delete()
    assert predictor.predict(cast, "Lamp lit").candidates


def test_one_user_alone_has_no_background() -> None:
    user = make_user("ann", texts_of(KEEPER))
    with pytest.raises(NotEnoughUsersError):
        signatures.build([user])


def test_two_users_are_each_others_background() -> None:
    users = make_cast(30)[:2]
    User.objects.exclude(pk__in=[user.pk for user in users]).delete()
    assert predictor.predict(users, "Lamp lit").best.user.handle == KEEPER


def test_held_out_tweets_train_no_holdout_model(cast: list[User]) -> None:
    signatures.build(cast)
    sample = backgrounds.load_sample(Background.objects.get().pk)
    for user in cast:
        own = sample.owners == user.pk
        held_out = Signature.objects.get(user=user).held_out_count
        assert (own & sample.newest).sum() == held_out
        assert (own & ~sample.newest).sum() == user.eligible_count - held_out


def test_a_small_share_of_many_users_leaves_enough_to_train(
    cast: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backgrounds, "BACKGROUND_TWEETS", 3 * 12)
    signatures.build(cast)
    sample = backgrounds.load_sample(Background.objects.get().pk)
    assert len(sample.owners) == 3 * 12
    assert sample.newest.sum() == 3 * 2


def test_a_reset_deletes_the_signature(cast: list[User]) -> None:
    signatures.build(cast)
    reset_tweets(cast[:1])
    assert not Signature.objects.filter(user=cast[0]).exists()
    assert Signature.objects.count() == 2


def test_resetting_everybody_deletes_the_background(cast: list[User]) -> None:
    signatures.build(cast)
    reset_tweets(cast)
    assert not Background.objects.exists()


def test_a_clock_set_back_does_not_hide_a_rebuild(cast: list[User]) -> None:
    signatures.build(cast)
    future = Signature.objects.first().built_at + timedelta(days=2)
    Signature.objects.update(built_at=future)
    predictor.predict(cast, "Lamp lit")
    signatures.build(cast)
    assert Signature.objects.filter(built_at__lt=future).count() == 3


def test_signatures_follow_when_tweets_change(cast: list[User]) -> None:
    work()
    assert Signature.objects.fresh().count() == len(cast)
    assert DBTaskResult.objects.count() == 1


def test_the_erased_leave_no_trace(cast: list[User]) -> None:
    signatures.build(cast)
    gone = cast[0].pk
    erase_and_opt_out(cast[0])
    stored = Background.objects.get()
    sample = backgrounds.load_sample(stored.pk)
    assert gone not in sample.owners
    assert not Signature.objects.filter(user_id=gone).exists()


def test_holdout_shares_belong_to_their_users_in_any_order() -> None:
    users = make_cast(40)
    signatures.build(users)
    shares = held_out_shares(users)
    assert held_out_shares(users[::-1]) == shares
    report = loader.compose(users).group.calibration.report
    assert report is not None
    members = enumerate(sorted(users, key=lambda user: user.pk))
    rows = report.confusion
    right = {user.pk: rows[i][i] / sum(rows[i]) for i, user in members}
    assert shares == pytest.approx(right)
