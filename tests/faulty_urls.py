"""The site with an address that always fails."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from hypotweet_site.urls import handler500
from hypotweet_site.urls import urlpatterns as ours

__all__ = ["handler500"]


@csrf_exempt
def fault(request: HttpRequest) -> HttpResponse:
    private = request.body, request.headers  # noqa: F841 - reports show such variables
    raise RuntimeError("the secret of the fault")


urlpatterns = [path("fault/", fault), *ours]
