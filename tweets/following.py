"""Adding users from X in the admin: several handles at once, in the background."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from tweets import tasks
from tweets.forecast import DEPTH
from tweets.models import User
from tweets.prices import POST, USER
from tweets.sources.identifiers import is_x_handle

MAX_HANDLES = 100


class AddUsersForm(forms.Form):
    handles = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=f"Up to {MAX_HANDLES} handles, with or without @, separated by "
        "spaces, commas or new lines.",
    )

    def clean_handles(self) -> list[str]:
        words = self.cleaned_data["handles"].replace(",", " ").split()
        handles = list(dict.fromkeys(word.lstrip("@") for word in words))
        if bad := [handle for handle in handles if not is_x_handle(handle)]:
            raise forms.ValidationError(
                f"Not handles: {', '.join(bad[:5])}. A handle has up to 15 letters, "
                "digits and underscores."
            )
        if len(handles) > MAX_HANDLES:
            raise forms.ValidationError(f"At most {MAX_HANDLES} at once.")
        return handles


def add_users_view(request: HttpRequest, site: admin.AdminSite) -> HttpResponse:
    """Asks for handles, says what reading them may cost, and starts the task."""
    form = AddUsersForm(request.POST or None)
    if form.is_valid():
        handles = form.cleaned_data["handles"]
        tasks.add_users_from_x.enqueue(handles)
        messages.success(
            request,
            f"{len(handles)} handles are being looked up and read in the background. "
            "The list of fetches shows how it goes.",
        )
        return HttpResponseRedirect(reverse("admin:tweets_fetch_changelist"))
    context: dict[str, Any] = site.each_context(request) | {
        "title": "Add users from X",
        "form": form,
        "opts": User._meta,  # noqa: SLF001 - Django's public name for it
        "has_key": bool(settings.X_BEARER_TOKEN),
        "highest_cost": USER + DEPTH * POST,
    }
    return TemplateResponse(request, "admin/tweets/add_users.html", context)
