"""A user's own page in the admin: all that can be done with them, in one place."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from tweets.admin.user_actions import UserActions, page_of
from tweets.models import Merge, User
from tweets.store.parting import CannotPartError, undo_merge

SHOWN = {
    "list_users": "Visitors and programs see them, and can ask about them.",
    "unlist_users": "Nobody outside the admin sees them or can ask about them.",
    "refresh": "Reads what they posted since the last time. It shows the cost first.",
    "rebuild_signature": "Builds anew what knows their style.",
    "reset_tweets": "Deletes their tweets; the user stays.",
    "erase": (
        "Deletes the user and everything built from them for good. Nothing of theirs "
        "is stored again, under any of their names."
    ),
}
DESTROY = ("reset_tweets", "erase")


@dataclass(frozen=True)
class Choice:
    """A button on the page: an action, its name, and what it does."""

    action: str
    label: str
    effect: str

    @property
    def destroys(self) -> bool:
        return self.action in DESTROY


class UserPage(UserActions):
    """Adds the choices to the form, and the views of merging and of undoing that."""

    change_form_template = "admin/tweets/user/change_form.html"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = dict(extra_context or {})
        user = self.get_object(request, object_id)
        if user is not None:
            allowed = self.get_actions(request)
            context |= {
                "choices": self._choices(request, user),
                "may_merge": "merge" in allowed,
                "merges": user.merges.all() if "merge" in allowed else [],
                "follows": user.source != User.Source.X and not user.is_fictional,
            }
        return super().change_view(request, object_id, form_url, context)

    def _choices(self, request: HttpRequest, user: User) -> list[Choice]:
        hidden = "list_users" if user.is_listed else "unlist_users"
        left_out = {hidden, *(["refresh"] if user.source != User.Source.X else [])}
        allowed = self.get_actions(request)
        return [
            Choice(name, str(action[2]).rstrip("…"), effect)
            for name, effect in SHOWN.items()
            if name not in left_out and (action := allowed.get(name))
        ]

    def get_urls(self) -> list[URLPattern]:
        views = {
            "merge": ("<int:pk>/merge/", self.merge_with),
            "undo_merge": ("<int:pk>/undo-merge/", self.undo_merge),
        }
        return [
            path(route, self.admin_site.admin_view(view), name=f"tweets_user_{name}")
            for name, (route, view) in views.items()
        ] + super().get_urls()

    def merge_with(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the page of a merge with the user of the handle that was typed."""
        if not self.has_delete_permission(request):
            raise PermissionDenied
        user = get_object_or_404(User, pk=pk)
        handle = request.GET.get("with", "").strip().removeprefix("@")
        other = User.objects.known_as(handle)
        if other is None or other == user:
            messages.error(request, "Type the handle of another user who is here.")
            return HttpResponseRedirect(page_of(user))
        both = User.objects.filter(pk__in=[user.pk, other.pk])
        return self.merge(request, both) or HttpResponseRedirect(page_of(user))

    def undo_merge(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what goes back to the user who was merged; do it once confirmed."""
        if not self.has_delete_permission(request):
            raise PermissionDenied
        merge = get_object_or_404(Merge, pk=pk)
        if request.method != "POST":
            context = self.admin_site.each_context(request) | {
                "title": "Undo this merge",
                "opts": self.opts,
                "merge": merge,
            }
            return TemplateResponse(request, "admin/tweets/undo_merge.html", context)
        kept = merge.kept
        try:
            gone = undo_merge(merge)
        except CannotPartError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(page_of(kept))
        messages.success(request, f"{gone} is a user again.")
        return HttpResponseRedirect(page_of(gone))
