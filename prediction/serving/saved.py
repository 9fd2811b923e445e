"""Saves an answer under an address of its own, and restores it."""

from collections.abc import Iterator, Mapping
from dataclasses import astuple, fields, replace
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import transaction
from django.http import HttpRequest

from common.http.addresses import client_network
from common.http.rate_limits import count_request
from prediction.engine.calibration.holdout import HoldoutReport
from prediction.engine.calibration.metrics import ReliabilityBin
from prediction.engine.calibration.none_of_these import NoneOfThese
from prediction.models import Prediction
from prediction.serving.question import LISTED
from prediction.serving.result import Candidate, Change, Evidence, Others, Result
from prediction.serving.verbatim import recognised

Cell = tuple[int, int, int]
# Answers of larger groups keep the likeliest, whoever else they name, and a sum.
KEPT_WHOLE, KEPT_OF_LARGE = 100, 20


class FullError(Exception):
    """An account has as many saved answers as it may have."""

    def __init__(self) -> None:
        most = settings.MAX_SAVED_PER_ACCOUNT
        super().__init__(f"At most {most:,} saved answers; delete some on your page.")


def count_saving(
    request: HttpRequest, account: AbstractBaseUser | AnonymousUser, answers: int = 1
) -> None:
    """Count answers to be saved against the limit of the address or the account.

    Raises TooManyRequestsError and FullError.
    """
    if account.pk is None:
        limit = settings.RATE_LIMIT_ANON and settings.SAVES_PER_ADDRESS
        count_request("save", client_network(request), limit, answers)
        return
    saved = Prediction.objects.filter(account_id=account.pk).count()
    if saved + answers > settings.MAX_SAVED_PER_ACCOUNT:
        raise FullError


def save(
    result: Result,
    *,
    style_only: bool,
    account: AbstractBaseUser | AnonymousUser,
    voice: Mapping[str, Any] | None = None,
) -> Prediction:
    """Save the answer under a new address, of a large group its top and sums.

    ``voice`` is stored beside it for an answer about a longer text.
    """
    result = _shortened(result)
    with transaction.atomic():
        saved = Prediction.objects.create(
            text=result.text,
            engine=result.engine,
            style_only=style_only,
            best=result.best.user,
            result=_stored(result) | ({"voice": voice} if voice else {}),
            account_id=account.pk,
        )
        saved.group.set(result.members)
    return saved


def restore(saved: Prediction) -> Result:
    """Restore an answer as it was given, with its users as they are named now.

    Members come from most to least likely. Whether somebody really wrote the text is
    looked up today, so that no answer names a user who is no longer listed.
    """
    users = {user.pk: user for user in saved.group.all()}
    stored = saved.result
    candidates = [
        Candidate(users[pk], probability, score)
        for pk, probability, score in stored["candidates"]
    ]
    result = Result(
        text=saved.text,
        engine=saved.engine,
        candidates=candidates,
        none_of_these=NoneOfThese(**stored["none_of_these"]),
        held_out=_report(stored, len(candidates)),
        evidence=tuple(map(_evidence, stored["evidence"])),
        members=tuple(candidate.user for candidate in candidates),
        change=_change(stored.get("change")),
        others=Others(**stored["others"]) if stored.get("others") else None,
    )
    return recognised([result], LISTED)[0]


def _shortened(result: Result) -> Result:
    """Leave out of a large group whom the answer does not name."""
    if result.size <= KEPT_WHOLE:
        return result
    named = {found.toward for found in result.evidence}
    named.add(result.best.user.handle)
    if result.change:
        named.add(result.change.predicted)
    kept = [
        candidate
        for place, candidate in enumerate(result.candidates)
        if place < KEPT_OF_LARGE or candidate.user.handle in named
    ]
    return replace(
        result,
        candidates=kept,
        members=tuple(candidate.user for candidate in kept),
        held_out=replace(result.held_out, confusion=()),
        others=Others(
            result.size - len(kept),
            max(1 - sum(candidate.probability for candidate in kept), 0.0),
        ),
    )


def _evidence(stored: dict[str, Any]) -> Evidence:
    return Evidence(**{part.name: stored[part.name] for part in fields(Evidence)})


def _change(stored: dict[str, Any] | None) -> Change | None:
    return Change(**stored) if stored else None


def _stored(result: Result) -> dict[str, object]:
    answer = result.as_json()
    return {
        "candidates": [[c.user.pk, c.probability, c.score] for c in result.candidates],
        "none_of_these": answer["none_of_these"],
        "held_out": answer["held_out"],
        "evidence": answer["evidence"],
        "change": answer["change"],
        "others": answer["others"],
        "confusion": list(_cells(result)),
        "bins": [astuple(found) for found in result.held_out.bins],
    }


def _cells(result: Result) -> Iterator[Cell]:
    """Yield the confusion cells that are not zero: author, predicted, count.

    Users are positions among the candidates, which stay when a user is renamed or
    merged.
    """
    place = {c.user.pk: number for number, c in enumerate(result.candidates)}
    order = [place[user.pk] for user in result.members]
    for row, counts in enumerate(result.held_out.confusion):
        for column, count in enumerate(counts):
            if count:
                yield order[row], order[column], count


def _report(stored: dict[str, Any], size: int) -> HoldoutReport:
    """Restore the holdout report; answers of early versions have no table."""
    cells = stored.get("confusion", [])
    table = [[0] * size for _ in range(size)] if cells else []
    for author, named, count in cells:
        table[author][named] = count
    return HoldoutReport(
        **stored["held_out"],
        confusion=tuple(tuple(row) for row in table),
        bins=tuple(ReliabilityBin(*found) for found in stored.get("bins", [])),
    )
