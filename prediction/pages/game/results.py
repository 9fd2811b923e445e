"""The result of a daily ten: words, a page and a picture to share, without names."""

from dataclasses import dataclass
from datetime import date
from typing import Self

from cachetools import LRUCache, cached
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from PIL import ImageDraw

from prediction.pages.game.progress import Progress
from prediction.pages.pictures.canvas import (
    ACCENT,
    INK,
    LINE,
    MARGIN,
    PAPER,
    QUIET,
    as_png,
    blank,
    font,
)
from prediction.serving.game.daily import ROUNDS

RIGHT, WRONG = "🟩", "⬜"
_KEPT = 200
_NAMES, _SQUARE, _APART, _TOP = 140, 72, 16, 320
_TICK = ((20, 37), (32, 50), (53, 24))
_FOOTER = "HypoTweet · guess who wrote it"
# An address holds the whole result, so none needs to be stored.
_SIGNER = Signer(sep="~", salt="prediction.game.result")


@dataclass(frozen=True)
class DailyResult:
    """Which rounds of a day the visitor and the model got right, in their order."""

    day: date
    visitor: tuple[bool, ...]
    model: tuple[bool, ...]
    streak: int

    @classmethod
    def of(cls, progress: Progress) -> Self:
        """Return what a visitor made of the day; they have played."""
        return cls(
            progress.day or date.min,
            tuple(guess.is_right for guess in progress.guesses),
            tuple(guess.model_is_right for guess in progress.guesses),
            progress.streak_now,
        )

    @classmethod
    def at(cls, token: str) -> Self:
        """Read what `token` wrote; raises Http404 for what it did not write."""
        try:
            day, visitor, model, streak = _SIGNER.unsign(token).split(".")
        except BadSignature:
            raise Http404 from None
        return cls(date.fromisoformat(day), _bits(visitor), _bits(model), int(streak))

    @property
    def token(self) -> str:
        marks = (
            "".join(str(int(right)) for right in rounds)
            for rounds in (self.visitor, self.model)
        )
        return _SIGNER.sign(".".join([self.day.isoformat(), *marks, str(self.streak)]))

    @property
    def path(self) -> str:
        return reverse("prediction:game-result", args=[self.token])

    @property
    def picture(self) -> str:
        return reverse("prediction:game-card", args=[self.token])

    @property
    def score(self) -> str:
        return f"{sum(self.visitor)}/{len(self.visitor)}"

    @property
    def model_score(self) -> str:
        return f"{sum(self.model)}/{len(self.model)}"

    @property
    def title(self) -> str:
        """Say it all in one line."""
        day = date_format(self.day, "j M Y")
        return f"HypoTweet daily, {day}: {self.score}, the model {self.model_score}"

    @property
    def text(self) -> str:
        """The title, and the rounds as squares."""
        squares = "".join(RIGHT if right else WRONG for right in self.visitor)
        return f"{self.title}\n{squares}"


@require_safe
def result(request: HttpRequest, token: str) -> HttpResponse:
    """Show a result that somebody shared, and lead to today's ten."""
    return render(
        request, "prediction/game/result.html", {"result": DailyResult.at(token)}
    )


@require_safe
@cache_control(public=True, max_age=86_400)
def card(request: HttpRequest, token: str) -> HttpResponse:
    """Answer with a PNG of 1200 x 630 pixels."""
    return HttpResponse(draw(DailyResult.at(token)), content_type="image/png")


@cached(LRUCache(_KEPT))
def draw(shown: DailyResult) -> bytes:
    """Draw a result as PNG: both scores, and a square for each round."""
    image, pen = blank(_FOOTER)
    day = f"Guess who, {date_format(shown.day, 'j F Y')}"
    pen.text((MARGIN, 56), day, QUIET, font(34, bold=False))
    large = font(120, bold=True)
    pen.text((MARGIN, 108), shown.score, INK, large)
    beside = MARGIN + large.getlength(shown.score) + 40
    beaten = f"the model {shown.model_score}"
    pen.text((beside, 176), beaten, QUIET, font(44, bold=False))
    _draw_row(pen, _TOP, "You", shown.visitor, ACCENT)
    _draw_row(pen, _TOP + _SQUARE + 2 * _APART, "Model", shown.model, QUIET)
    return as_png(image)


def _draw_row(
    pen: ImageDraw.ImageDraw, top: int, name: str, rounds: tuple[bool, ...], fill: str
) -> None:
    """Draw a name and its squares: filled and ticked where the guess was right."""
    pen.text((MARGIN, top + 18), name, INK, font(30, bold=True))
    for number, right in enumerate(rounds[:ROUNDS]):
        left = MARGIN + _NAMES + number * (_SQUARE + _APART)
        box = (left, top, left + _SQUARE, top + _SQUARE)
        pen.rounded_rectangle(box, 12, fill=fill if right else LINE)
        if right:
            points = [(left + x, top + y) for x, y in _TICK]
            pen.line(points, PAPER, width=8, joint="curve")


def _bits(marks: str) -> tuple[bool, ...]:
    return tuple(mark == "1" for mark in marks)
