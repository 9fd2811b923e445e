"""Single tweets: looked at, and kept out of training."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from tweets import ingest
from tweets.models import Tweet


@admin.register(Tweet)
class TweetAdmin(admin.ModelAdmin):
    """To exclude by a filter: filter or search, tick the box above, select all."""

    list_display = (
        "short_text",
        "user",
        "posted_at",
        "word_count",
        "is_excluded",
        "x_id",
    )
    list_filter = (
        "is_excluded",
        ("posted_at", admin.EmptyFieldListFilter),
        ("posted_at", admin.DateFieldListFilter),
        "user__source",
    )
    search_fields = ("text", "user__handle", "=x_id")
    list_select_related = ("user",)
    fields = (
        "user",
        "text",
        "x_id",
        "posted_at",
        "word_count",
        "is_excluded",
    )
    ordering = ("-id",)
    actions = ("exclude_tweets", "include_tweets")
    list_per_page = 50
    show_full_result_count = False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup == "user__id__exact" or super().lookup_allowed(
            lookup, value, request
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Tweet | None = None
    ) -> bool:
        return False

    def has_exclude_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tweets.change_tweet")

    @admin.display(description="text")
    def short_text(self, tweet: Tweet) -> str:
        return tweet.text if len(tweet.text) <= 100 else f"{tweet.text[:99]}…"

    @admin.action(description="Exclude from training", permissions=["exclude"])
    def exclude_tweets(self, request: HttpRequest, queryset: QuerySet[Tweet]) -> None:
        changed = _set_excluded(queryset, is_excluded=True)
        messages.success(request, f"{changed:,} tweets train no longer.")

    @admin.action(description="Let train again", permissions=["exclude"])
    def include_tweets(self, request: HttpRequest, queryset: QuerySet[Tweet]) -> None:
        changed = _set_excluded(queryset, is_excluded=False)
        messages.success(request, f"{changed:,} tweets train again.")

    def delete_model(self, request: HttpRequest, obj: Tweet) -> None:
        ingest.delete_tweets(Tweet.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Tweet]) -> None:
        ingest.delete_tweets(queryset)


def _set_excluded(chosen: QuerySet[Tweet], *, is_excluded: bool) -> int:
    """What the page's filters joined cannot be updated, so it is named by id."""
    tweets = Tweet.objects.filter(pk__in=chosen.order_by().values("pk"))
    return ingest.set_excluded(tweets, is_excluded)
