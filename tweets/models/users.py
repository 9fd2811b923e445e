"""Users of X whose tweets are stored."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from common.audit import record
from common.search import contains_all, search_words
from common.texts import MIN_DIFFERENT, MIN_TWEETS
from tweets.models.opt_outs import OptOut
from tweets.sources.fields.identifiers import HANDLE


class UserQuerySet(models.QuerySet["User"]):
    def by_handle(self, handle: str) -> Self:
        """Select by handle, without regard to case or a leading @."""
        return self.by_handles([handle])

    def by_handles(self, handles: list[str]) -> Self:
        folded = {handle.strip().removeprefix("@").lower() for handle in handles}
        folded = {handle for handle in folded if HANDLE.fullmatch(handle)}
        return self.annotate(folded=Lower("handle")).filter(folded__in=folded)

    def known_as(self, handle: str) -> "User | None":
        """Return the user of a handle, or of whom it was before a merge."""
        name = handle.strip().removeprefix("@")
        if not HANDLE.fullmatch(name):
            return None
        found = self.by_handle(name).first()
        return found or self.filter(aliases__handle__iexact=name).first()

    def opted_out(self) -> Self:
        """Select users who are stored though somebody opted them out."""
        by_name = OptOut.objects.annotate(folded=Lower("handle")).values("folded")
        by_id = OptOut.objects.exclude(x_id=None).values("x_id")
        named = self.alias(now=Lower("handle"), before=Lower("aliases__handle"))
        covered = named.filter(
            Q(now__in=by_name) | Q(before__in=by_name) | Q(x_id__in=by_id)
        )
        return self.filter(pk__in=covered.order_by().values("pk"))

    def tracked(self) -> Self:
        """Select users other than the reference population, which nobody is shown."""
        return self.exclude(source=User.Source.REFERENCE)

    def listed(self) -> Self:
        """Select users who are shown on the site."""
        return self.filter(is_listed=True)

    def predictable(self) -> Self:
        """Select tracked users with enough eligible tweets for a signature."""
        return self.tracked().in_background()

    def everyone(self) -> Self:
        """Select predictable users whose texts really differ.

        All predictable ones where fewer than two have such texts.
        """
        enough = self.predictable()
        varied = enough.exclude(different_count__lt=MIN_DIFFERENT)
        return varied if len(varied.order_by().values("pk")[:2]) == 2 else enough

    def in_background(self) -> Self:
        """Select users with enough eligible tweets, and the reference population's."""
        return self.filter(eligible_count__gte=MIN_TWEETS)

    def stale(self, days: int = 7) -> Self:
        """Select users followed on X who were not refreshed for so many days."""
        limit = timezone.now() - timedelta(days=days)
        return self.filter(source=User.Source.X).filter(
            Q(refreshed_at=None) | Q(refreshed_at__lt=limit)
        )

    def overdue(self) -> Self:
        """Select users with tweets whom X has not shown for REMOVAL_GRACE_DAYS."""
        limit = timezone.now() - timedelta(days=settings.REMOVAL_GRACE_DAYS)
        return self.filter(unavailable_since__lte=limit, tweet_count__gt=0)

    def note_status(self, pk: int, status: str) -> None:
        """Store what X says of a user. Whom it does not show is not listed here either,
        until it does.

        Handles that never were on X, from files, are left alone.
        """
        one = self.filter(pk=pk)
        one.update(status=status)
        if status != User.Status.ACTIVE:
            known = Q(source=User.Source.X) | Q(x_id__isnull=False)
            hidden = one.filter(known, unavailable_since=None).update(
                unavailable_since=timezone.now(),
                was_listed=F("is_listed"),
                is_listed=False,
            )
            if hidden:
                record("hidden", self.get(pk=pk), f"{status} on X")
            return
        back = one.filter(unavailable_since__isnull=False)
        shown = back.update(
            is_listed=Q(is_listed=True) | Q(was_listed=True),
            unavailable_since=None,
            was_listed=False,
        )
        if shown:
            record("shown again", self.get(pk=pk), "X shows them again")

    @transaction.atomic
    def list_or_unlist(self, is_listed: bool) -> int:
        """Show users on the site, or hide them; return how many there are."""
        users = list(self.tracked() if is_listed else self)
        for user in users:
            record("listed" if is_listed else "unlisted", user)
        ids = [user.pk for user in users]
        return self.model.objects.filter(pk__in=ids).update(is_listed=is_listed)

    def lock(self, ids: Iterable[int]) -> set[int]:
        """Lock these users' rows until the transaction ends; return the keys of those
        that exist.

        Locks in the order of their keys, so that two processes cannot block each other.
        """
        rows = self.select_for_update().filter(pk__in=set(ids)).order_by("pk")
        return set(rows.values_list("pk", flat=True))

    def mark_changed(self, ids: Iterable[int]) -> None:
        """Increase revisions, which makes what was built from the tweets stale."""
        self.filter(pk__in=set(ids)).update(revision=F("revision") + 1)

    def recount(self, ids: Iterable[int]) -> set[int]:
        """Update the counts kept on these users; return the ids of changed ones."""
        return {pk for pk in sorted(ids) if self._recount(pk)}

    def _recount(self, pk: int) -> bool:
        tweets = self.model(pk=pk).tweets
        counts = tweets.counts()
        enough = counts["eligible"] >= MIN_TWEETS
        fresh = {
            "tweet_count": counts["tweets"],
            "eligible_count": counts["eligible"],
            "different_count": tweets.count_different() if enough else None,
        }
        return bool(self.filter(pk=pk).exclude(**fresh).update(**fresh))

    def search(self, typed: str) -> Self:
        """Select users whose handle or name contains every word that was typed."""
        words = search_words(typed.replace("@", " "))
        return self.filter(contains_all(words, "handle", "name"))


