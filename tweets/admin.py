"""Curation: who is shown, whose tweets are reset, how fetching went."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tweets import ingest, tasks
from tweets.erasure import erase_and_opt_out
from tweets.following import add_users_view
from tweets.models import MIN_ELIGIBLE, Fetch, OptOut, Tweet, User
from tweets.uploads import UploadAdmin
from tweets.x import NotConfiguredError

__all__ = ["UploadAdmin"]


class EnoughTweets(admin.SimpleListFilter):
    title = "enough tweets"
    parameter_name = "enough"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, str]]:
        return [
            ("yes", f"{MIN_ELIGIBLE} or more eligible"),
            ("no", f"fewer than {MIN_ELIGIBLE}"),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> QuerySet[User]:
        if self.value() == "yes":
            return queryset.filter(eligible_count__gte=MIN_ELIGIBLE)
        if self.value() == "no":
            return queryset.filter(eligible_count__lt=MIN_ELIGIBLE)
        return queryset


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display: ClassVar[Sequence[str]] = (
        "handle",
        "name",
        "is_listed",
        "status",
        "source",
        "tweet_count",
        "eligible_count",
        "refreshed_at",
        "site_link",
    )
    list_filter: ClassVar[Sequence[Any]] = (
        "is_listed",
        EnoughTweets,
        "status",
        "source",
    )
    search_fields = ("handle", "name", "=x_id")
    readonly_fields = (
        "tweet_count",
        "eligible_count",
        "newest_x_id",
        "refreshed_at",
        "revision",
        "created_at",
        "updated_at",
    )
    actions: ClassVar[Sequence[str]] = (
        "list_users",
        "unlist_users",
        "refresh",
        "reset_tweets",
        "erase",
    )
    list_per_page = 50
    show_full_result_count = False

    @admin.display(description="on the site")
    def site_link(self, user: User) -> SafeString | str:
        if not user.is_listed:
            return "unlisted"
        return format_html('<a href="{}">timeline</a>', user.get_absolute_url())

    @admin.action(description="List on the site", permissions=["change"])
    def list_users(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._say(request, queryset.update(is_listed=True), "listed")

    @admin.action(description="Unlist: hide from the site", permissions=["change"])
    def unlist_users(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._say(request, queryset.update(is_listed=False), "unlisted")

    @admin.action(description="Reset tweets…", permissions=["delete"])
    def reset_tweets(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> HttpResponse | None:
        """Shows what will go; deletes once that page was confirmed."""
        if request.POST.get("confirmed") != "yes":
            return self._confirm(request, queryset, "Reset tweets", "reset_tweets")
        users = list(queryset)
        deleted = ingest.reset_tweets(users)
        for user in users:
            self.log_change(request, user, "Reset all tweets.")
        messages.success(
            request, f"{deleted:,} tweets of {len(users):,} users were deleted."
        )
        return None

    @admin.action(description="Refresh from X", permissions=["change"])
    def refresh(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        if not settings.X_BEARER_TOKEN:
            messages.error(request, str(NotConfiguredError()))
            return
        tasks.refresh_users.enqueue(list(queryset.values_list("pk", flat=True)))
        messages.success(request, "They are being refreshed in the background.")

    @admin.action(description="Erase and opt out…", permissions=["delete"])
    def erase(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> HttpResponse | None:
        """Shows what will go; erases once that page was confirmed."""
        if request.POST.get("confirmed") != "yes":
            return self._confirm(request, queryset, "Erase and opt out", "erase")
        users = list(queryset)
        for user in users:
            self.log_deletions(request, User.objects.filter(pk=user.pk))
            erase_and_opt_out(user)
        self._say(request, len(users), "erased and kept from being stored again")
        return None

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.from_x)
        return [path("from-x/", view, name="tweets_user_from_x"), *super().get_urls()]

    def from_x(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return add_users_view(request, self.admin_site)

    def _confirm(
        self, request: HttpRequest, queryset: QuerySet[User], title: str, action: str
    ) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": title,
            "action": action,
            "opts": self.opts,
            "users": queryset,
            "tweet_count": Tweet.objects.filter(user__in=queryset).count(),
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/tweets/confirm.html", context)

    def _say(self, request: HttpRequest, count: int, done: str) -> None:
        messages.success(request, f"{count:,} user{'s' * (count != 1)} {done}.")


@admin.register(Tweet)
class TweetAdmin(admin.ModelAdmin):
    list_display = ("short_text", "user", "posted_at", "word_count", "x_id")
    list_filter = (("posted_at", admin.EmptyFieldListFilter), "user__source")
    search_fields = ("text", "user__handle", "=x_id")
    list_select_related = ("user",)
    raw_id_fields = ("user",)
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Tweet | None = None
    ) -> bool:
        return False

    @admin.display(description="text")
    def short_text(self, tweet: Tweet) -> str:
        return tweet.text if len(tweet.text) <= 100 else f"{tweet.text[:99]}…"

    def delete_model(self, request: HttpRequest, obj: Tweet) -> None:
        ingest.delete_tweets(Tweet.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Tweet]) -> None:
        ingest.delete_tweets(queryset)


@admin.register(Fetch)
class FetchAdmin(admin.ModelAdmin):
    list_display = (
        "user",
        "started_at",
        "finished_at",
        "outcome",
        "posts_read",
        "tweets_stored",
        "message",
    )
    list_filter = ("outcome", "started_at")
    search_fields = ("user__handle", "message")
    list_select_related = ("user",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Fetch | None = None
    ) -> bool:
        return False


@admin.register(OptOut)
class OptOutAdmin(admin.ModelAdmin):
    list_display = ("handle", "x_id", "created_at")
    search_fields = ("handle", "=x_id")
