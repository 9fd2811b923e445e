"""The map of users who sound alike."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from prediction.similar import clusters

FEW, NAMES_FIT = 20, 80


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    found = clusters()
    people = sum(len(cluster.places) for cluster in found)
    context = {
        "clusters": found,
        "few": people <= FEW,
        "named": people <= NAMES_FIT,
        "near": request.GET.get("near", "").lower(),
    }
    return render(request, "prediction/compare.html", context)
