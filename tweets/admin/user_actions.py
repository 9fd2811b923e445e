"""What staff can do with users, from the list or from a user's own page."""

from itertools import chain
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from tweets.admin.refreshing import NOT_FOLLOWED, refresh_page
from tweets.models import Tweet, User
from tweets.orders import ask_for_refresh
from tweets.signals import Comparison, styles_compared
from tweets.store.deletion import reset_tweets
from tweets.store.erasure import erase_and_opt_out
from tweets.store.merging import CannotMergeError, merge_users
from tweets.x.connect import NotConfiguredError

# More users than that are compared with nobody: it would take too long.
MOST_COMPARED = 8


class UserActions(admin.ModelAdmin):
    """Actions; those that destroy or cost ask first, all of them on a user's page."""

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[User], *given: Any, **named: Any
    ) -> HttpResponse | None:
        """Lead back to the page of a user whose page it came from."""
        response = super().response_action(request, queryset, *given, **named)
        back = User.objects.filter(pk=number(request.POST.get("back"))).first()
        if back is not None and isinstance(response, HttpResponseRedirect):
            return HttpResponseRedirect(page_of(back))
        return response

    @admin.action(description="List on the site", permissions=["change"])
    def list_users(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> HttpResponse | None:
        return self._list_or_unlist(request, queryset, "list_users", "Listed")

    @admin.action(description="Unlist: hide from the site", permissions=["change"])
    def unlist_users(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> HttpResponse | None:
        return self._list_or_unlist(request, queryset, "unlist_users", "Unlisted")

    def _list_or_unlist(
        self, request: HttpRequest, queryset: QuerySet[User], action: str, done: str
    ) -> HttpResponse | None:
        if request.POST.get("ask") == "yes" and not is_confirmed(request):
            return self.confirm(request, queryset, "List or unlist", action)
        is_listed = action == "list_users"
        if is_listed:
            queryset = queryset.exclude(source=User.Source.REFERENCE)
        self._log(request, queryset, f"{done}.")
        chosen = User.objects.filter(pk__in=queryset.values("pk"))
        self._say(request, chosen.list_or_unlist(is_listed), done.lower())
        return None

    @admin.action(description="Reset tweets…", permissions=["delete"])
    def reset_tweets(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> HttpResponse | None:
        """Show what will be deleted; delete it once that page was confirmed."""
        if not is_confirmed(request):
            return self.confirm(request, queryset, "Reset tweets", "reset_tweets")
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
        if not is_confirmed(request):
            return refresh_page(self, request, followed, queryset.count())
        ask_for_refresh(followed)
        messages.success(request, "The users are being refreshed in the background.")
        return None

    @admin.action(description="Merge into one user…", permissions=["delete"])
    def merge(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> HttpResponse | None:
        """Ask which user is kept; merge once one was picked.

        Asks once more where the styles differ much.
        """
        if queryset.count() < 2:
            messages.error(request, "Select two or more users to merge.")
            return None
        kept = queryset.filter(pk=number(request.POST.get("kept"))).first()
        compared = _compare(list(queryset))
        differ = [pair for pair in compared if pair.differs]
        if kept is None or (differ and request.POST.get("sure") != "yes"):
            more = {"compared": compared, "differ": differ, "kept": kept}
            return self.confirm(
                request, queryset, "Merge into one user", "merge", **more
            )
        others = list(queryset.exclude(pk=kept.pk))
        names = ", ".join(str(user) for user in others)
        try:
            with transaction.atomic():
                moved = merge_users(kept, others)
                self.log_change(request, kept, f"Merged {names} into this user.")
        except CannotMergeError as error:
            messages.error(request, str(error))
            return None
        messages.success(
            request, f"{names} merged into {kept}; {moved:,} tweets moved."
        )
        came_from_a_page = request.POST.get("back")
        return HttpResponseRedirect(page_of(kept)) if came_from_a_page else None

    @admin.action(description="Erase and opt out…", permissions=["delete"])
    def erase(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> HttpResponse | None:
        """Show what will be erased; erase it once that page was confirmed."""
        if not is_confirmed(request):
            return self.confirm(request, queryset, "Erase and opt out", "erase")
        users = list(queryset)
        for user in users:
            self.log_deletions(request, User.objects.filter(pk=user.pk))
            erase_and_opt_out(user)
        self._say(request, len(users), "erased and opted out")
        return None

    def confirm(
        self,
        request: HttpRequest,
        queryset: QuerySet[User],
        title: str,
        action: str,
        **more: Any,
    ) -> HttpResponse:
        """Show what an action will do, with a button that does it."""
        context = self.admin_site.each_context(request) | {
            "title": title,
            "action": action,
            "opts": self.opts,
            "users": queryset,
            "tweet_count": Tweet.objects.filter(user__in=queryset).count(),
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
            "back": number(request.POST.get("back") or request.GET.get("back")),
        }
        return TemplateResponse(request, "admin/tweets/confirm.html", context | more)

    def _log(self, request: HttpRequest, users: QuerySet[User], done: str) -> None:
        for user in users:
            self.log_change(request, user, done)

    def _say(self, request: HttpRequest, count: int, done: str) -> None:
        messages.success(request, f"{count:,} user{'s' * (count != 1)} {done}.")


def is_confirmed(request: HttpRequest) -> bool:
    return request.POST.get("confirmed") == "yes"


def number(raw: str | None) -> int:
    """Read a primary key; 0, which no user has, for anything else."""
    return int(raw) if raw and raw.isascii() and raw.isdigit() else 0


def page_of(user: User) -> str:
    return reverse("admin:tweets_user_change", args=[user.pk])


def _compare(users: list[User]) -> list[Comparison]:
    """Ask the floors above how alike these users write."""
    if len(users) > MOST_COMPARED:
        return []
    answers: Any = styles_compared.send(sender=User, users=users)
    return list(chain.from_iterable(found for _, found in answers))
