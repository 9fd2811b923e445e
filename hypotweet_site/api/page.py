"""The page of the API's documentation."""

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
        context = {
            "reference": reference,
            "openapi_url": self.get_openapi_url(api, kwargs),
        }
        return render(request, "pages/api.html", context)
