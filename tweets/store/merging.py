"""Merges users who turn out to be the same person."""

import json
from collections.abc import Iterable
from typing import Any

from django.core import serializers
from django.db import models, transaction

from common.audit import record
from tweets.models import (
    Alias,
    Avatar,
    Fetch,
    Gap,
    Merge,
    Tweet,
    TweetQuerySet,
    User,
)
from tweets.signals import users_merged
from tweets.store import changes, introductions
from tweets.store.erasure import OptedOutError, UserGoneError, require_storable

# What a merge looks at: an earlier one of the same call may have changed it.
READ_ANEW = ["x_id", "name", "bio", "avatar", "newest_x_id", "refreshed_at", "source"]


class CannotMergeError(ValueError):
    """These users are two different persons on X, or one of them has opted out."""


def merge_users(kept: User, others: Iterable[User]) -> int:
    """Move everything of the other users to the one that is kept and delete them.

    Their handles become aliases of the one that is kept. Returns how many tweets were
    moved. Raises CannotMergeError.
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
        user.refresh_from_db(fields=READ_ANEW)
    if kept.x_id and gone.x_id and kept.x_id != gone.x_id:
        raise CannotMergeError(f"{kept} and {gone} are two users on X.")
    new = list(_new_tweets(kept, gone).values_list("pk", flat=True))
    note = Merge(kept=kept, handle=gone.handle, before=_row(kept))
    note.gone = _row(gone) + as_rows(
        [*_with(Avatar, gone), *_with(Merge, gone, "kept")]
    )
    note.dropped = as_rows(Tweet.objects.filter(user=gone).exclude(pk__in=new))
    answers: Any = users_merged.send(sender=User, kept=kept, gone=gone)
    note.moved = {name: keys for _, found in answers for name, keys in found.items()}
    note.moved |= {
        "tweets": new,
        "fetches": _keys(Fetch, gone),
        "aliases": _keys(Alias, gone),
    }
    moved = Tweet.objects.filter(pk__in=new).update(user=kept)
    Fetch.objects.filter(user=gone).update(user=kept)
    Alias.objects.filter(user=gone).update(user=kept)
    note.moved["gaps"] = _move_progress(kept, gone)
    note.gone += as_rows(_with(Gap, gone))
    x_id = kept.x_id or gone.x_id
    introductions.take_over(kept, gone)
    record("merged", kept, f"{gone} into {kept}", tweets=moved)
    gone.delete()
    if kept.x_id != x_id:
        kept.x_id = x_id
        kept.save(update_fields=["x_id"])
    Alias.objects.by_handle(note.handle).delete()
    Alias.objects.create(handle=note.handle, user=kept)
    note.after = _row(kept)
    note.save()
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


def _move_progress(kept: User, gone: User) -> list[int]:
    """Take over how far the other's timeline was read, if the kept one's never was.

    Returns the keys of the gaps that moved.
    """
    if kept.newest_x_id is not None or gone.newest_x_id is None:
        return []
    keys = _keys(Gap, gone)
    Gap.objects.filter(user=gone).update(user=kept)
    User.objects.filter(pk=kept.pk).update(
        newest_x_id=gone.newest_x_id,
        refreshed_at=gone.refreshed_at,
        source=gone.source,
    )
    return keys


def as_rows(found: Iterable[models.Model]) -> list[dict[str, Any]]:
    """Return rows as JSON that Django reads back."""
    rows: list[dict[str, Any]] = json.loads(serializers.serialize("json", found))
    return rows


def _row(user: User) -> list[dict[str, Any]]:
    return as_rows(User.objects.filter(pk=user.pk))


def _with(table: type[models.Model], user: User, name: str = "user") -> Any:
    return table._default_manager.filter(**{name: user})  # noqa: SLF001 - Django's name


def _keys(table: type[models.Model], user: User) -> list[int]:
    return list(_with(table, user).values_list("pk", flat=True))
