"""Free play of "Guess who": as many rounds as somebody likes, each at an address."""

from collections.abc import Sequence

from django.contrib import messages
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from common.http.rate_limits import limit_form
from prediction.pages.game.daily import revealed, taken_guess
from prediction.pages.game.progress import Progress
from prediction.serving.game.rounds import Round, free_round, round_of

GONE = "That round is gone: its tweet or somebody in it was removed. Here is another."
# Only rounds that the site made up are played.
_SIGNER = Signer(sep="~", salt="prediction.game.free")


@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """Lead to a new round."""
    found = free_round()
    if found is None:
        return render(request, "prediction/game/free.html", {})
    return redirect("prediction:free-round", _token(found))


@require_http_methods(["GET", "HEAD", "POST"])
@limit_form
def play(request: HttpRequest, token: str) -> HttpResponse:
    """Show a round, take the guess, and show its author after that."""
    progress = Progress.of(request, timezone.localdate())
    ids = _read(token)
    current = round_of(ids[0], ids[1:]) if ids else None
    if current is None:
        messages.info(request, GONE)
        return redirect("prediction:free-play")
    known = progress.guessed_freely(current.tweet.pk)
    if request.method == "POST":
        return _guess(request, progress, current, token, known is not None)
    context = {"progress": progress, "token": token, "round": current}
    if known and current.suspect(known.user_id):
        context |= revealed(current, known)
    return render(request, "prediction/game/free.html", context)


def _guess(
    request: HttpRequest,
    progress: Progress,
    current: Round,
    token: str,
    is_known: bool,
) -> HttpResponse:
    response = redirect("prediction:free-round", token)
    named = request.POST.get("user", "")
    numbers = {str(user.pk): user.pk for user in current.suspects}
    taken = taken_guess(current, numbers.get(named, 0))
    if taken is not None and not is_known:
        progress.with_free(taken).keep(request, response)
    return response


def _token(found: Round) -> str:
    ids = [found.tweet.pk, *(user.pk for user in found.suspects)]
    return _SIGNER.sign("-".join(map(str, ids)))


def _read(token: str) -> Sequence[int]:
    """Return the keys of the tweet and the suspects; none if they were forged."""
    try:
        return [int(pk) for pk in _SIGNER.unsign(token).split("-")]
    except BadSignature:
        return []
