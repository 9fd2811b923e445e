"""What signed-in staff do from the site's pages: it costs money at X."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from tweets.forms import AddUsersForm
from tweets.models import User
from tweets.orders import ask_for_refresh, ask_to_follow
from tweets.x.connect import NotConfiguredError


@require_POST
@permission_required("tweets.add_user", raise_exception=True)
def add_users(request: HttpRequest) -> HttpResponse:
    """Follow the handles typed into the box on the user list."""
    form = AddUsersForm(request.POST)
    if not settings.X_BEARER_TOKEN:
        messages.error(request, str(NotConfiguredError()))
    elif form.is_valid():
        ask_to_follow(form.cleaned_data["handles"])
        messages.success(
            request, "The users are being looked up and read; look again in a minute."
        )
    else:
        for problem in form.errors.get("handles", ["Type some handles."]):
            messages.error(request, str(problem))
    return redirect("tweets:users")


@require_POST
@permission_required("tweets.change_user", raise_exception=True)
def refresh_user(request: HttpRequest, handle: str) -> HttpResponse:
    """Read what one user posted since the last refresh."""
    user = get_object_or_404(User.objects.tracked().by_handle(handle))
    if not settings.X_BEARER_TOKEN:
        messages.error(request, str(NotConfiguredError()))
    elif user.source != User.Source.X:
        messages.error(request, f"{user} came from a file: add them from X to follow.")
    else:
        ask_for_refresh([user])
        messages.success(request, f"{user} is being refreshed; look again in a minute.")
    return redirect(user)
