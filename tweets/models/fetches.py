"""Reads from X: those that were made, and gaps that are still to be read."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from tweets.models.users import User


class Gap(models.Model):
    """A part of a timeline on X that is not read yet: `above < id < below`."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="gaps")
    above = models.BigIntegerField(default=0)
    below = models.BigIntegerField()

    class Meta:
        ordering = ["-below"]
        constraints = [
            models.UniqueConstraint(fields=["user", "below"], name="gap_unique"),
            models.CheckConstraint(
                condition=Q(above__lt=F("below")), name="gap_has_room"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.above} to {self.below}"


class Fetch(models.Model):
    """One attempt to refresh one user from X."""

    class Outcome(models.TextChoices):
        RUNNING = "running", "running"
        DONE = "done", "done"
        STOPPED = "stopped", "stopped early"
        FAILED = "failed", "failed"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="fetches")
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    posts_read = models.PositiveIntegerField(default=0)
    tweets_stored = models.PositiveIntegerField(default=0)
    outcome = models.CharField(
        max_length=10, choices=Outcome.choices, default=Outcome.RUNNING
    )
    message = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "fetches"
        ordering = ["-started_at", "-id"]

    def __str__(self) -> str:
        return f"{self.user} at {self.started_at:%Y-%m-%d %H:%M}"
