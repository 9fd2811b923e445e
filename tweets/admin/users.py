"""The admin pages of users: list, refresh, merge, reset and erase them."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from common.texts import MIN_DIFFERENT, MIN_TWEETS
from tweets.admin.add_users import add_users_view
from tweets.admin.refreshing import NOT_FOLLOWED, refresh_page
from tweets.admin.resets import load_demo_view, reset_everything_view
from tweets.models import Tweet, User
from tweets.orders import ask_for_refresh
from tweets.store.deletion import reset_tweets
from tweets.store.erasure import delete_user, erase_and_opt_out
from tweets.store.merging import CannotMergeError, merge_users
from tweets.x.connect import NotConfiguredError

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
class UserAdmin(admin.ModelAdmin):
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

    def list_users(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        queryset = queryset.exclude(source=User.Source.REFERENCE)
        self._log(request, queryset, "Listed on the site.")
        chosen = User.objects.filter(pk__in=queryset.values("pk"))
        self._say(request, chosen.list_or_unlist(True), "listed")

    @admin.action(description="Unlist: hide from the site", permissions=["change"])
    def unlist_users(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._log(request, queryset, "Unlisted.")
        chosen = User.objects.filter(pk__in=queryset.values("pk"))
        self._say(request, chosen.list_or_unlist(False), "unlisted")

    @admin.action(description="Reset tweets…", permissions=["delete"])
    def reset_tweets(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> HttpResponse | None:
        """Show what will be deleted; delete it once that page was confirmed."""
        if request.POST.get("confirmed") != "yes":
            return self._confirm(request, queryset, "Reset tweets", "reset_tweets")
        users = list(queryset)
        deleted = reset_tweets(users)
        self._log(request, queryset, "Reset all tweets.")
        messages.success(
            request, f"{deleted:,} tweets of {len(users):,} users were deleted."
        )
        return None

    @admin.action(description="Refresh from X…", permissions=["change"])
    def refresh(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> HttpResponse | None:
        """Show what it may cost; refresh once that page was confirmed."""
        if not settings.X_BEARER_TOKEN:
            messages.error(request, str(NotConfiguredError()))
            return None
        followed = User.objects.filter(
            source=User.Source.X, pk__in=queryset.values("pk")
        )
        if not followed.exists():
            messages.error(request, NOT_FOLLOWED)
            return None
        if request.POST.get("confirmed") != "yes":
            return refresh_page(self, request, followed, queryset.count())
        ask_for_refresh(followed)
        messages.success(request, "The users are being refreshed in the background.")
        return None

    @admin.action(description="Merge into one user…", permissions=["delete"])
    def merge(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> HttpResponse | None:
        """Ask which user is kept; merge once one was picked."""
        if queryset.count() < 2:
            messages.error(request, "Select two or more users to merge.")
            return None
        kept = queryset.filter(pk=_number(request.POST.get("kept"))).first()
        if kept is None:
            return self._confirm(request, queryset, "Merge into one user", "merge")
        others = list(queryset.exclude(pk=kept.pk))
        names = ", ".join(str(user) for user in others)
        try:
            moved = merge_users(kept, others)
        except CannotMergeError as error:
            messages.error(request, str(error))
            return None
        self.log_change(request, kept, f"Merged {names} into this user.")
        messages.success(
            request, f"{names} merged into {kept}; {moved:,} tweets moved."
        )
        return None

    @admin.action(description="Erase and opt out…", permissions=["delete"])
    def erase(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> HttpResponse | None:
        """Show what will be erased; erase it once that page was confirmed."""
        if request.POST.get("confirmed") != "yes":
            return self._confirm(request, queryset, "Erase and opt out", "erase")
        users = list(queryset)
        for user in users:
            self.log_deletions(request, User.objects.filter(pk=user.pk))
            erase_and_opt_out(user)
        self._say(request, len(users), "erased and opted out")
        return None

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
        return load_demo_view(request)

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

    def _log(self, request: HttpRequest, users: QuerySet[User], done: str) -> None:
        for user in users:
            self.log_change(request, user, done)

    def _say(self, request: HttpRequest, count: int, done: str) -> None:
        messages.success(request, f"{count:,} user{'s' * (count != 1)} {done}.")


def _number(raw: str | None) -> int:
    """Read a primary key; 0, which no user has, for anything else."""
    return int(raw) if raw and raw.isascii() and raw.isdigit() else 0
