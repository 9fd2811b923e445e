"""Builds signatures from stored tweets."""

import logging
from collections.abc import Callable, Iterable
from typing import cast

from django.db import IntegrityError
from django.utils import timezone

from common.jobs.locks import locked, tried
from common.texts import MIN_TWEETS
from prediction.engine.errors import DamagedModelError
from prediction.engine.models.signature import Holdout, fit_signature, newest_profiles
from prediction.engine.models.signature import Signature as Model
from prediction.models import Background, Signature, SignatureQuerySet
from prediction.training.backgrounds import load_sample, usable_background
from prediction.training.eligible import eligible_texts
from prediction.training.tweet_features import TweetFeatures
from tweets.models import User

logger = logging.getLogger(__name__)

# Builds one signature, or finds that the user has too few tweets.
Build = Callable[[int, int, TweetFeatures], bool]

# Users share so many locks; whoever waits for another user's build waits a second.
LOCKS = 64


def build(users: Iterable[User]) -> int:
    """Build these users' signatures anew; return how many have enough tweets.

    Raises NotEnoughUsersError.
    """
    return _build_each(build_one, users)


def build_unless_fresh(users: Iterable[User]) -> int:
    """Build those of these users' signatures that are missing or stale; otherwise like
    `build`."""
    return _build_each(build_stale, users)


def _build_each(build_for: Build, users: Iterable[User]) -> int:
    ids = [user.pk for user in users]
    features = TweetFeatures()
    background = usable_background(features)
    try:
        return sum(build_for(pk, background.pk, features) for pk in ids)
    except DamagedModelError:
        logger.exception("The background is damaged; preparing a new one.")
        background.delete()
        background = usable_background(features)
        return sum(build_for(pk, background.pk, features) for pk in ids)


def build_one(user_id: int, background_id: int, features: TweetFeatures) -> bool:
    """Build one signature from the tweets stored now; where another process does so
    already, wait for that.

    False if they are too few, or of the reference population.
    """
    stored = Signature.objects.filter(user=user_id, background=background_id)
    before = stored.values_list("built_at", flat=True).first()
    with locked(_lock(user_id)):
        if before and stored.fresh().exclude(built_at=before).exists():
            return True
        return _build(user_id, background_id, features)


def build_stale(user_id: int, background_id: int, features: TweetFeatures) -> bool:
    """Build one signature unless it is fresh; waits like `build_one`."""
    with locked(_lock(user_id)):
        return _is_fresh(user_id, background_id) or _build(
            user_id, background_id, features
        )


def try_stale(user_id: int, background_id: int, features: TweetFeatures) -> None:
    """Build one signature unless it is fresh, or another process builds it now."""
    with tried(_lock(user_id)) as is_free:
        if is_free and not _is_fresh(user_id, background_id):
            _build(user_id, background_id, features)


def _lock(user_id: int) -> str:
    return f"signature-{user_id % LOCKS}"


def _is_fresh(user_id: int, background_id: int) -> bool:
    stored = Signature.objects.filter(user=user_id, background=background_id)
    return stored.fresh().exists()


def _build(user_id: int, background_id: int, features: TweetFeatures) -> bool:
    user = User.objects.only("revision", "source").filter(pk=user_id).first()
    if user is None:
        return False  # erased meanwhile
    texts = [] if user.is_reference else eligible_texts(user_id)
    if len(texts) < MIN_TWEETS:
        Signature.objects.filter(user_id=user_id).delete()
        return False
    own = features.of(user_id, texts)
    built = fit_signature(
        own, load_sample(background_id), user_id, newest_profiles(texts)
    )
    return _store(built, user_id, background_id, user.revision)


def _store(built: Model, user_id: int, background_id: int, revision: int) -> bool:
    """Store a signature; False if its user was erased, or its background replaced,
    while it was built."""
    held_out = cast("Holdout", built.holdout)  # just fitted
    try:
        Signature.objects.update_or_create(
            user_id=user_id,
            background_id=background_id,
            defaults={
                "revision": revision,
                "model": built.to_bytes(),
                "held_out": held_out.to_bytes(),
                "tweet_count": built.tweets,
                "held_out_count": held_out.features.shape[0],
                "built_at": timezone.now(),
            },
        )
    except IntegrityError:
        background = Background.objects.filter(pk=background_id)
        if background.exists() and User.objects.filter(pk=user_id).exists():
            raise
        return False
    return True


def delete_damaged(stored: SignatureQuerySet) -> None:
    """Delete those that cannot be read, one at a time in memory."""
    for pk in list(stored.values_list("pk", flat=True)):
        for model, held_out in stored.filter(pk=pk).values_list("model", "held_out"):
            try:
                Model.from_bytes(bytes(model), bytes(held_out))
            except DamagedModelError:
                stored.filter(pk=pk).delete()


def stale_users(background: Background) -> list[int]:
    """Return ids of users whose signature for this version is missing or stale."""
    fresh = Signature.objects.filter(background=background).fresh().values("user_id")
    users = User.objects.predictable().exclude(pk__in=fresh)
    return list(users.order_by("pk").values_list("pk", flat=True))


def missing_users(background: Background) -> list[int]:
    """Return ids of users who have no signature of this version at all."""
    built = Signature.objects.filter(background=background).values("user_id")
    users = User.objects.predictable().exclude(pk__in=built)
    return list(users.order_by("pk").values_list("pk", flat=True))
