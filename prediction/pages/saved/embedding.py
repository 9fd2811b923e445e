"""Saved answers inside other sites' pages: oEmbed, and the page that may be framed.

See https://oembed.com, whose words the parameters and fields are.
"""

from typing import Any
from urllib.parse import urlsplit

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from prediction.models import Prediction
from prediction.pages.standings import standings_of
from prediction.serving.result import Result
from prediction.serving.saved import restore
from prediction.templatetags.answers import verdict

# Pixels: what is offered without a limit, and the least that can be read.
WIDTH, HEIGHT = 560, 340
NARROWEST, LOWEST = 240, 200
CARD = (1200, 630)
CACHE_SECONDS = 3600
LONGEST_ADDRESS = 2_000
BARS = 4


@require_safe
@xframe_options_exempt
@csp_replace(  # type: ignore[arg-type] # any view will do
    {"frame-ancestors": ["*"], "script-src": ["'none'"], "form-action": ["'none'"]}
)
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a saved answer for frames: without forms, scripts and cookies."""
    saved = get_object_or_404(Prediction.objects.shown(), slug=slug)
    saved.note_opening()
    result = restore(saved)
    context = {
        "saved": saved,
        "result": result,
        "voice": saved.result.get("voice"),
        "standings": standings_of(result.ranking, result.none_of_these).shown[:BARS],
        "address": request.build_absolute_uri(saved.get_absolute_url()),
    }
    return render(request, "prediction/embed.html", context)


@require_safe
@cache_control(public=True, max_age=CACHE_SECONDS)
def oembed(request: HttpRequest) -> HttpResponse:
    """Say how to embed the saved answer at `url`; 404 for any other address."""
    if request.GET.get("format", "json") != "json":
        return HttpResponse("Only format=json is offered.", status=501)
    saved = _saved_at(request, request.GET.get("url", ""))
    width = _within(request.GET.get("maxwidth"), WIDTH, NARROWEST)
    height = _within(request.GET.get("maxheight"), HEIGHT, LOWEST)
    title = str(verdict(restore(saved)))
    site = request.build_absolute_uri("/")
    found: dict[str, Any] = {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": "HypoTweet",
        "provider_url": site,
        "cache_age": CACHE_SECONDS,
        "html": frame(request, saved, title, width, height),
        "width": width,
        "height": height,
    }
    return JsonResponse(found | _thumbnail(request, saved))


def frame(
    request: HttpRequest,
    saved: Prediction,
    title: str,
    width: int = WIDTH,
    height: int = HEIGHT,
) -> str:
    """Return the HTML that embeds a saved answer."""
    path = reverse("prediction:embed", args=[saved.slug])
    context = {
        "address": request.build_absolute_uri(path),
        "title": title,
        "width": width,
        "height": height,
    }
    return render_to_string("prediction/_frame.html", context).strip()


def embedding_of(
    request: HttpRequest, saved: Prediction, result: Result
) -> dict[str, str]:
    """Return what a saved answer's page says to those who embed it."""
    title = str(verdict(result))
    return {"title": title, "html": frame(request, saved, title)}


def _saved_at(request: HttpRequest, address: str) -> Prediction:
    """Return the answer at an address of this site. Raises Http404."""
    try:
        parts = urlsplit(address[:LONGEST_ADDRESS])
        found = resolve(parts.path)
    except (ValueError, Resolver404):
        raise Http404 from None
    is_ours = parts.scheme in ("http", "https") and parts.netloc == request.get_host()
    if not is_ours or found.view_name != "prediction:saved":
        raise Http404
    return get_object_or_404(Prediction.objects.shown(), **found.kwargs)


def _within(limit: str | None, usual: int, least: int) -> int:
    """Return the usual size, or the limit where that is less. Raises Http404 for a
    limit in which nothing can be read."""
    if limit is None or not (limit.isascii() and limit.isdigit()):
        return usual
    size = min(usual, int(limit[:9]))
    if size < least:
        raise Http404
    return size


def _thumbnail(request: HttpRequest, saved: Prediction) -> dict[str, Any]:
    """Offer the card where it fits into what was asked for."""
    names = ("maxwidth", "maxheight")
    if any(
        _within(request.GET.get(name), size, 0) < size
        for name, size in zip(names, CARD, strict=True)
    ):
        return {}
    path = reverse("prediction:card", args=[saved.slug])
    return {
        "thumbnail_url": request.build_absolute_uri(path),
        "thumbnail_width": CARD[0],
        "thumbnail_height": CARD[1],
    }
