"""The map: users who write alike are close to each other."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.http.rate_limits import limit_searches, notice_of_search
from prediction.serving.map.style_map import Cluster, clusters
from tweets.models import User

FEW, NAMES_FIT = 20, 80
SUGGESTED = 5


@require_safe
@limit_searches
def compare(request: HttpRequest) -> HttpResponse:
    notice_of_search(request, request.GET.get("near", ""))
    found = clusters()
    people = sum(len(cluster.places) for cluster in found)
    context = {
        "clusters": found,
        "people": people,
        "everybody": User.objects.listed().everyone().count(),
        "few": people <= FEW,
        "named": people <= NAMES_FIT,
    }
    context |= _search(request.GET.get("near", ""), found)
    return render(request, "prediction/compare.html", context)


def _search(query: str, found: list[Cluster]) -> dict[str, object]:
    """Find the person searched for, and others with similar names."""
    words = query.replace("\0", "").strip().lstrip("@")
    if not words:
        return {}
    listed = User.objects.listed()
    like = list(listed.search(words)[:SUGGESTED])
    near = listed.by_handle(words).first() or (like[0] if len(like) == 1 else None)
    cluster = next(
        (c for c in found if near in [place.user for place in c.places]), None
    )
    return {"words": words, "near": near, "near_cluster": cluster, "like": like}
