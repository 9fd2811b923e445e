"""Merges users who turn out to be the same person."""

from collections.abc import Iterable

from django.db import transaction

from tweets.models import Fetch, Gap, Tweet, TweetQuerySet, User
from tweets.signals import users_merged
from tweets.store import changes, introductions
from tweets.store.erasure import OptedOutError, UserGoneError, require_storable


class CannotMergeError(ValueError):
    """These users are two different persons on X, or one of them has opted out."""


def merge_users(kept: User, others: Iterable[User]) -> int:
    """Move everything of the other users to the one that is kept and delete them.

    Returns how many tweets were moved. Raises CannotMergeError.
    """
    moved = 0
    with transaction.atomic():
        for gone in others:
            moved += _merge(kept, gone)
        if moved:
            User.objects.mark_changed([kept.pk])
    changes.finish([kept.pk] if moved else [])
    return moved


def _merge(kept: User, gone: User) -> int:
    for user in (kept, gone):
        try:
            require_storable(user.pk)
        except (UserGoneError, OptedOutError) as error:
            raise CannotMergeError(str(error)) from None
    if kept.x_id and gone.x_id and kept.x_id != gone.x_id:
        raise CannotMergeError(f"{kept} and {gone} are two users on X.")
    users_merged.send(sender=User, kept=kept, gone=gone)
    moved = _new_tweets(kept, gone).update(user=kept)
    Fetch.objects.filter(user=gone).update(user=kept)
    _move_progress(kept, gone)
    x_id = kept.x_id or gone.x_id
    introductions.take_over(kept, gone)
    gone.delete()
    if kept.x_id != x_id:
        kept.x_id = x_id
        kept.save(update_fields=["x_id"])
    return moved


def _new_tweets(kept: User, gone: User) -> TweetQuerySet:
    """Return tweets of the other user that the kept one lacks, by X id or by text."""
    own = Tweet.objects.filter(user=kept)
    tweets = Tweet.objects.filter(user=gone)
    known = tweets.filter(x_id__in=own.exclude(x_id=None).values("x_id"))
    repeated = tweets.filter(x_id=None, digest__in=own.values("digest"))
    return tweets.exclude(pk__in=known.values("pk")).exclude(
        pk__in=repeated.values("pk")
    )


def _move_progress(kept: User, gone: User) -> None:
    """Take over how far the other's timeline was read, if the kept one's never was."""
    if kept.newest_x_id is None and gone.newest_x_id is not None:
        Gap.objects.filter(user=gone).update(user=kept)
        User.objects.filter(pk=kept.pk).update(
            newest_x_id=gone.newest_x_id,
            refreshed_at=gone.refreshed_at,
            source=gone.source,
        )
