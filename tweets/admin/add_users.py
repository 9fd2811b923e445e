"""The admin page that adds users from X, several handles at once."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from tweets.forms import AddUsersForm
from tweets.models import User
from tweets.orders import ask_to_follow
from tweets.x.costs import DEPTH, price


def add_users_view(request: HttpRequest, site: admin.AdminSite) -> HttpResponse:
    """Ask for handles, show what reading them may cost, and start the task."""
    asked = {"handles": request.GET.get("handles", "")}
    form = AddUsersForm(request.POST or None, initial=asked)
    if form.is_valid():
        handles = form.cleaned_data["handles"]
        ask_to_follow(handles)
        messages.success(
            request,
            f"{len(handles)} handle{'s' * (len(handles) != 1)} will be looked up and "
            "read in the background. This list shows the progress; the list of "
            "background tasks says whom X did not find.",
        )
        return HttpResponseRedirect(reverse("admin:tweets_fetch_changelist"))
    context: dict[str, Any] = site.each_context(request) | {
        "title": "Add users from X",
        "form": form,
        "opts": User._meta,  # noqa: SLF001 - Django's public name for it
        "has_key": bool(settings.X_BEARER_TOKEN),
        "highest_cost": price(1, DEPTH),
    }
    return TemplateResponse(request, "admin/tweets/add_users.html", context)
