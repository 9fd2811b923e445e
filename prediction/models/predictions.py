"""Saved predictions, and feedback on them."""

import secrets
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from tweets.models import User

OPENING_RECORDED_EVERY = timedelta(days=1)


def new_slug() -> str:
    """Return 96 random bits for an address that nobody can guess."""
    return secrets.token_urlsafe(12)


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
        voice = self.result.get("voice") or {}
        course = voice.get("course") or {"people": [], "runs": []}
        for named, place in (("people", 0), ("runs", 2)):
            for part in course[named]:
                if part[place] == gone.pk:
                    part[place] = kept.pk
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
