"""Merged people do not train against themselves; damage is mended, not passed on."""

import pytest

from prediction.models import Background, Signature
from prediction.serving import loader, ranking_index
from prediction.training import backgrounds, rebuild
from tweets.models import User
from tweets.store.merging import merge_users
from tweets.tests.cast import CRITIC, FAN, KEEPER, make_cast, make_user, texts_of

pytestmark = pytest.mark.django_db


def test_a_merged_user_does_not_train_against_their_own_tweets() -> None:
    make_cast()
    texts = texts_of(KEEPER, 60)
    kept = User.objects.get(handle=KEEPER)
    gone = make_user("keeper_too", [f"{text} again" for text in texts])
    rebuild.rebuild_stale()
    background = Background.objects.get()
    gone_pk = gone.pk
    before = backgrounds.load_sample(background.pk).owners
    merge_users(kept, [gone])
    # Every process reads the new owners, whatever it had loaded.
    owners = backgrounds.load_sample(background.pk).owners
    assert gone_pk not in owners
    assert (owners == kept.pk).sum() == (before == kept.pk).sum() + (
        before == gone_pk
    ).sum()
    assert kept.pk in {row.user_id for row in Signature.objects.stale()}


def test_merging_a_copy_makes_the_figures_stale_too() -> None:
    """No tweet moves, but both were trained against each other."""
    make_cast()
    kept = User.objects.get(handle=KEEPER)
    gone = make_user("keeper_too", texts_of(KEEPER, 60))
    rebuild.rebuild_stale()
    assert merge_users(kept, [gone]) == 0
    assert [row.user_id for row in Signature.objects.stale()] == [kept.pk]


def test_a_damaged_signature_keeps_nobody_from_asking_about_everybody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loader, "LARGE", 2)
    users = make_cast()
    rebuild.rebuild_stale()
    Signature.objects.filter(user__handle=CRITIC).update(model=b"damaged")
    Signature.objects.filter(user__handle=FAN).update(held_out=b"damaged")
    ranking_index.build_index(backgrounds.usable_background())
    composed = loader.compose(users)
    assert {user.handle for user in composed.members} == {KEEPER, CRITIC, FAN}
    assert Signature.objects.in_use().count() == 3


def test_a_damaged_background_does_not_stop_the_worker() -> None:
    make_cast()
    rebuild.rebuild_stale()
    Background.objects.update(sample=b"damaged")
    backgrounds.forget_sample()
    User.objects.mark_changed(User.objects.values_list("pk", flat=True))
    assert rebuild.rebuild_stale() == 3
    assert Signature.objects.in_use().count() == 3
