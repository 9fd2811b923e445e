"""Merges of users, as far as it takes to undo them."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from tweets.models.tweets import Tweet
from tweets.models.users import User

Row = dict[str, Any]


class MergeQuerySet(models.QuerySet["Merge"]):
    def expired(self) -> Self:
        """Select merges that can no longer be undone."""
        before = timezone.now() - timedelta(days=settings.MERGE_UNDO_DAYS)
        return self.filter(at__lt=before)

    def forget_deleted(self, user_ids: Iterable[int]) -> None:
        """Drop the copies of tweets that these users had and that were deleted."""
        for merge in self.filter(kept__in=list(user_ids)).exclude(dropped=[]):
            merge.dropped = merge.dropped_still_stored()
            merge.save(update_fields=["dropped"])


class Merge(models.Model):
    """A user who was merged into another: what left, and what moved.

    `gone` are the rows of the user, picture and gaps in the timeline, `dropped` the
    tweets that both had, all as Django serialises them; `before` and `after` is the
    user who was kept. `moved` has the keys of rows that changed hands, by their kind.
    """

    kept = models.ForeignKey(User, models.CASCADE, related_name="merges")
    handle = models.CharField(max_length=50)
    at = models.DateTimeField(default=timezone.now)
    gone = models.JSONField()
    dropped = models.JSONField(default=list)
    before = models.JSONField()
    after = models.JSONField()
    moved = models.JSONField()

    objects = MergeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        """Name nobody: the audit keeps this."""
        return f"merge {self.pk}"

    def dropped_still_stored(self) -> list[Row]:
        """Return the dropped tweets of which the other copy is still stored."""
        stored = Tweet.objects.filter(user=self.kept_id)
        x_ids = set(stored.exclude(x_id=None).values_list("x_id", flat=True))
        digests = set(stored.values_list("digest", flat=True))
        return [
            row
            for row in self.dropped
            if (
                row["fields"]["x_id"] in x_ids
                if row["fields"]["x_id"] is not None
                else row["fields"]["digest"] in digests
            )
        ]
