"""Windows of rate limits, running workers, and the audit of changes."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone


class RateWindow(models.Model):
    """The number of requests from one client in the current window of time."""

    bucket = models.CharField(
        primary_key=True, max_length=64, help_text="A keyed hash of who asks for what."
    )
    ends_at = models.BigIntegerField(help_text="Seconds since 1970.", db_index=True)
    count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.bucket[:8]}…: {self.count}"


class Worker(models.Model):
    """A process that runs background tasks, and when it last sent a heartbeat."""

    id = models.CharField(primary_key=True, max_length=64)
    seen_at = models.DateTimeField()
    builds = models.BooleanField(
        default=True, help_text="Whether it takes tasks of the queue `builds`."
    )

    def __str__(self) -> str:
        return self.id


class Via(models.TextChoices):
    """What somebody used to change something."""

    ADMIN = "admin", "admin"
    SITE = "site", "site"
    API = "api", "API"
    COMMAND = "command", "command line"
    WORKER = "worker", "background task"


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    def with_old_addresses(self) -> Self:
        """Select entries whose addresses are no longer to be kept."""
        before = timezone.now() - timedelta(days=settings.AUDIT_ADDRESS_DAYS)
        return self.filter(address__isnull=False, at__lt=before)


class AuditEntry(models.Model):
    """One change: who made it, what it was, when and from where.

    Entries are added and never edited, but for three things: names go when their
    people or accounts are erased, addresses after AUDIT_ADDRESS_DAYS, and the counts of
    an import or a refresh grow until it ends.
    """

    at = models.DateTimeField(default=timezone.now)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
    )
    who = models.CharField(
        max_length=150,
        blank=True,
        help_text="The account's name at the time, or the system user of a command.",
    )
    via = models.CharField(max_length=8, choices=Via.choices)
    address = models.GenericIPAddressField(null=True)
    action = models.CharField(max_length=40)
    kind = models.CharField(max_length=40, blank=True, help_text="What was changed.")
    key = models.CharField(max_length=64, blank=True)
    target = models.CharField(max_length=200, blank=True)
    summary = models.TextField(blank=True)
    counts = models.JSONField(default=dict)
    task = models.CharField(max_length=36, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = "change"
        verbose_name_plural = "changes"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_at"),
            models.Index(fields=["kind", "key"], name="audit_target"),
            models.Index(fields=["action", "-at"], name="audit_action"),
            models.Index(fields=["account", "-at"], name="audit_account"),
            models.Index(
                fields=["task"], name="audit_task", condition=~models.Q(task="")
            ),
        ]

    def __str__(self) -> str:
        return f"change {self.pk}"


def kind_of(row: models.Model) -> str:
    """Return how the audit names the table of a row."""
    return row._meta.label_lower  # noqa: SLF001 - Django's public name for it
