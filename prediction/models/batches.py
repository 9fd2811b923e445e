"""Many texts asked about at once."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any, Self
from uuid import uuid4

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone

from prediction.models.predictions import new_slug
from tweets.models import User
from tweets.models.uploads import delete_files_besides, upload_storage

FOLDER = "batches/"


class BatchQuerySet(models.QuerySet["Batch"]):
    def kept(self) -> Self:
        """Batches that have not expired."""
        return self.filter(created_at__gt=timezone.now() - Batch.lifetime())

    def expired(self) -> Self:
        return self.filter(created_at__lte=timezone.now() - Batch.lifetime())

    def shown(self) -> Self:
        """Batches whose whole group is still listed."""
        hidden = User.objects.filter(is_listed=False)
        return self.kept().exclude(group__in=hidden)

    def held_by(self, holder: str, account_id: int | None) -> Self:
        """Batches of one browser, or of one account."""
        own = Q(holder=holder) if holder else Q(pk=None)
        return self.filter(own | Q(account_id=account_id) if account_id else own)

    def unfinished(self) -> Self:
        return self.filter(state__in=[Batch.State.WAITING, Batch.State.WORKING])

    def naming(self, user: User) -> Self:
        """Batches to delete when this user is erased."""
        named = [
            pk
            for pk, authors in self.exclude(authors=[]).values_list("pk", "authors")
            if not {user.handle.lower(), str(user.x_id)}.isdisjoint(authors)
        ]
        return self.filter(Q(group=user) | Q(pk__in=named)).distinct()


def batch_file_name(batch: "Batch", filename: str) -> str:
    """Name a stored file; the visitor's file name never reaches the storage."""
    return f"{FOLDER}{uuid4().hex}"


class Batch(models.Model):
    """Many texts that a visitor asked about at once; deleted after BATCH_DAYS."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        WORKING = "working", "being answered"
        DONE = "done", "answered"
        FAILED = "failed", "failed"

    slug = models.CharField(
        max_length=22, unique=True, default=new_slug, editable=False
    )
    holder = models.CharField(
        max_length=22, help_text="A random name that only the holder's browser has."
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="batches",
    )
    name = models.CharField(
        max_length=200, blank=True, help_text="Of the file; empty for pasted lines."
    )
    content = models.FileField(
        storage=upload_storage, upload_to=batch_file_name, editable=False
    )
    text_column = models.CharField(max_length=200, blank=True)
    author_column = models.CharField(max_length=200, blank=True)
    authors = models.JSONField(
        default=list, help_text="Whom the file names as authors, in lower case."
    )
    group = models.ManyToManyField(User, related_name="batches")
    engine = models.CharField(max_length=20)
    style_only = models.BooleanField(default=False)
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.WAITING
    )
    task_id = models.CharField(max_length=64, blank=True)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=500, blank=True)
    answers = models.JSONField(default=list, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "batches"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(slug=""), name="batch_has_slug"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "working", "done", "failed"]),
                name="batch_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"batch {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("prediction:batch-result", args=[self.slug])

    @staticmethod
    def lifetime() -> timedelta:
        return timedelta(days=settings.BATCH_DAYS)

    @property
    def expires_at(self) -> datetime:
        return self.created_at + self.lifetime()

    @property
    def is_finished(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED)

    def advance(self, **fields: Any) -> bool:
        """Store how far it is; return False if it was deleted meanwhile."""
        return Batch.objects.filter(pk=self.pk).update(**fields) > 0

    def rename(self, gone: User, kept: User) -> None:
        """Replace a user who was merged into another."""
        for answer in self.answers:
            for key in ("who", "wrote"):
                if answer.get(key) == gone.pk:
                    answer[key] = kept.pk
        self.save(update_fields=["answers"])
        self.group.remove(gone)
        self.group.add(kept)


@receiver(post_delete, sender=Batch)
def delete_file_of_deleted_batch(instance: Batch, **kwargs: Any) -> None:
    if name := instance.content.name:
        transaction.on_commit(partial(instance.content.storage.delete, name))


def delete_files_without_batch(before: datetime, dry_run: bool = False) -> int:
    """Delete files that no batch refers to, left behind by a killed process.

    Considers only files stored before that time; returns how many there are.
    """
    return delete_files_besides(Batch, FOLDER, before, dry_run)
