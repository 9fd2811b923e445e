"""One person's page: their tweets, and when they post."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from common.http.rate_limits import limit_searches, notice_of_search
from tweets.models import User
from tweets.pages.people import query_of
from tweets.pages.posting_times import posting_times

TWEETS_A_PAGE = 25


@require_safe
@limit_searches
def user(request: HttpRequest, handle: str) -> HttpResponse:
    """Show a listed user; the first page without a search has more than tweets."""
    shown = User.objects.listed().known_as(handle)
    if shown is None:
        raise Http404
    if shown.handle.lower() != handle.lower():
        return redirect(shown)  # a merge can be undone
    if shown.handle != handle:
        return redirect(shown, permanent=True)
    words = query_of(request).get("q", "").strip()
    notice_of_search(request, words)
    tweets = shown.tweets.search(words).select_related("user").newest_first()
    page = Paginator(tweets, TWEETS_A_PAGE).get_page(request.GET.get("page"))
    context = {"shown": shown, "page": page, "words": words}
    if page.number == 1 and not words:
        context |= {"introduced": True, "posting_times": posting_times(shown)}
    return render(request, "tweets/user.html", context)
