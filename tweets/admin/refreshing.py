"""The page that asks before a refresh from X, and says what it may cost."""

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from tweets.models import UserQuerySet
from tweets.x.budget import spent
from tweets.x.costs import forecast

NOT_FOLLOWED = (
    "None of these users is followed on X: they came from files. Add their handles "
    "from X to follow them."
)


def refresh_page(
    page: admin.ModelAdmin, request: HttpRequest, users: UserQuerySet, selected: int
) -> HttpResponse:
    """Show the forecast and the budget, and ask."""
    # Imported late: tweepy, behind it, would slow every command down.
    from tweets.x.session import Limits

    now = spent()
    context = {
        **page.admin_site.each_context(request),
        "title": "Refresh from X",
        "opts": page.opts,
        "users": users,
        "left_out": selected - users.count(),
        "expected": forecast(users, Limits()),
        "spent": now,
        "left": now.left(),
        "action_checkbox_name": ACTION_CHECKBOX_NAME,
        "back": request.POST.get("back", ""),
    }
    return TemplateResponse(request, "admin/tweets/refresh.html", context)
