"""The picture of a saved answer, for previews of links: text, verdict and bars."""

from functools import lru_cache
from html import unescape
from io import BytesIO
from unicodedata import category

from cachetools import LRUCache, cached
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from PIL import Image, ImageDraw, ImageFont

from prediction.models import Prediction
from prediction.pages.standings import Standing, standings_of
from prediction.serving.saved import restore
from prediction.templatetags.answers import percent, verdict

WIDTH, HEIGHT = 1200, 630
_MARGIN, _GAP = 64, 16
_TEXT_LINES, _VERDICT_LINES, _BARS = 4, 2, 4
_LONGEST, _FIRST_BAR = 400, 398
_KEPT = 200
_FOOTER = "HypoTweet · a guess about writing habits, never proof"
_PAPER, _INK, _QUIET = "#fbfaf5", "#1d2433", "#565d6d"
_LINE, _ACCENT, _PEN = "#dedbd0", "#0a6660", "#ffd34d"
_SYSTEM_FONTS = {False: "DejaVuSans.ttf", True: "DejaVuSans-Bold.ttf"}

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
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
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, 14, HEIGHT), fill=_PEN)
    quoted = f"“{_plain(text)}”"
    below = _paragraph(pen, 48, quoted, 40, _TEXT_LINES, bold=False)
    _paragraph(pen, below + _GAP, _plain(words), 38, _VERDICT_LINES, bold=True)
    for number, (name, share) in enumerate(bars):
        _draw_bar(pen, _FIRST_BAR + 44 * number, name, share, first=not number)
    pen.text((_MARGIN, HEIGHT - 50), _FOOTER, _QUIET, _font(24, bold=False))
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _draw_bar(
    pen: ImageDraw.ImageDraw, top: int, name: str, share: float, first: bool
) -> None:
    font = _font(26, bold=first)
    left, right = 420, WIDTH - _MARGIN - 150
    pen.text(
        (_MARGIN, top), _cut(_plain(name), font, left - _MARGIN - _GAP), _INK, font
    )
    pen.rounded_rectangle((left, top + 6, right, top + 26), 10, fill=_LINE)
    end = left + share * (right - left)
    if end - left >= 4:
        pen.rounded_rectangle(
            (left, top + 6, end, top + 26), 10, fill=_ACCENT if first else _QUIET
        )
    pen.text((right + _GAP, top), percent(share), _INK, font)


def _paragraph(
    pen: ImageDraw.ImageDraw, top: int, text: str, size: int, most: int, bold: bool
) -> int:
    """Draw at most so many lines; return where the next paragraph may begin."""
    font, height = _font(size, bold), round(size * 1.35)
    lines = _wrapped(text, font, most)
    for number, line in enumerate(lines):
        pen.text((_MARGIN, top + number * height), line, _INK, font)
    return top + len(lines) * height


def _wrapped(text: str, font: Font, most: int) -> list[str]:
    room = WIDTH - 2 * _MARGIN
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= room:
            lines[-1] = longer
            continue
        if len(lines) == most:
            lines[-1] = _cut(f"{longer}…", font, room)
            break
        lines.append(_cut(word, font, room))
    return [line for line in lines if line]


def _cut(text: str, font: Font, room: float) -> str:
    """Shorten a text until it fits."""
    if font.getlength(text) <= room:
        return text
    while text and font.getlength(f"{text}…") > room:
        text = text[:-1]
    return f"{text}…"


def _plain(text: str) -> str:
    """Return one line of bounded length, without controls and directions."""
    spaced = " ".join(text[: 2 * _LONGEST].split())
    shown = "".join(c for c in spaced if not category(c).startswith("C"))
    return f"{shown[:_LONGEST]}…" if len(shown) > _LONGEST else shown


@lru_cache(maxsize=16)
def _font(size: int, bold: bool) -> Font:
    """Load the system's DejaVu Sans, or what comes with Pillow: Latin letters alone."""
    try:
        return ImageFont.truetype(_SYSTEM_FONTS[bold], size)
    except OSError:
        return ImageFont.load_default(size)
