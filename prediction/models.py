"""What the engine keeps between predictions."""

from typing import Self

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from tweets.models import User


class BackgroundQuerySet(models.QuerySet["Background"]):
    def current(self) -> "Background | None":
        """The version that predictions use now."""
        return self.defer("sample", "weighting").filter(is_current=True).first()

    def in_preparation(self) -> "Background | None":
        """The version whose signatures are being built aside."""
        return self.defer("sample", "weighting").filter(is_current=False).first()


class Background(models.Model):
    """A sample of tweets over all Users with its document frequencies; a version."""

    sample = models.BinaryField(editable=False)
    weighting = models.BinaryField(editable=False)
    tweet_count = models.PositiveIntegerField("tweets")
    user_count = models.PositiveIntegerField("users")
    eligible_count = models.PositiveIntegerField(
        help_text="Eligible tweets of all users at the time."
    )
    is_current = models.BooleanField("in use", default=False)
    built_at = models.DateTimeField(default=timezone.now)

    objects = BackgroundQuerySet.as_manager()

    class Meta:
        ordering = ["-built_at", "-id"]
        constraints = [
            # One in use, and at most one in preparation.
            models.UniqueConstraint(fields=["is_current"], name="background_one_each")
        ]

    def __str__(self) -> str:
        return f"version {self.pk}"

    def switch(self) -> None:
        """Puts this version in use, in the place of the one before, at once."""
        with transaction.atomic():
            Background.objects.filter(is_current=True).exclude(pk=self.pk).delete()
            Background.objects.filter(pk=self.pk).update(is_current=True)
        self.is_current = True


class SignatureQuerySet(models.QuerySet["Signature"]):
    def fresh(self) -> Self:
        """Built from the tweets that the user has now."""
        return self.filter(revision=F("user__revision"))

    def stale(self) -> Self:
        return self.exclude(revision=F("user__revision"))


class Signature(models.Model):
    """What the engine keeps of one User: this User against the background."""

    user = models.ForeignKey(User, models.CASCADE, related_name="signatures")
    background = models.ForeignKey(
        Background, models.CASCADE, related_name="signatures"
    )
    revision = models.PositiveIntegerField(
        help_text="The revision of the user's tweets that it was built from."
    )
    model = models.BinaryField(editable=False)
    held_out = models.BinaryField(editable=False)
    tweet_count = models.PositiveIntegerField("tweets")
    held_out_count = models.PositiveIntegerField("held-out tweets")
    built_at = models.DateTimeField(default=timezone.now)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        ordering = ["user_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "background"], name="signature_unique"
            )
        ]

    def __str__(self) -> str:
        return f"signature of {self.user}"
