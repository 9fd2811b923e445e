"""Keeps an answer that a visitor wants to share, and reads it back as it was."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import transaction

from prediction.engine.explanation import Evidence
from prediction.engine.group import NoneOfThese
from prediction.engine.held_out import HeldOutReport
from prediction.models import Prediction
from prediction.predictor import Candidate, Result


def save(
    result: Result, *, style_only: bool, account: AbstractBaseUser | AnonymousUser
) -> Prediction:
    """Stores the answer under a new address."""
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
    """The answer as it was given; its users as they are called now."""
    users = {user.pk: user for user in saved.group.all()}
    stored = saved.result
    return Result(
        text=saved.text,
        engine=saved.engine,
        candidates=[
            Candidate(users[pk], probability, score)
            for pk, probability, score in stored["candidates"]
        ],
        none_of_these=NoneOfThese(**stored["none_of_these"]),
        held_out=HeldOutReport(**stored["held_out"], confusion=(), bins=()),
        evidence=tuple(Evidence(**found) for found in stored["evidence"]),
        members=tuple(users.values()),
    )


def _stored(result: Result) -> dict[str, object]:
    told = result.as_json()
    return {
        "candidates": [[c.user.pk, c.probability, c.score] for c in result.candidates],
        "none_of_these": told["none_of_these"],
        "held_out": told["held_out"],
        "evidence": told["evidence"],
    }
