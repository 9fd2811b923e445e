"""Whose tweets are kept, the tweets themselves, and how they were fetched."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from common.search import contains_all, search_words
from common.texts import MIN_TWEETS, MIN_WORDS
from tweets.sources.fields.identifiers import HANDLE


class UserQuerySet(models.QuerySet["User"]):
    def by_handle(self, handle: str) -> Self:
        """Looks the handle up without regard to case or a leading @."""
        return self.by_handles([handle])

    def by_handles(self, handles: list[str]) -> Self:
        folded = {handle.strip().removeprefix("@").lower() for handle in handles}
        folded = {handle for handle in folded if HANDLE.fullmatch(handle)}
        return self.annotate(folded=Lower("handle")).filter(folded__in=folded)

    def listed(self) -> Self:
        """Curated: shown on the site."""
        return self.filter(is_listed=True)

    def predictable(self) -> Self:
        """Has enough eligible tweets for a signature."""
        return self.filter(eligible_count__gte=MIN_TWEETS)

    def stale(self, days: int = 7) -> Self:
        """Followed on X and not refreshed for so many days."""
        limit = timezone.now() - timedelta(days=days)
        return self.filter(source=User.Source.X).filter(
            Q(refreshed_at=None) | Q(refreshed_at__lt=limit)
        )

    def lock(self, ids: Iterable[int]) -> None:
        """Locks these users' rows until the transaction ends.

        In the order of their keys, so that two processes cannot block each other.
        """
        list(self.select_for_update().filter(pk__in=set(ids)).order_by("pk"))

    def mark_changed(self, ids: Iterable[int]) -> None:
        """Counts these users' revisions up, so that what was built from their tweets
        is known to be stale."""
        self.filter(pk__in=set(ids)).update(revision=F("revision") + 1)

    def recount(self, ids: Iterable[int]) -> set[int]:
        """Brings the counts kept on these users up to date; returns the keys of those
        whose counts were different."""
        return {pk for pk in sorted(ids) if self._recount(pk)}

    def _recount(self, pk: int) -> bool:
        counts = Tweet.objects.filter(user_id=pk).counts()
        fresh = {"tweet_count": counts["tweets"], "eligible_count": counts["eligible"]}
        return bool(self.filter(pk=pk).exclude(**fresh).update(**fresh))

    def search(self, typed: str) -> Self:
        """Users whose handle or name contains every word that was typed."""
        words = search_words(typed.replace("@", " "))
        return self.filter(contains_all(words, "handle", "name"))


class User(models.Model):
    """A tracked Twitter/X user. Never a person who logs in."""

    class Source(models.TextChoices):
        X = "x", "X API"
        ARCHIVE = "archive", "X archive"
        FILE = "file", "file"
        DEMO = "demo", "demo (fictional)"

    class Status(models.TextChoices):
        ACTIVE = "active", "active"
        PROTECTED = "protected", "protected"
        SUSPENDED = "suspended", "suspended"
        NOT_FOUND = "not_found", "not found"

    x_id = models.BigIntegerField("X id", null=True, blank=True, unique=True)
    handle = models.CharField(max_length=50, help_text="As X spells it, without the @.")
    name = models.CharField("display name", max_length=100, blank=True)
    source = models.CharField(
        max_length=10, choices=Source.choices, default=Source.FILE
    )
    is_listed = models.BooleanField(
        "listed", default=True, help_text="Shown on the site and open to predictions."
    )
    status = models.CharField(
        max_length=10, choices=Status.choices, default=Status.ACTIVE
    )
    newest_x_id = models.BigIntegerField(null=True, blank=True, editable=False)
    refreshed_at = models.DateTimeField(null=True, blank=True, editable=False)
    claimed_until = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="Some process is refreshing this user, unless this time is past.",
    )
    revision = models.PositiveIntegerField(
        default=0,
        editable=False,
        help_text="Goes up whenever this user's tweets change.",
    )
    tweet_count = models.PositiveIntegerField("tweets", default=0, editable=False)
    eligible_count = models.PositiveIntegerField(
        "eligible tweets", default=0, editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = UserQuerySet.as_manager()

    class Meta:
        ordering = [Lower("handle")]
        constraints = [
            models.UniqueConstraint(
                Lower("handle"),
                name="user_handle_unique",
                violation_error_message="There is already a user with this handle.",
            ),
            models.CheckConstraint(
                condition=Q(handle__regex=f"^{HANDLE.pattern}$"),
                name="user_handle_valid",
                violation_error_message=(
                    "A handle has letters, digits and underscores, without the @."
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["is_listed", "eligible_count"], name="user_listed")
        ]

    def __str__(self) -> str:
        return f"@{self.handle}"

    def get_absolute_url(self) -> str:
        return reverse("tweets:user", args=[self.handle])

    @property
    def is_fictional(self) -> bool:
        return self.source == self.Source.DEMO

    @property
    def is_predictable(self) -> bool:
        return self.eligible_count >= MIN_TWEETS

    @property
    def x_url(self) -> str:
        """Where X shows this user; empty for those who are not there."""
        if self.is_fictional:
            return ""
        return f"https://x.com/{self.handle}"


def may_train() -> Q:
    return Q(word_count__gte=MIN_WORDS, is_excluded=False)


class TweetQuerySet(models.QuerySet["Tweet"]):
    def newest_first(self) -> Self:
        return self.order_by("-position", "-id")

    def search(self, typed: str) -> Self:
        """Tweets that contain every word that was typed."""
        return self.filter(contains_all(search_words(typed), "text"))

    def long_enough(self) -> Self:
        """May train: has enough words of its own, and staff did not exclude it; repeats
        are still among them."""
        return self.filter(may_train())

    def counts(self) -> dict[str, int]:
        """How many there are, and how many different ones may train."""
        return self.aggregate(
            tweets=Count("id"),
            eligible=Count("gist", distinct=True, filter=may_train()),
        )


class Tweet(models.Model):
    """One stored original post."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tweets")
    x_id = models.BigIntegerField("X id", null=True, blank=True)
    text = models.TextField()
    posted_at = models.DateTimeField(null=True, blank=True)
    position = models.BigIntegerField(
        editable=False,
        help_text="Orders a timeline: the X id, or the one X would have given then.",
    )
    digest = models.BigIntegerField(editable=False, help_text="Hash of the text.")
    gist = models.BigIntegerField(
        editable=False,
        help_text="Hash of the text without links, mentions, numbers and case.",
    )
    word_count = models.PositiveSmallIntegerField(
        editable=False, help_text="Words without links and mentions."
    )
    is_excluded = models.BooleanField(
        "excluded", default=False, help_text="Shown, but kept out of training."
    )

    objects = TweetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "x_id"],
                condition=Q(x_id__isnull=False),
                name="tweet_x_id_unique",
            ),
            models.UniqueConstraint(
                fields=["user", "digest"],
                condition=Q(x_id__isnull=True),
                name="tweet_digest_unique",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="tweet_has_text"),
        ]
        indexes = [
            models.Index(
                F("user"), F("position").desc(), F("id").desc(), name="tweet_timeline"
            ),
            models.Index(
                fields=["-id"], condition=Q(is_excluded=True), name="tweet_excluded"
            ),
            models.Index(
                fields=["-id"],
                condition=Q(posted_at__isnull=True),
                name="tweet_undated",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def x_url(self) -> str:
        """The original on X; empty where there is none."""
        if not self.x_id or self.user.is_fictional:
            return ""
        return f"https://x.com/{self.user.handle}/status/{self.x_id}"


class Gap(models.Model):
    """A stretch of a timeline on X still to be read: `above < id < below`."""

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
    """One attempt to refresh one User from X."""

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


class OptOutQuerySet(models.QuerySet["OptOut"]):
    def covers(self, handle: str, x_id: int | None = None) -> bool:
        known = Q(handle__iexact=handle)
        if x_id is not None:
            known |= Q(x_id=x_id)
        return self.filter(known).exists()


class OptOut(models.Model):
    """Somebody whose tweets must not be stored again."""

    handle = models.CharField(max_length=50)
    x_id = models.BigIntegerField("X id", null=True, blank=True, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OptOutQuerySet.as_manager()

    class Meta:
        verbose_name = "opt-out"
        ordering = [Lower("handle")]
        constraints = [
            models.UniqueConstraint(Lower("handle"), name="opt_out_handle_unique")
        ]

    def __str__(self) -> str:
        return f"@{self.handle}"


class Upload(models.Model):
    """A file or some lines that staff brought in, and what became of them."""

    class State(models.TextChoices):
        CHECKING = "checking", "being checked"
        CHECKED = "checked", "checked, not imported yet"
        IMPORTING = "importing", "being imported"
        IMPORTED = "imported", "imported"
        REFUSED = "refused", "refused"

    name = models.CharField(max_length=200)
    # In the database, since the worker may run on another machine than the site.
    data = models.BinaryField(editable=False)
    format = models.CharField(max_length=20, default="auto", editable=False)
    handle = models.CharField(max_length=50, blank=True)
    include_replies = models.BooleanField(default=False)
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.CHECKING, editable=False
    )
    report = models.JSONField(default=dict, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.name
