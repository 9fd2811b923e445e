"""Who is tracked, and what they tweeted."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from tweets.models import User
from tweets.pages.avatars import face
from tweets.pages.forms import UserSearchForm
from tweets.pages.posting_times import rhythm

USERS_A_PAGE = 48
TWEETS_A_PAGE = 25
PICKER_SHOWS = 30
MOST_PICKED = 100


@require_safe
def users(request: HttpRequest) -> HttpResponse:
    """The list; who is picked already goes along from page to page."""
    form = UserSearchForm(_without_nul(request))
    page = Paginator(form.results(), USERS_A_PAGE).get_page(request.GET.get("page"))
    picked = User.objects.listed().by_handles(request.GET.getlist("users"))
    context = {"form": form, "page": page, "picked": picked[:MOST_PICKED]}
    return render(request, "tweets/users.html", context)


@require_safe
def find_users(request: HttpRequest) -> JsonResponse:
    """Users that can be predicted with, for the picker."""
    words = _without_nul(request).get("q", "").strip()
    found = User.objects.listed().predictable().search(words)
    items = [face(user) for user in found[:PICKER_SHOWS]]
    return JsonResponse({"items": items, "count": found.count()})


@require_safe
def user(request: HttpRequest, handle: str) -> HttpResponse:
    shown = get_object_or_404(User.objects.listed().by_handle(handle))
    if shown.handle != handle:
        return redirect(shown, permanent=True)
    words = _without_nul(request).get("q", "").strip()
    tweets = shown.tweets.search(words).select_related("user").newest_first()
    page = Paginator(tweets, TWEETS_A_PAGE).get_page(request.GET.get("page"))
    context = {"shown": shown, "page": page, "words": words}
    if page.number == 1 and not words:
        context |= {"introduced": True, "rhythm": rhythm(shown)}
    return render(request, "tweets/user.html", context)


def _without_nul(request: HttpRequest) -> dict[str, str]:
    """The query's last values; PostgreSQL takes no NUL in a text."""
    return {key: str(value).replace("\0", "") for key, value in request.GET.items()}
