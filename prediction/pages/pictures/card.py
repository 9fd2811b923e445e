"""The picture of a saved answer, for previews of links: text, verdict and bars."""

from html import unescape

from cachetools import LRUCache, cached
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from PIL import ImageDraw

from prediction.models import Prediction
from prediction.pages.pictures.canvas import (
    ACCENT,
    GAP,
    INK,
    LINE,
    MARGIN,
    QUIET,
    WIDTH,
    as_png,
    blank,
    cut,
    font,
    paragraph,
    plain,
)
from prediction.pages.standings import Standing, standings_of
from prediction.serving.saved import restore
from prediction.templatetags.answers import percent, verdict

_TEXT_LINES, _VERDICT_LINES, _BARS = 4, 2, 4
_FIRST_BAR = 398
_KEPT = 200
_FOOTER = "HypoTweet · a guess about writing habits, never proof"

Bar = tuple[str, float]


@require_safe
@cache_control(public=True, max_age=3600)
def card(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with a PNG of 1200 x 630 pixels; 404 like the page it stands for."""
    saved = get_object_or_404(Prediction.objects.shown(), slug=slug)
    result = restore(saved)
    standings = standings_of(result.ranking, result.none_of_these).shown
    bars = tuple(_bar(each) for each in standings[:_BARS])
    picture = draw(saved.text, unescape(verdict(result)), bars)
    return HttpResponse(picture, content_type="image/png")


def _bar(standing: Standing) -> Bar:
    if standing.candidate is None:
        return "None of these", standing.share
    return f"@{standing.candidate.user.handle}", standing.share


@cached(LRUCache(_KEPT))
def draw(text: str, words: str, bars: tuple[Bar, ...]) -> bytes:
    """Draw an answer as PNG.

    Parameters
    ----------
    text
        Of any length: it is cut to four lines.
    words
        The verdict, cut to two.
    bars
        Names and shares from 0 to 1, most likely first.
    """
    image, pen = blank(_FOOTER)
    quoted = f"“{plain(text)}”"
    below = paragraph(pen, 48, quoted, 40, _TEXT_LINES, bold=False)
    paragraph(pen, below + GAP, plain(words), 38, _VERDICT_LINES, bold=True)
    for number, (name, share) in enumerate(bars):
        _draw_bar(pen, _FIRST_BAR + 44 * number, name, share, first=not number)
    return as_png(image)


def _draw_bar(
    pen: ImageDraw.ImageDraw, top: int, name: str, share: float, first: bool
) -> None:
    letters = font(26, bold=first)
    left, right = 420, WIDTH - MARGIN - 150
    pen.text(
        (MARGIN, top), cut(plain(name), letters, left - MARGIN - GAP), INK, letters
    )
    pen.rounded_rectangle((left, top + 6, right, top + 26), 10, fill=LINE)
    end = left + share * (right - left)
    if end - left >= 4:
        pen.rounded_rectangle(
            (left, top + 6, end, top + 26), 10, fill=ACCENT if first else QUIET
        )
    pen.text((right + GAP, top), percent(share), INK, letters)
