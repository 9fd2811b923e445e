"""Backgrounds and signatures, saved predictions, and feedback on them."""

import secrets
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from tweets.models import Tweet, User

OPENING_RECORDED_EVERY = timedelta(days=1)


class BackgroundQuerySet(models.QuerySet["Background"]):
    def current(self) -> "Background | None":
        """The version that predictions use now."""
        return self.defer("sample", "weighting").filter(is_current=True).first()

    def in_preparation(self) -> "Background | None":
        """The version whose signatures are being built."""
        return self.defer("sample", "weighting").filter(is_current=False).first()


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
        """Name files of this version; ids start again in an emptied database."""
        return f"{self.pk}-{self.built_at:%Y%m%d%H%M%S%f}"

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


def new_slug() -> str:
    """Return 96 random bits for an address that nobody can guess."""
    return secrets.token_urlsafe(12)


class TweetVector(models.Model):
    """A tweet's document vector for the `vectors` engine: little-endian float16."""

    tweet = models.OneToOneField(
        Tweet, models.CASCADE, primary_key=True, related_name="vector"
    )
    pipeline = models.CharField(max_length=200)
    vector = models.BinaryField()

    def __str__(self) -> str:
        return f"vector of {self.tweet_id} by {self.pipeline}"


class PredictionQuerySet(models.QuerySet["Prediction"]):
    def shown(self) -> Self:
        """Predictions whose whole group is still listed."""
        hidden = User.objects.filter(is_listed=False)
        return self.exclude(group__in=hidden)

    def expired(self) -> Self:
        """Predictions of no account that nobody has opened for long, and that train
        nobody."""
        if not settings.SAVED_ANSWER_DAYS:
            return self.none()
        limit = timezone.now() - timedelta(days=settings.SAVED_ANSWER_DAYS)
        training = Feedback.objects.accepted().values("prediction")
        return self.filter(account=None, opened_at__lt=limit).exclude(pk__in=training)

    def naming(self, user: User) -> Self:
        """Predictions to delete when this user is erased."""
        return self.filter(group=user)


class Prediction(models.Model):
    """An answer that a visitor saved, as it was on that day."""

    slug = models.CharField(
        max_length=22, unique=True, default=new_slug, editable=False
    )
    text = models.TextField()
    group = models.ManyToManyField(User, related_name="predictions")
    engine = models.CharField(max_length=20)
    style_only = models.BooleanField(default=False)
    best = models.ForeignKey(
        User, models.CASCADE, related_name="+", verbose_name="most likely"
    )
    result = models.JSONField(editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="predictions",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(
        default=timezone.now,
        editable=False,
        help_text="When somebody last opened it, to the day.",
    )

    objects = PredictionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="prediction_has_text"),
            models.CheckConstraint(condition=~Q(slug=""), name="prediction_has_slug"),
        ]

    def __str__(self) -> str:
        """Without the text: the admin's log keeps this after a deletion."""
        return f"prediction {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("prediction:saved", args=[self.slug])

    def note_opening(self) -> None:
        """Record that somebody opened it, once a day."""
        now = timezone.now()
        if now - self.opened_at > OPENING_RECORDED_EVERY:
            Prediction.objects.filter(pk=self.pk).update(opened_at=now)

    def rename(self, gone: User, kept: User) -> None:
        """Replace a user who was merged into another."""
        for candidate in self.result["candidates"]:
            if candidate[0] == gone.pk:
                candidate[0] = kept.pk
        if self.best_id == gone.pk:
            self.best = kept
        self.save(update_fields=["result", "best"])
        self.group.remove(gone)
        self.group.add(kept)


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def pending(self) -> Self:
        return self.filter(state=Feedback.State.PENDING)

    def accepted(self) -> Self:
        return self.filter(state=Feedback.State.ACCEPTED)


class Feedback(models.Model):
    """Who really wrote the text of a saved prediction, according to one visitor.

    It trains only after staff accept it.
    """

    class State(models.TextChoices):
        PENDING = "pending", "pending"
        ACCEPTED = "accepted", "accepted"
        REJECTED = "rejected", "rejected"

    prediction = models.ForeignKey(Prediction, models.CASCADE, related_name="feedback")
    author = models.ForeignKey(
        User,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="feedback",
        help_text="Empty: somebody else.",
    )
    visitor = models.CharField(
        max_length=22,
        editable=False,
        help_text="A keyed hash of the account or network.",
    )
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.PENDING
    )
    moderated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    moderated_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "feedback"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["prediction", "visitor"], name="feedback_once_per_visitor"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "accepted", "rejected"]),
                name="feedback_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", moderated_at=None)
                | (~Q(state="pending") & Q(moderated_at__isnull=False)),
                name="feedback_moderated_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"feedback {self.pk}"
