"""The list of users in the admin, and the form of one."""

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from common.texts import MIN_DIFFERENT, MIN_TWEETS
from tweets.admin.add_users import add_users_view
from tweets.admin.one_user import UserPage
from tweets.admin.resets import (
    load_demo_view,
    remove_demo_view,
    reset_everything_view,
)
from tweets.models import User
from tweets.store.erasure import delete_user

NEWEST_SHOWN = 10


class EnoughTweets(admin.SimpleListFilter):
    title = "enough tweets"
    parameter_name = "enough"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, str]]:
        return [
            ("yes", f"{MIN_TWEETS} or more eligible"),
            ("no", f"fewer than {MIN_TWEETS}"),
            ("alike", f"fewer than {MIN_DIFFERENT} that differ"),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> QuerySet[User]:
        if self.value() == "yes":
            return queryset.filter(eligible_count__gte=MIN_TWEETS)
        if self.value() == "no":
            return queryset.filter(eligible_count__lt=MIN_TWEETS)
        if self.value() == "alike":
            return queryset.filter(different_count__lt=MIN_DIFFERENT)
        return queryset


class LastRefreshed(admin.SimpleListFilter):
    title = "freshness"
    parameter_name = "freshness"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, str]]:
        return [("stale", "not refreshed for a week")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> QuerySet[User]:
        if self.value() == "stale":
            return queryset.filter(pk__in=User.objects.stale().values("pk"))
        return queryset


@admin.register(User)
class UserAdmin(UserPage):
    list_display: tuple[str, ...] = (
        "handle",
        "is_listed",
        "tweet_count",
        "eligible",
        "status",
        "source",
        "refreshed",
        "is_fresh",
        "links",
    )
    list_filter: ClassVar[tuple[Any, ...]] = (
        "is_listed",
        EnoughTweets,
        LastRefreshed,
        "status",
        "source",
    )
    search_fields = ("handle", "name", "=x_id")
    readonly_fields: ClassVar[tuple[str, ...]] = (
        "tweet_count",
        "eligible_count",
        "different_count",
        "newest_x_id",
        "refreshed_at",
        "revision",
        "created_at",
        "updated_at",
        "links",
        "newest_tweets",
    )
    actions: tuple[str, ...] = (
        "list_users",
        "unlist_users",
        "refresh",
        "merge",
        "reset_tweets",
        "erase",
    )
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        users: QuerySet[User] = super().get_queryset(request)
        stale = User.objects.stale().filter(pk=OuterRef("pk"))
        return users.annotate(is_stale=Exists(stale))

    @admin.display(ordering="eligible_count")
    def eligible(self, user: User) -> int:
        return user.eligible_count

    @admin.display(ordering="refreshed_at")
    def refreshed(self, user: User) -> str:
        at = user.refreshed_at
        return f"{at:%Y-%m-%d %H:%M}" if at else "–"

    @admin.display(description="fresh", boolean=True)
    def is_fresh(self, user: User) -> bool | None:
        if user.source != User.Source.X:
            return None
        return not user.is_stale  # type: ignore[attr-defined]

    @admin.display(description="pages")
    def links(self, user: User) -> SafeString | str:
        pages = [("X", user.x_url)] if user.x_url else []
        if user.is_listed and user.pk:
            pages.insert(0, ("site", user.get_absolute_url()))
        shown = [(address, label) for label, address in pages]
        return format_html_join(" · ", '<a href="{}">{}</a>', shown) or "–"

    @admin.display
    def newest_tweets(self, user: User) -> SafeString | str:
        tweets = user.tweets.newest_first()[:NEWEST_SHOWN]
        rows = [
            (
                tweet.pk,
                tweet.text[:280],
                f"{tweet.posted_at:%Y-%m-%d}" if tweet.posted_at else "no date",
                ", excluded from training" if tweet.is_excluded else "",
            )
            for tweet in tweets
        ]
        listed = format_html_join(
            "", '<li><a href="../../../tweet/{}/change/">{}</a> ({}{})</li>', rows
        )
        if not rows:
            return "none yet"
        return format_html(
            '<ul>{}</ul><a href="../../../tweet/?user__id__exact={}">All tweets</a>',
            listed,
            user.pk,
        )

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Whoever may delete a user may delete what goes with them, such as fetches."""
        named, counts, _, protected = super().get_deleted_objects(objs, request)
        return named, counts, set(), protected

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        delete_user(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            delete_user(user)

    def get_urls(self) -> list[URLPattern]:
        own = {
            "from-x/": (self.from_x, "tweets_user_from_x"),
            "reset-everything/": (self.reset_everything, "tweets_user_reset_all"),
            "load-demo/": (self.load_demo, "tweets_user_load_demo"),
            "remove-demo/": (self.remove_demo, "tweets_user_remove_demo"),
        }
        return [
            path(route, self.admin_site.admin_view(view), name=name)
            for route, (view, name) in own.items()
        ] + super().get_urls()

    def from_x(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return add_users_view(request, self.admin_site)

    def reset_everything(self, request: HttpRequest) -> HttpResponse:
        if not self.has_delete_permission(request):
            raise PermissionDenied
        return reset_everything_view(request, self.admin_site)

    def load_demo(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return load_demo_view(request, self.admin_site)

    def remove_demo(self, request: HttpRequest) -> HttpResponse:
        """Whoever may load the demo may remove it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return remove_demo_view(request, self.admin_site)
