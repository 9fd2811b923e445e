"""The daily ten of "Guess who": a question, what came of it, and the result."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from common.http.rate_limits import limit_form
from prediction.pages.game.progress import Guess, Progress
from prediction.pages.game.results import DailyResult
from prediction.serving.game.daily import (
    ROUNDS,
    next_round,
    played_round,
)
from prediction.serving.game.model_guess import model_guess
from prediction.serving.game.rounds import Round

NEW_DAY = "A new day has begun, and with it another ten."
REPLACED = "That tweet is no longer part of today’s ten. Here is another one."


class GuessForm(forms.Form):
    """A guess, and the round that it is about."""

    day = forms.DateField()
    tweet = forms.IntegerField()
    user = forms.IntegerField()


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show the next round of today, a played one, or the result of all."""
    today = timezone.localdate()
    progress = Progress.of(request, today)
    played = _number(request.GET.get("round", ""), progress)
    context: dict[str, Any] = {
        "progress": progress,
        "today": today,
        "to_come": range(len(progress.guesses) + 1, ROUNDS + 1),
    }
    if played:
        context |= _revealed(progress, played)
    elif found := next_round(today, progress.slots):
        context |= {"number": len(progress.guesses) + 1, "round": found[1]}
    elif progress.guesses:
        result = DailyResult.of(progress)
        page = request.build_absolute_uri(result.path)
        context |= {"result": result, "to_share": f"{result.text}\n{page}"}
        context["to_come"] = ()
    return render(request, "prediction/game/daily.html", context)


@require_POST
@limit_form
def guess(request: HttpRequest) -> HttpResponse:
    """Record the visitor's guess, once a round."""
    today = timezone.localdate()
    form = GuessForm(request.POST)
    back = redirect("prediction:guess")
    if not form.is_valid():
        return back
    if form.cleaned_data["day"] != today:
        messages.info(request, NEW_DAY)
        return back
    progress = Progress.of(request, today)
    if _was_played(progress, form.cleaned_data["tweet"]):
        return back
    found = next_round(today, progress.slots)
    if found is None or found[1].tweet.pk != form.cleaned_data["tweet"]:
        messages.info(request, REPLACED)
        return back
    slot, current = found
    taken = taken_guess(current, form.cleaned_data["user"])
    if taken is None:
        return back
    progress = progress.with_daily(slot, taken)
    if next_round(today, progress.slots) is None:
        progress = progress.with_day_finished()
    number = len(progress.guesses)
    response = redirect(f"{reverse('prediction:guess')}?round={number}")
    progress.keep(request, response)
    return response


def taken_guess(current: Round, user_id: int) -> Guess | None:
    """Compare a guess, and the model's, with the truth; None if it names no suspect."""
    named = current.suspect(user_id)
    if named is None:
        return None
    is_right = named == current.author
    model_is_right = model_guess(current).user == current.author
    return Guess(current.tweet.pk, named.pk, is_right, model_is_right)


def revealed(current: Round, guess: Guess) -> dict[str, Any]:
    """Return what the page shows of a round after the guess."""
    return {
        "round": current,
        "guess": guess,
        "guessed": current.suspect(guess.user_id),
        "model": model_guess(current),
    }


def _revealed(progress: Progress, number: int) -> dict[str, Any]:
    """Show a played round; what became of it where it is gone."""
    day: date = progress.day or timezone.localdate()
    guess = progress.guesses[number - 1]
    current = played_round(day, progress.slots[number - 1])
    shown = {"number": number, "guess": guess}
    is_same = current is not None and current.tweet.pk == guess.tweet_id
    if current and is_same and current.suspect(guess.user_id):
        shown |= revealed(current, guess)
    return shown


def _number(typed: str, progress: Progress) -> int:
    """Return which of the visitor's rounds an address names; 0 for none."""
    known = {str(number) for number in range(1, len(progress.guesses) + 1)}
    return int(typed) if typed in known else 0


def _was_played(progress: Progress, tweet_id: int) -> bool:
    return any(guess.tweet_id == tweet_id for guess in progress.guesses)
