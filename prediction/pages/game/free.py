"""The game "Guess who": visitor and model guess the author of a real tweet."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from common.http.rate_limits import limit_form
from prediction.serving.game.rounds import model_guess, new_round
from tweets.models import Tweet, User

ROUND, SCORE = "guess_round", "guess_score"


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show the open round or a new one, and its author after the guess."""
    game = _open_round(request) or _begin(request)
    if game is None:
        return render(request, "prediction/guess.html", {})
    tweet, users = game
    guessed = request.session[ROUND].get("guess")
    context = {
        "tweet": tweet,
        "users": users,
        "guess": next((user for user in users if user.pk == guessed), None),
        "score": request.session.get(SCORE),
    }
    if guessed:
        context["model"] = model_guess(tweet, users)
    return render(request, "prediction/guess.html", context)


@require_POST
@limit_form
def guess(request: HttpRequest) -> HttpResponse:
    """Record the visitor's guess, once a round."""
    game = _open_round(request)
    if game is None or "guess" in request.session[ROUND]:
        return redirect("prediction:guess")
    tweet, users = game
    named = {str(user.pk): user for user in users}.get(request.POST.get("user", ""))
    if named is None:
        return redirect("prediction:guess")
    request.session[ROUND] |= {"guess": named.pk}
    model = model_guess(tweet, users).user
    _update_score(request, named.pk == tweet.user_id, model.pk == tweet.user_id)
    return redirect("prediction:guess")


@require_POST
def next_round(request: HttpRequest) -> HttpResponse:
    request.session.pop(ROUND, None)
    return redirect("prediction:guess")


def _begin(request: HttpRequest) -> tuple[Tweet, list[User]] | None:
    game = new_round()
    if game:
        tweet, users = game
        request.session[ROUND] = {"tweet": tweet.pk, "users": [u.pk for u in users]}
    return game


def _open_round(request: HttpRequest) -> tuple[Tweet, list[User]] | None:
    """Return the round in the session; None if its tweet or users are gone."""
    stored: dict[str, Any] | None = request.session.get(ROUND)
    if stored is None:
        return None
    tweet = Tweet.objects.select_related("user").filter(pk=stored["tweet"]).first()
    found = User.objects.listed().predictable().in_bulk(stored["users"])
    users = [found[pk] for pk in stored["users"] if pk in found]
    complete = len(users) == len(stored["users"])
    return (tweet, users) if tweet and complete else None


def _update_score(request: HttpRequest, visitor: bool, model: bool) -> None:
    score = request.session.get(SCORE, {"rounds": 0, "visitor": 0, "model": 0})
    request.session[SCORE] = {
        "rounds": score["rounds"] + 1,
        "visitor": score["visitor"] + visitor,
        "model": score["model"] + model,
    }
