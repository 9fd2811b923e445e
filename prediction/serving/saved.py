"""Saves an answer under an address of its own, and restores it."""

from collections.abc import Iterator
from dataclasses import astuple, fields
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import transaction

from prediction.engine.calibration.holdout import HoldoutReport
from prediction.engine.calibration.metrics import ReliabilityBin
from prediction.engine.calibration.none_of_these import NoneOfThese
from prediction.models import Prediction
from prediction.serving.question import LISTED
from prediction.serving.result import Candidate, Change, Evidence, Result
from prediction.serving.verbatim import recognised

Cell = tuple[int, int, int]


def save(
    result: Result, *, style_only: bool, account: AbstractBaseUser | AnonymousUser
) -> Prediction:
    """Save the answer under a new address."""
    with transaction.atomic():
        saved = Prediction.objects.create(
            text=result.text,
            engine=result.engine,
            style_only=style_only,
            best=result.best.user,
            result=_stored(result),
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
    )
    return recognised([result], LISTED)[0]


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
