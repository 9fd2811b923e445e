"""The site with addresses that refuse, one for each page that says no."""

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from hypotweet_site.urls import urlpatterns as ours


def refuse(request: HttpRequest, status: int) -> HttpResponse:
    if status == 400:
        raise BadRequest
    if status == 403:
        raise PermissionDenied
    if status == 500:
        raise RuntimeError
    return render(request, f"{status}.html", {"retry_after": 7}, status=status)


urlpatterns = [path("refuse/<int:status>/", refuse), *ours]
