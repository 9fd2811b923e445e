"""Undoes merges: whoever was merged into another user is a user again."""

from typing import Any, cast

from django.core import serializers
from django.db import models, transaction

from common.audit import record
from tweets.models import Alias, Avatar, Fetch, Gap, Merge, OptOut, Tweet, User
from tweets.signals import users_parted
from tweets.store import changes

# What a merge may add to the user who is kept.
TAKEN_OVER = ("x_id", "name", "bio", "avatar", "newest_x_id", "refreshed_at", "source")
MOVED = {"tweets": Tweet, "fetches": Fetch, "gaps": Gap, "aliases": Alias}


class CannotPartError(ValueError):
    """A merge cannot be undone: the user's handle or X id is taken, or opted out."""


def undo_merge(merge: Merge) -> User:
    """Restore the user who was merged into another, with exactly what they had.

    What was stored since stays with the user who was kept, and what was deleted since
    stays deleted. Returns the restored user. Raises CannotPartError.
    """
    with transaction.atomic():
        gone = _part(merge)
        record("merge undone", merge.kept, f"{gone} is a user again")
        User.objects.mark_changed([merge.kept_id, gone.pk])
        merge.delete()
    changes.finish([merge.kept_id, gone.pk])
    return gone


def _part(merge: Merge) -> User:
    OptOut.objects.hold()
    kept_id = merge.kept_id
    User.objects.lock([kept_id])
    rows = list(_read(merge.gone))
    gone = cast("User", rows[0])
    _require_free(gone, kept_id)
    _give_back(merge)
    Alias.objects.by_handle(merge.handle).filter(user=kept_id).delete()
    dropped = merge.dropped_still_stored()
    for row in [*rows, *_read(dropped)]:
        models.Model.save_base(row, raw=True, force_insert=True)
    for name, table in MOVED.items():
        moved: Any = table._default_manager  # noqa: SLF001 - Django's public name
        mine = moved.filter(pk__in=merge.moved[name], user=kept_id)
        mine.update(user=gone)
    users_parted.send(sender=User, kept=merge.kept, gone=gone, moved=merge.moved)
    return gone


def _require_free(gone: User, kept_id: int) -> None:
    if OptOut.objects.covers(gone.handle, gone.x_id):
        raise CannotPartError("One of them has opted out since.")
    others = User.objects.exclude(pk=kept_id)
    if others.by_handle(gone.handle).exists():
        raise CannotPartError(f"There is another user @{gone.handle} by now.")
    if gone.x_id is not None and others.filter(x_id=gone.x_id).exists():
        raise CannotPartError("There is another user with this X id by now.")
    if User.objects.filter(pk=kept_id).by_handle(gone.handle).exists():
        raise CannotPartError(f"@{gone.handle} is the other's own handle by now.")


def _give_back(merge: Merge) -> None:
    """Take from the kept user what came with the merge, unless it changed since."""
    (before,), (after,) = _read(merge.before), _read(merge.after)
    now = merge.kept
    now.refresh_from_db()
    changed = [
        name
        for name in TAKEN_OVER
        if getattr(before, name) != getattr(after, name) == getattr(now, name)
    ]
    for name in changed:
        setattr(now, name, getattr(before, name))
    if "avatar" in changed:
        Avatar.objects.filter(user=now).delete()
    now.save(update_fields=changed)


def _read(rows: list[dict[str, Any]]) -> list[models.Model]:
    return [read.object for read in serializers.deserialize("python", rows)]
