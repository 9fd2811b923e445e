"""Who is tracked, and what they tweeted."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from tweets.faces import face
from tweets.models import User

USERS_A_PAGE = 48
TWEETS_A_PAGE = 25
PICKER_SHOWS = 30


@require_safe
def users(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "").strip()
    found = User.objects.listed().search(words)
    page = Paginator(found, USERS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "tweets/users.html", {"page": page, "words": words})


@require_safe
def find_users(request: HttpRequest) -> JsonResponse:
    """Users that can be predicted with, for the picker."""
    words = request.GET.get("q", "").replace("\0", "").strip()
    found = User.objects.listed().predictable().search(words)
    items = [face(user) for user in found[:PICKER_SHOWS]]
    return JsonResponse({"items": items, "count": found.count()})


@require_safe
def user(request: HttpRequest, handle: str) -> HttpResponse:
    shown = get_object_or_404(User.objects.listed().by_handle(handle))
    if shown.handle != handle:
        return redirect(shown, permanent=True)
    tweets = shown.tweets.newest_first()
    page = Paginator(tweets, TWEETS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "tweets/user.html", {"shown": shown, "page": page})
