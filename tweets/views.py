"""Who is tracked, and what they tweeted."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from tweets.models import User

USERS_A_PAGE = 48
TWEETS_A_PAGE = 25


def users(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "").strip()
    found = User.objects.listed().search(words)
    page = Paginator(found, USERS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "tweets/users.html", {"page": page, "words": words})


def user(request: HttpRequest, handle: str) -> HttpResponse:
    shown = get_object_or_404(User.objects.listed().by_handle(handle))
    if shown.handle != handle:
        return redirect(shown, permanent=True)
    tweets = shown.tweets.newest_first()
    page = Paginator(tweets, TWEETS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "tweets/user.html", {"shown": shown, "page": page})