class User(models.Model):
    """A Twitter/X user whose tweets are stored. Never a person who signs in."""

    class Source(models.TextChoices):
        X = "x", "X API"
        ARCHIVE = "archive", "X archive"
        FILE = "file", "file"
        DEMO = "demo", "demo (fictional)"
        REFERENCE = "reference", "reference population"

    class Status(models.TextChoices):
        ACTIVE = "active", "active"
        PROTECTED = "protected", "protected"
        SUSPENDED = "suspended", "suspended"
        NOT_FOUND = "not_found", "not found"

    x_id = models.BigIntegerField("X id", null=True, blank=True, unique=True)
    handle = models.CharField(max_length=50, help_text="As X spells it, without the @.")
    name = models.CharField("display name", max_length=100, blank=True)
    bio = models.CharField(
        max_length=200, blank=True, help_text="Who they are, in a line."
    )
    avatar = models.CharField(
        max_length=16,
        blank=True,
        editable=False,
        help_text="The stored picture's digest, a part of its address.",
    )
    source = models.CharField(
        max_length=10, choices=Source.choices, default=Source.FILE
    )
    is_listed = models.BooleanField(
        "listed", default=True, help_text="Shown on the site and open to predictions."
    )
    status = models.CharField(
        max_length=10, choices=Status.choices, default=Status.ACTIVE
    )
    unavailable_since = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="Since when X does not show this user; hidden here as long, too.",
    )
    was_listed = models.BooleanField(
        default=False,
        editable=False,
        help_text="Listed before X stopped showing this user, and again afterwards.",
    )
    checked_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When X was last asked about every stored post.",
    )
    check_due = models.BooleanField(
        default=False,
        editable=False,
        help_text="A check of stored posts has begun that comes to this user yet.",
    )
    check_below = models.BigIntegerField(
        null=True,
        blank=True,
        editable=False,
        help_text="A check of stored posts ended early; those below are to be asked.",
    )
    posts_on_x = models.PositiveIntegerField(
        "posts on X", null=True, blank=True, editable=False
    )
    newest_x_id = models.BigIntegerField(null=True, blank=True, editable=False)
    refreshed_at = models.DateTimeField(null=True, blank=True, editable=False)
    claimed_until = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="A process has leased this user for a refresh until then.",
    )
    revision = models.PositiveIntegerField(
        default=0,
        editable=False,
        help_text="Increases whenever this user's training texts change.",
    )
    tweet_count = models.PositiveIntegerField("tweets", default=0, editable=False)
    eligible_count = models.PositiveIntegerField(
        "eligible tweets", default=0, editable=False
    )
    different_count = models.PositiveIntegerField(
        "different texts",
        null=True,
        editable=False,
        help_text=(
            "Newest tweets that share less than half of their words, up to "
            f"{MIN_DIFFERENT}. With fewer, this user can be picked, but “everyone” "
            "is without them."
        ),
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
            models.CheckConstraint(
                condition=~Q(source="reference", is_listed=True),
                name="user_reference_unlisted",
                violation_error_message="The reference population cannot be listed.",
            ),
        ]
        indexes = [
            models.Index(fields=["is_listed", "eligible_count"], name="user_listed")
        ]

    def __str__(self) -> str:
        return f"@{self.handle}"

    def get_absolute_url(self) -> str:
        return reverse("tweets:user", args=[self.handle])

    def clean(self) -> None:
        """Refuse, in forms, somebody who has opted out."""
        if OptOut.objects.covers(self.handle, self.x_id):
            raise ValidationError("This person has opted out and must not be stored.")

    @property
    def names(self) -> list[str]:
        """The handle, and those of users who were merged into this one."""
        return [self.handle, *self.aliases.values_list("handle", flat=True)]

    @property
    def is_fictional(self) -> bool:
        return self.source == self.Source.DEMO

    @property
    def is_reference(self) -> bool:
        return self.source == self.Source.REFERENCE

    @property
    def is_predictable(self) -> bool:
        return not self.is_reference and self.eligible_count >= MIN_TWEETS

    @property
    def is_varied(self) -> bool:
        """Whether enough texts differ for "everyone" to include this user."""
        counted = self.different_count
        return self.is_predictable and (counted is None or counted >= MIN_DIFFERENT)

    @property
    def tweets_needed(self) -> int:
        """How many eligible tweets a prediction takes."""
        return MIN_TWEETS

    @property
    def x_url(self) -> str:
        """The address of this user's profile on X; empty for fictional users."""
        if self.is_fictional:
            return ""
        return f"https://x.com/{self.handle}"
