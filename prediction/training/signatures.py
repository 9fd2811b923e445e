"""Builds signatures from stored tweets."""

import logging
from collections.abc import Iterable
from typing import cast

from django.utils import timezone

from common.texts import MIN_TWEETS
from prediction.engine.errors import DamagedModelError
from prediction.engine.models.signature import Holdout, fit_signature, newest_profiles
from prediction.models import Background, Signature
from prediction.training.backgrounds import load_sample, usable_background
from prediction.training.eligible import eligible_texts
from prediction.training.tweet_features import TweetFeatures
from tweets.models import User

logger = logging.getLogger(__name__)


def build(users: Iterable[User]) -> int:
    """Build these users' signatures anew; return how many have enough tweets.

    Raises NotEnoughUsersError.
    """
    ids = [user.pk for user in users]
    features = TweetFeatures()
    background = usable_background(features)
    try:
        return sum(build_one(pk, background.pk, features) for pk in ids)
    except DamagedModelError:
        logger.exception("The background is damaged; preparing a new one.")
        background.delete()
        background = usable_background(features)
        return sum(build_one(pk, background.pk, features) for pk in ids)


def build_one(user_id: int, background_id: int, features: TweetFeatures) -> bool:
    """Build one signature from the tweets stored now.

    False if they are too few, or of the reference population.
    """
    user = User.objects.only("revision", "source").get(pk=user_id)
    texts = [] if user.is_reference else eligible_texts(user_id)
    if len(texts) < MIN_TWEETS:
        Signature.objects.filter(user_id=user_id).delete()
        return False
    own = features.of(user_id, texts)
    built = fit_signature(
        own, load_sample(background_id), user_id, newest_profiles(texts)
    )
    held_out = cast("Holdout", built.holdout)  # just fitted
    Signature.objects.update_or_create(
        user_id=user_id,
        background_id=background_id,
        defaults={
            "revision": user.revision,
            "model": built.to_bytes(),
            "held_out": held_out.to_bytes(),
            "tweet_count": built.tweets,
            "held_out_count": held_out.features.shape[0],
            "built_at": timezone.now(),
        },
    )
    return True


def stale_users(background: Background) -> list[int]:
    """Return ids of users whose signature for this version is missing or stale."""
    fresh = Signature.objects.filter(background=background).fresh().values("user_id")
    users = User.objects.predictable().exclude(pk__in=fresh)
    return list(users.order_by("pk").values_list("pk", flat=True))
