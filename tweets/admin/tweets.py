"""The admin pages of tweets: search them, exclude them from training."""

from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Max, QuerySet, Sum
from django.http import HttpRequest
from django.utils.functional import cached_property

from common.search import contains_all, search_notice, search_words
from tweets.models import Tweet, User
from tweets.store.deletion import delete_tweets
from tweets.store.exclusion import set_excluded

BY_USER = "user__id__exact"
SEARCHED = 50_000


class TweetPaginator(Paginator[Tweet]):
    """Sums the counts kept on the users instead of counting millions of rows."""

    @cached_property
    def count(self) -> int:
        if isinstance(self.object_list, QuerySet) and self.object_list.query.where:
            return self.object_list.count()
        return User.objects.aggregate(all=Sum("tweet_count"))["all"] or 0


class OnlyFilter(admin.SimpleListFilter):
    """Filters by one condition, for which there is a partial index."""

    choice = ""
    condition: dict[str, Any] = {}

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Tweet]
    ) -> list[tuple[str, str]]:
        return [("yes", self.choice)]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Tweet]
    ) -> QuerySet[Tweet]:
        return queryset.filter(**self.condition) if self.value() else queryset


class ExcludedFilter(OnlyFilter):
    title, parameter_name, choice = "training", "excluded", "Excluded only"
    condition = {"is_excluded": True}


class UndatedFilter(OnlyFilter):
    title, parameter_name, choice = "time", "undated", "Without a time only"
    condition = {"posted_at": None}


@admin.register(Tweet)
class TweetAdmin(admin.ModelAdmin):
    """Excludes tweets in bulk: filter or search, tick the top box, select all."""

    list_display = (
        "short_text",
        "user",
        "posted_at",
        "word_count",
        "is_excluded",
        "x_id",
    )
    list_filter = (ExcludedFilter, UndatedFilter)
    search_fields = ("text",)
    search_help_text = (
        "Words of the text, in the newest 50,000 tweets; with a @handle, in all tweets "
        "of that user. Or an X id."
    )
    paginator = TweetPaginator
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
        return lookup == BY_USER or super().lookup_allowed(lookup, value, request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Tweet], search_term: str
    ) -> tuple[QuerySet[Tweet], bool]:
        words = search_words(search_term)
        if notice := search_notice(search_term):
            messages.info(request, notice)
        if len(words) == 1 and words[0].isdecimal():
            by_id = queryset.filter(x_id=min(int(words[0]), 2**63 - 1))
            if by_id.exists():
                return by_id, False
        handles = [word for word in words if word.startswith("@")]
        if handles:
            queryset = queryset.filter(user__in=User.objects.by_handles(handles))
        elif words and BY_USER not in request.GET:
            newest = Tweet.objects.aggregate(newest=Max("pk"))["newest"] or 0
            queryset = queryset.filter(pk__gt=newest - SEARCHED)
        wanted = [word for word in words if not word.startswith("@")]
        return queryset.filter(contains_all(wanted, "text")), False

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
        messages.success(request, f"{changed:,} tweets excluded from training.")

    @admin.action(description="Include in training again", permissions=["exclude"])
    def include_tweets(self, request: HttpRequest, queryset: QuerySet[Tweet]) -> None:
        changed = _set_excluded(queryset, is_excluded=False)
        messages.success(request, f"{changed:,} tweets included in training again.")

    def delete_model(self, request: HttpRequest, obj: Tweet) -> None:
        delete_tweets(Tweet.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Tweet]) -> None:
        delete_tweets(queryset)


def _set_excluded(chosen: QuerySet[Tweet], *, is_excluded: bool) -> int:
    """Select the tweets by id, since a query with joins cannot be updated."""
    tweets = Tweet.objects.filter(pk__in=chosen.order_by().values("pk"))
    return set_excluded(tweets, is_excluded)
