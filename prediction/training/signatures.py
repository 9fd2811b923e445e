"""From stored tweets to a background and signatures, on demand or all at once."""

import logging
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import cast

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from scipy import sparse

from prediction.engine.calibration.holdout import background_rows
from prediction.engine.errors import DamagedModelError
from prediction.engine.features.ngrams import FEATURES_VERSION
from prediction.engine.models.background import Background as Sample
from prediction.engine.models.signature import MIN_TWEETS, HeldOut, fit_signature
from prediction.models import Background, Signature
from prediction.training.feedback import accepted_texts
from prediction.training.tweet_features import features_of, once, sample_features
from tweets.models import Tweet, User

logger = logging.getLogger(__name__)

BACKGROUND_TWEETS = 8_000
# X itself shows no more of a timeline.
MAX_TWEETS = 3_200
RENEW_AFTER_CHANGE = 0.2


class NotEnoughUsersError(Exception):
    """A background takes at least two users with enough tweets."""

    def __init__(self) -> None:
        super().__init__(f"Fewer than two users have {MIN_TWEETS} eligible tweets.")


def eligible_texts(user_id: int, limit: int = MAX_TWEETS) -> list[str]:
    """The user's newest different texts that may train, oldest first.

    Accepted feedback stands before the oldest tweet: it trains, and nothing is ever
    measured on it.
    """
    return accepted_texts(user_id) + [
        text for _, text in eligible_tweets(user_id, limit)
    ]


def eligible_tweets(user_id: int, limit: int = MAX_TWEETS) -> list[tuple[int, str]]:
    """Ids and texts of the user's newest different tweets that may train, oldest
    first."""
    rows = (
        Tweet.objects.filter(user_id=user_id)
        .long_enough()
        .newest_first()
        .values_list("gist", "pk", "text")
    )
    found: dict[int, tuple[int, str]] = {}
    for gist, pk, text in rows.iterator(chunk_size=2_000):
        found.setdefault(gist, (pk, text))
        if len(found) == limit:
            break
    return list(found.values())[::-1]


def build(users: Iterable[User]) -> int:
    """Builds these users' signatures anew; returns how many have enough tweets.

    Raises NotEnoughUsersError.
    """
    with once():
        background = usable_background()
        try:
            return sum(build_one(user.pk, background.pk) for user in users)
        except DamagedModelError:
            logger.exception("The background is damaged and is taken anew.")
            background.delete()
            background = usable_background()
            return sum(build_one(user.pk, background.pk) for user in users)


def usable_background() -> Background:
    """The version in use, unless there is none that this engine can read: then a new
    one. Raises NotEnoughUsersError."""
    Background.objects.exclude(format=FEATURES_VERSION).delete()
    return Background.objects.current() or prepare_background(in_use=True)


def build_one(user_id: int, background_id: int) -> bool:
    """Builds one signature from what is stored now; False with too few tweets."""
    revision = User.objects.values_list("revision", flat=True).get(pk=user_id)
    texts = eligible_texts(user_id)
    if len(texts) < MIN_TWEETS:
        Signature.objects.filter(user_id=user_id).delete()
        return False
    features = features_of(user_id, texts)
    built = fit_signature(features, sample_of(background_id), owner=user_id)
    held_out = cast("HeldOut", built.held_out)  # just fitted
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
    return True


def prepare_background(in_use: bool = False) -> Background:
    """Takes a new sample. What another process just prepared is taken instead.

    Raises NotEnoughUsersError.
    """
    users = User.objects.predictable()
    ids = list(users.order_by("pk").values_list("pk", flat=True))
    sample = _take_sample(ids)
    try:
        with transaction.atomic():
            return Background.objects.create(
                sample=sample.to_bytes(),
                weighting=sample.weighting.to_bytes(),
                tweet_count=len(sample.owners),
                user_count=len(ids),
                eligible_count=_all_eligible(),
                format=FEATURES_VERSION,
                is_current=in_use,
            )
    except IntegrityError:
        return Background.objects.defer("sample", "weighting").get(is_current=in_use)


def take_out(user_id: int, background: Background) -> None:
    """Removes one user's tweets from a stored sample; what was built from it stays."""
    sample = Sample.from_bytes(bytes(background.sample))
    if not (sample.owners == user_id).any():
        return
    Background.objects.filter(pk=background.pk).update(
        sample=sample.excluding(user_id).to_bytes(),
        tweet_count=int((sample.owners != user_id).sum()),
        user_count=max(background.user_count - 1, 0),
    )
    sample_of.cache_clear()


def needs_renewal(background: Background) -> bool:
    """Whether tweets or users changed by more than a fifth since it was built."""
    pairs = (
        (_all_eligible(), background.eligible_count),
        (User.objects.predictable().count(), background.user_count),
    )
    return any(abs(now - then) > RENEW_AFTER_CHANGE * then for now, then in pairs)


def stale_users(background: Background) -> list[int]:
    """Ids of the users whose signature for this version is missing or out of date."""
    fresh = Signature.objects.filter(background=background).fresh().values("user_id")
    users = User.objects.predictable().exclude(pk__in=fresh)
    return list(users.order_by("pk").values_list("pk", flat=True))


def _all_eligible() -> int:
    users = User.objects.predictable()
    return users.aggregate(total=Sum("eligible_count"))["total"] or 0


def _take_sample(user_ids: list[int]) -> Sample:
    """Spreads the sample evenly over the users. What is flagged as newest trains no
    model that is measured on tweets of that time."""
    if len(user_ids) < 2:
        raise NotEnoughUsersError
    parts: list[sparse.csr_matrix] = []
    owners: list[int] = []
    newest: list[bool] = []
    for user_id, quota in zip(user_ids, _quotas(len(user_ids)), strict=True):
        own = eligible_texts(user_id)
        positions, flags = background_rows(len(own), quota)
        parts.append(sample_features(user_id, [own[place] for place in positions]))
        owners += [user_id] * len(positions)
        newest += flags
    features = sparse.vstack(parts, format="csr")
    del parts
    return Sample.from_features(features, owners, newest)


def _quotas(users: int) -> Iterator[int]:
    """So many tweets of each user that BACKGROUND_TWEETS come together at most."""
    for number in range(users):
        start = number * BACKGROUND_TWEETS // users
        yield (number + 1) * BACKGROUND_TWEETS // users - start


@lru_cache(maxsize=1)
def sample_of(background_id: int) -> Sample:
    """A version never changes once it is stored, so its id is key enough."""
    stored = Background.objects.values_list("sample", flat=True).get(pk=background_id)
    return Sample.from_bytes(bytes(stored))
