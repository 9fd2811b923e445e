"""The map of users who sound alike."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from prediction.similar import clusters

NAMES_FIT = 40


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    found = clusters()
    context = {
        "clusters": found,
        "named": sum(len(cluster.places) for cluster in found) <= NAMES_FIT,
        "near": request.GET.get("near", "").lower(),
    }
    return render(request, "prediction/compare.html", context)
