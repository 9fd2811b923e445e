"""Stored tweets."""

from typing import Self

from django.db import models
from django.db.models import Count, F, Q

from common.search import contains_all, search_words
from common.texts import MIN_DIFFERENT, MIN_WORDS, count_different
from tweets.models.users import User

# Somebody who repeated one text for so long does not start to vary before it.
NEWEST_COMPARED = 400


def may_train() -> Q:
    return Q(word_count__gte=MIN_WORDS, is_excluded=False)


class TweetQuerySet(models.QuerySet["Tweet"]):
    def newest_first(self) -> Self:
        return self.order_by("-position", "-id")

    def search(self, typed: str) -> Self:
        """Select tweets that contain every word that was typed."""
        return self.filter(contains_all(search_words(typed), "text"))

    def long_enough(self) -> Self:
        """Select tweets that may train; repeats are still among them."""
        return self.filter(may_train())

    def counts(self) -> dict[str, int]:
        """Count the tweets, and the different texts among them that may train."""
        return self.aggregate(
            tweets=Count("id"),
            eligible=Count("gist", distinct=True, filter=may_train()),
        )

    def count_different(self) -> int:
        """Count how many of the newest that may train really differ, up to
        MIN_DIFFERENT."""
        newest = self.long_enough().newest_first()[:NEWEST_COMPARED]
        return count_different(newest.values_list("text", flat=True), MIN_DIFFERENT)


class Tweet(models.Model):
    """An original post of a user: no retweet, and no reply unless asked for."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tweets")
    x_id = models.BigIntegerField("X id", null=True, blank=True)
    text = models.TextField()
    posted_at = models.DateTimeField(null=True, blank=True)
    position = models.BigIntegerField(
        editable=False,
        help_text="Sort key: the X id, or the id X would have assigned at that time.",
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
        "excluded", default=False, help_text="Shown, but not used for training."
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
            models.Index(fields=["gist"], name="tweet_gist"),
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
        """Without the text: the admin's log keeps this after a deletion."""
        return f"tweet {self.pk}"

    @property
    def x_url(self) -> str:
        """The address of the original on X; empty if there is none."""
        if not self.x_id or self.user.is_fictional:
            return ""
        return f"https://x.com/{self.user.handle}/status/{self.x_id}"
