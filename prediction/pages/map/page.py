"""The map: who writes alike stands close together. With it, a search, a text of the
visitor's own as a point, and how many tweets it takes to tell two people apart."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from common.http.rate_limits import (
    TooManyRequestsError,
    cost_of,
    count_form_work,
    form_limit,
    is_post,
    limit_posts,
    notice_of_search,
    too_many_requests,
)
from prediction.pages.fields import TweetField
from prediction.pages.map.drawing import Drawing
from prediction.serving.map.apart import Apart, tell_apart
from prediction.serving.map.own_text import TextOnMap, place_text
from prediction.serving.map.style_map import Cluster, Place, clusters
from prediction.serving.question import MAX_CHARACTERS
from prediction.training.backgrounds import NotEnoughUsersError
from tweets.models import User

SUGGESTED = 5
SEARCHES = {"near", "one", "other"}


class TextForm(forms.Form):
    """A text to place; it is posted, so that no address or log holds it."""

    text = TweetField(label="Your own text on the map")
    max_characters = MAX_CHARACTERS


@dataclass(frozen=True)
class Pair:
    """Two people to tell apart as they were typed, and what was found or is wrong."""

    one: str
    other: str
    found: Apart | None = None
    problem: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@limit_posts(
    "search", form_limit, lambda request: is_post(request) or _searches(request)
)
def compare(request: HttpRequest) -> HttpResponse:
    """Show the map; the page of a text that is posted has it as a point."""
    notice_of_search(request, request.GET.get("near", ""))
    found = clusters()
    form = TextForm(request.POST if is_post(request) else None)
    try:
        own = _own_text(request, form, found)
    except TooManyRequestsError as error:
        return too_many_requests(request, error)
    search = _search(request.GET.get("near", ""), found)
    context = {
        "drawing": Drawing(found, search.get("near"), own) if found else None,
        "clusters": found,
        "everybody": User.objects.listed().everyone().count(),
        "form": form,
        "own": own,
        "pair": _pair(request, search.get("near_place")),
        **search,
    }
    status = 422 if is_post(request) and own is None else 200
    return render(request, "prediction/map/page.html", context, status=status)


def _searches(request: HttpRequest) -> bool:
    return bool(SEARCHES & request.GET.keys())


def _own_text(
    request: HttpRequest, form: TextForm, found: list[Cluster]
) -> TextOnMap | None:
    """Place the visitor's text, if there is one and a map. Raises
    TooManyRequestsError."""
    places = [place for cluster in found for place in cluster.places]
    if not (places and is_post(request) and form.is_valid()):
        return None
    text = form.cleaned_data["text"]
    count_form_work(request, cost_of([text], len(places)))
    return place_text(text, places)


def _search(query: str, found: list[Cluster]) -> dict[str, Any]:
    """Find the person searched for, and others with similar names."""
    words = query.replace("\0", "").strip().lstrip("@")
    if not words:
        return {}
    listed = User.objects.listed()
    like = list(listed.search(words)[:SUGGESTED])
    near = listed.by_handle(words).first() or (like[0] if len(like) == 1 else None)
    places = [(place, cluster) for cluster in found for place in cluster.places]
    there = next((pair for pair in places if pair[0].user == near), (None, None))
    place, cluster = there
    return {
        "words": words,
        "near": near,
        "near_place": place,
        "near_cluster": cluster,
        "like": like,
    }


def _pair(request: HttpRequest, near: Place | None) -> Pair:
    """Tell two people apart whom the address names.

    Whoever was searched for, and who writes most alike, stand in the empty form.
    """
    one, other = (
        request.GET.get(name, "").replace("\0", "").strip() for name in ("one", "other")
    )
    if not (one or other) and near and near.neighbours:
        return Pair(near.user.handle, near.neighbours[0].handle)
    if not (one and other):
        return Pair(one, other)
    known = User.objects.listed().predictable()
    users = [known.by_handle(typed).first() for typed in (one, other)]
    for typed, user in zip((one, other), users, strict=True):
        if user is None:
            return Pair(one, other, problem=f"Nobody here is called “{typed}”.")
    first, second = users
    if first is None or second is None or first == second:
        return Pair(one, other, problem="Name two different people.")
    try:
        return Pair(one, other, tell_apart(first, second))
    except NotEnoughUsersError as error:
        return Pair(one, other, problem=str(error))
