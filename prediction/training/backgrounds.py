"""The background: a sample of tweets over all users, stored as a version."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import Sum
from scipy import sparse

from common.jobs.locks import locked
from common.texts import MIN_TWEETS
from prediction.engine.calibration.holdout import background_rows
from prediction.engine.errors import DamagedModelError
from prediction.engine.features.idf import IdfWeighting
from prediction.engine.features.ngrams import FEATURES_VERSION
from prediction.engine.models.background import Background as Sample
from prediction.models import Background
from prediction.training.eligible import eligible_texts
from prediction.training.tweet_features import TweetFeatures
from tweets.models import User, UserQuerySet

logger = logging.getLogger(__name__)

# Held by whoever takes a sample.
LOCK = "background"
BACKGROUND_TWEETS = 8_000
RENEW_AFTER_CHANGE = 0.2


class NotEnoughUsersError(Exception):
    """A background takes at least two users with enough tweets."""

    def __init__(self) -> None:
        super().__init__(f"Fewer than two users have {MIN_TWEETS} eligible tweets.")


def usable_background(features: TweetFeatures | None = None) -> Background:
    """Return the version in use, or prepare one if there is none that this engine
    reads.

    Raises NotEnoughUsersError.
    """
    discard_unreadable()
    if current := Background.objects.current():
        return current
    with locked(LOCK):
        return first_background(features)


def first_background(features: TweetFeatures | None = None) -> Background:
    """Return the version that another process has just put in use, or prepare one.

    The caller holds LOCK. Raises NotEnoughUsersError.
    """
    current = Background.objects.current()
    return current or prepare_background(features or TweetFeatures(), in_use=True)


def discard_unreadable() -> None:
    """Delete versions whose features this engine does not compute any more."""
    Background.objects.exclude(format=FEATURES_VERSION).delete()


def next_background(features: TweetFeatures) -> Background:
    """Return the version in preparation, or begin one.

    Raises NotEnoughUsersError.
    """
    with locked(LOCK):
        return Background.objects.in_preparation() or prepare_background(features)


def check_users() -> None:
    """Raise NotEnoughUsersError if no background can be made."""
    if User.objects.in_background().tracked().count() < 2:
        raise NotEnoughUsersError


def discard_damaged() -> None:
    """Delete the version in use if it cannot be read, with its signatures."""
    for stored in Background.objects.filter(is_current=True):
        try:
            Sample.from_bytes(bytes(stored.sample))
            IdfWeighting.from_bytes(bytes(stored.weighting))
        except DamagedModelError:
            logger.exception("The background is damaged; a new one will be prepared.")
            stored.delete()


def prepare_background(features: TweetFeatures, in_use: bool = False) -> Background:
    """Take a new sample and store it, or return the version that another process has
    just prepared.

    Raises NotEnoughUsersError.
    """
    users = User.objects.in_background()
    tracked, reference = users.tracked(), users.filter(source=User.Source.REFERENCE)
    ids, reference_ids = _keys(tracked), _keys(reference)
    sample = _take_sample(ids, reference_ids, features)
    try:
        with transaction.atomic():
            return Background.objects.create(
                sample=sample.to_bytes(),
                weighting=sample.idf.to_bytes(),
                tweet_count=len(sample.owners),
                user_count=len(ids) + len(reference_ids),
                eligible_count=_count_eligible(),
                format=FEATURES_VERSION,
                is_current=in_use,
            )
    except IntegrityError:
        return Background.objects.defer("sample", "weighting").get(is_current=in_use)


def remove_user(user_id: int, background: Background) -> None:
    """Remove one user's tweets from a stored sample; signatures that were built from
    it stay. A damaged sample is deleted with them."""
    try:
        sample = Sample.from_bytes(bytes(background.sample))
    except DamagedModelError:
        logger.exception("The background is damaged; a new one will be prepared.")
        background.delete()
        return
    if not (sample.owners == user_id).any():
        return
    _replace(background, sample.excluding(user_id))


def relabel_user(gone_id: int, kept_id: int, background: Background) -> bool:
    """Give one user's tweets in a stored sample to another, so that the second does
    not train against them; return whether there were any."""
    try:
        sample = Sample.from_bytes(bytes(background.sample))
    except DamagedModelError:
        return False  # replaced when it is next needed
    if not (sample.owners == gone_id).any():
        return False
    owners = np.where(sample.owners == gone_id, kept_id, sample.owners)
    _replace(background, replace(sample, owners=owners))
    return True


def _replace(background: Background, sample: Sample) -> None:
    """Store a sample that has one user less."""
    Background.objects.filter(pk=background.pk).update(
        sample=sample.to_bytes(),
        tweet_count=len(sample.owners),
        user_count=max(background.user_count - 1, 0),
    )


def needs_renewal(background: Background) -> bool:
    """Return whether tweets or users changed by more than a fifth since the version
    was prepared."""
    pairs = (
        (_count_eligible(), background.eligible_count),
        (User.objects.in_background().count(), background.user_count),
    )
    return any(abs(now - then) > RENEW_AFTER_CHANGE * then for now, then in pairs)


def load_sample(background_id: int) -> Sample:
    """Load a stored sample. Raises DamagedModelError."""
    counts = Background.objects.values_list("tweet_count", "user_count")
    return _load_sample(background_id, counts.get(pk=background_id))


@lru_cache(maxsize=1)
def _load_sample(background_id: int, counts: tuple[int, int]) -> Sample:
    """A version changes only by losing a user, so id and counts are key enough."""
    stored = Background.objects.values_list("sample", flat=True).get(pk=background_id)
    return Sample.from_bytes(bytes(stored))


def forget_sample() -> None:
    """Drop the loaded sample from memory."""
    _load_sample.cache_clear()


def _count_eligible() -> int:
    users = User.objects.in_background()
    return users.aggregate(total=Sum("eligible_count"))["total"] or 0


def _keys(users: UserQuerySet) -> list[int]:
    return list(users.order_by("pk").values_list("pk", flat=True))


def _take_sample(
    tracked: list[int], reference: list[int], features: TweetFeatures
) -> Sample:
    """Spread the sample evenly over the users; tracked ones have half of it or more.

    Rows flagged as newest never train a model that is scored on tweets of that time.
    """
    if len(tracked) < 2:
        raise NotEnoughUsersError
    parts: list[sparse.csr_matrix] = []
    owners: list[int] = []
    newest: list[bool] = []
    everybody = len(tracked) + len(reference)
    from_reference = BACKGROUND_TWEETS * min(len(reference) / everybody, 0.5)
    quotas = [
        *_quotas(len(tracked), BACKGROUND_TWEETS - int(from_reference)),
        *_quotas(len(reference), int(from_reference)),
    ]
    for user_id, quota in zip([*tracked, *reference], quotas, strict=True):
        own = eligible_texts(user_id)
        positions, flags = background_rows(len(own), quota)
        texts = [own[position] for position in positions]
        parts.append(features.compute_and_keep(user_id, texts))
        owners += [user_id] * len(positions)
        newest += flags
    matrix = sparse.vstack(parts, format="csr")
    del parts
    return Sample.from_features(matrix, owners, newest)


def _quotas(users: int, tweets: int) -> Iterator[int]:
    """Yield how many tweets each user gives, so many together at most."""
    for number in range(users):
        yield (number + 1) * tweets // users - number * tweets // users
