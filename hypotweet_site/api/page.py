"""The page that describes the API to people."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

from hypotweet_site.api.reference import read


class ApiPage(DocsBase):
    def render_page(
        self, request: HttpRequest, api: NinjaAPI, **kwargs: Any
    ) -> HttpResponse:
        site = request.build_absolute_uri("/").rstrip("/")
        reference = read(api.get_openapi_schema(), site)
        machines = self.get_openapi_url(api, kwargs)
        context = {"reference": reference, "openapi_url": machines}
        return render(request, "pages/api.html", context)
