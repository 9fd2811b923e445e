"""The list of people, and the search of the picker."""

from django import forms
from django.core.paginator import Paginator
from django.db.models import F
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.http.rate_limits import limit_searches, notice_of_search
from common.search import search_notice
from tweets.models import User, UserQuerySet
from tweets.pages.avatars import avatar

USERS_A_PAGE = 48
PICKER_SHOWS = 30
MOST_PICKED = 100
SORTS = {
    "name": ("A to Z", Lower("handle")),
    "tweets": ("Most tweets", F("tweet_count").desc()),
    "fresh": ("Newest here", F("refreshed_at").desc(nulls_last=True)),
}
KINDS = {"": "Everybody", "ready": "Ready to predict", "fictional": "Fictional"}


class UserSearchForm(forms.Form):
    """A search of the list; all fields are optional, and invalid ones are ignored."""

    q = forms.CharField(required=False, label="Name or handle")
    kind = forms.ChoiceField(required=False, label="Show", choices=KINDS.items())
    sort = forms.ChoiceField(
        required=False,
        label="Sort by",
        choices=[(key, label) for key, (label, _) in SORTS.items()],
    )

    def results(self) -> UserQuerySet:
        self.full_clean()
        asked = self.cleaned_data
        found = User.objects.listed().search(asked.get("q", ""))
        if asked.get("kind") == "ready":
            found = found.predictable()
        if asked.get("kind") == "fictional":
            found = found.filter(source=User.Source.DEMO)
        _, ordering = SORTS[asked.get("sort") or "name"]
        return found.order_by(ordering, Lower("handle"))


@require_safe
@limit_searches
def users(request: HttpRequest) -> HttpResponse:
    """Show the list; people who are picked stay picked from page to page."""
    query = query_of(request)
    notice_of_search(request, query.get("q", ""))
    form = UserSearchForm(query)
    page = Paginator(form.results(), USERS_A_PAGE).get_page(request.GET.get("page"))
    picked = User.objects.listed().by_handles(request.GET.getlist("users"))
    context = {"form": form, "page": page, "picked": picked[:MOST_PICKED]}
    return render(request, "tweets/users.html", context)


@require_safe
@limit_searches
def find_users(request: HttpRequest) -> JsonResponse:
    """Find users for the picker among those with enough tweets."""
    typed = query_of(request).get("q", "")
    found = User.objects.listed().predictable().search(typed)
    items = [avatar(user) for user in found[:PICKER_SHOWS]]
    answer = {"items": items, "count": found.count()}
    notice = search_notice(typed)
    return JsonResponse(answer | ({"notice": notice} if notice else {}))


def query_of(request: HttpRequest) -> dict[str, str]:
    """Return the query's last values without NUL, which PostgreSQL does not accept."""
    return {key: str(value).replace("\0", "") for key, value in request.GET.items()}
