"""Makes two users into one, where they turn out to be the same person."""

from collections.abc import Iterable

from django.db import transaction

from tweets.models import Fetch, Gap, Tweet, TweetQuerySet, User
from tweets.signals import users_merged
from tweets.store import ingest


class CannotMergeError(ValueError):
    """These are not one person on X; says why."""


def merge_users(kept: User, others: Iterable[User]) -> int:
    """Moves everything of the others to the one that is kept, and removes them; returns
    how many tweets were moved. Raises CannotMergeError."""
    moved = 0
    with transaction.atomic():
        for gone in others:
            moved += _merge(kept, gone)
        User.objects.filter(pk=kept.pk).update(revision=kept.revision + 1)
    ingest.finish([kept.pk])
    return moved


def _merge(kept: User, gone: User) -> int:
    if kept.x_id and gone.x_id and kept.x_id != gone.x_id:
        raise CannotMergeError(f"{kept} and {gone} are two users on X.")
    users_merged.send(sender=User, kept=kept, gone=gone)
    moved = _new_tweets(kept, gone).update(user=kept)
    Fetch.objects.filter(user=gone).update(user=kept)
    _move_reading(kept, gone)
    x_id = kept.x_id or gone.x_id
    gone.delete()
    if kept.x_id != x_id:
        kept.x_id = x_id
        kept.save(update_fields=["x_id"])
    return moved


def _new_tweets(kept: User, gone: User) -> TweetQuerySet:
    """Those of the other that the one kept does not have, by X id or else by text."""
    own = Tweet.objects.filter(user=kept)
    tweets = Tweet.objects.filter(user=gone)
    known = tweets.filter(x_id__in=own.exclude(x_id=None).values("x_id"))
    repeated = tweets.filter(x_id=None, digest__in=own.values("digest"))
    return tweets.exclude(pk__in=known.values("pk")).exclude(
        pk__in=repeated.values("pk")
    )


def _move_reading(kept: User, gone: User) -> None:
    """How far reading from X got stays true only for whoever was read from X."""
    if kept.newest_x_id is None and gone.newest_x_id is not None:
        Gap.objects.filter(user=gone).update(user=kept)
        User.objects.filter(pk=kept.pk).update(
            newest_x_id=gone.newest_x_id,
            refreshed_at=gone.refreshed_at,
            source=gone.source,
        )
