"""Backgrounds and signatures, and document vectors of the `vectors` engine."""

from typing import Self

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from tweets.models import Tweet, User


class BackgroundQuerySet(models.QuerySet["Background"]):
    def current(self) -> "Background | None":
        """The version that predictions use now."""
        return self.defer("sample", "weighting").filter(is_current=True).first()

    def in_preparation(self) -> "Background | None":
        """The version whose signatures are being built."""
        return self.defer("sample", "weighting").filter(is_current=False).first()

    def note_removal(self) -> None:
        """Note that somebody was taken out, which renames the files of all versions."""
        self.update(removals=F("removals") + 1)


class Background(models.Model):
    """A version: a sample of tweets over all Users, with its document frequencies."""

    tweet_count = models.PositiveIntegerField("tweets")
    user_count = models.PositiveIntegerField("users")
    eligible_count = models.PositiveIntegerField(
        help_text="Eligible tweets of all users at the time."
    )
    format = models.PositiveSmallIntegerField(
        default=1, help_text="Of the engine's features; another one cannot be read."
    )
    is_current = models.BooleanField("in use", default=False)
    removals = models.PositiveIntegerField(
        default=0,
        editable=False,
        help_text="How often somebody was taken out of it: erased, or merged.",
    )
    built_at = models.DateTimeField(default=timezone.now)
    sample = models.BinaryField(editable=False)
    weighting = models.BinaryField(editable=False)

    objects = BackgroundQuerySet.as_manager()

    class Meta:
        ordering = ["-built_at", "-id"]
        constraints = [
            # One in use, and at most one in preparation.
            models.UniqueConstraint(fields=["is_current"], name="background_one_each")
        ]

    def __str__(self) -> str:
        return f"version {self.pk}"

    @property
    def file_stem(self) -> str:
        """Name files of this version; ids start again in an emptied database.

        It changes when somebody is taken out: no machine reads a file with them then.
        """
        return f"{self.pk}-{self.built_at:%Y%m%d%H%M%S%f}-{self.removals}"

    def switch(self) -> None:
        """Put this version in use, and delete the one before, in one transaction."""
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

    def in_use(self) -> Self:
        """Fresh signatures of the version in use, which answer questions."""
        return self.fresh().filter(background__is_current=True)


class Signature(models.Model):
    """The stored model of one User against the background."""

    user = models.ForeignKey(User, models.CASCADE, related_name="signatures")
    background = models.ForeignKey(
        Background, models.CASCADE, related_name="signatures"
    )
    revision = models.PositiveIntegerField(
        help_text="The revision of the user's tweets that it was built from."
    )
    tweet_count = models.PositiveIntegerField("tweets")
    held_out_count = models.PositiveIntegerField("held-out tweets")
    built_at = models.DateTimeField(default=timezone.now)
    # Last, since SQLite reads through them to reach later columns.
    model = models.BinaryField(editable=False)
    held_out = models.BinaryField(editable=False)

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


class TweetVector(models.Model):
    """A tweet's document vector for the `vectors` engine: little-endian float16."""

    tweet = models.OneToOneField(
        Tweet, models.CASCADE, primary_key=True, related_name="vector"
    )
    pipeline = models.CharField(max_length=200)
    vector = models.BinaryField()

    def __str__(self) -> str:
        return f"vector of {self.tweet_id} by {self.pipeline}"
