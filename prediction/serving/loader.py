"""Puts a group together from stored signatures, building first those out of date."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet

from common.compiled_query import CompiledQuery
from prediction.engine.calibration.group_calibration import (
    GroupCalibration,
    fit_group_calibration,
)
from prediction.engine.calibration.holdout import score_holdouts
from prediction.engine.errors import DamagedModelError
from prediction.engine.features.idf import IdfWeighting
from prediction.engine.models.group import Group
from prediction.engine.models.large_group import LargeGroup
from prediction.engine.models.signature import Holdout
from prediction.engine.models.signature import Signature as Model
from prediction.models import Background, Signature
from prediction.serving.bounded_cache import BoundedCache
from prediction.serving.ranking_index import large_group
from prediction.training import signatures
from tweets.models import User

logger = logging.getLogger(__name__)

Found = TypeVar("Found")
AnyGroup_co = TypeVar("AnyGroup_co", bound=Group | LargeGroup, covariant=True)

ATTEMPTS = 3
LARGE = 100


class SignatureKey(NamedTuple):
    """Names one built signature for good: building it again changes `built_at`."""

    pk: int
    built_at: object
    background_id: int


GroupKey = tuple[SignatureKey, ...]


class ComposedGroup(NamedTuple, Generic[AnyGroup_co]):
    """A group and its members, in the order of the engine's positions."""

    group: AnyGroup_co
    members: tuple[User, ...]


# Bytes. A signature is kept once, whatever groups it is asked about in; a
# group's calibration is a thousandth of its members' size.
SIGNATURES: BoundedCache[SignatureKey, Model] = BoundedCache(256 * 2**20)
CALIBRATIONS: BoundedCache[GroupKey, GroupCalibration] = BoundedCache(32 * 2**20)


def compose(users: Sequence[User]) -> ComposedGroup[Group | LargeGroup]:
    """Composes a group from signatures that are up to date, or, for more than LARGE
    users, from the index of everybody's."""
    if len(users) <= LARGE:
        return compose_small(users)
    members = _in_order(users)

    def pair(one: int, other: int) -> Group:
        return compose_small([members[one], members[other]]).group

    return ComposedGroup(large_group(members, weighting, pair), members)


def compose_small(users: Sequence[User]) -> ComposedGroup[Group]:
    """Composes a group with every signature in memory."""
    return _composed(users, _group)


def compose_whole(users: Sequence[User]) -> ComposedGroup[Group]:
    """The same with its members' holdout tweets and models, which no answer needs."""
    return _composed(users, _whole_group)


def _in_order(users: Sequence[User]) -> tuple[User, ...]:
    """One order for the same users, so that they are calibrated once."""
    return tuple(sorted(users, key=lambda user: user.pk))


def _composed(
    users: Sequence[User], make: Callable[[GroupKey], Group]
) -> ComposedGroup[Group]:
    members = _in_order(users)
    for _ in range(ATTEMPTS):
        try:
            return ComposedGroup(make(_signature_keys(members)), members)
        except (DamagedModelError, ObjectDoesNotExist):
            # A signature was damaged, or a rebuild switched versions meanwhile.
            logger.warning("A signature could not be loaded.", exc_info=True)
            signatures.build(members)
    raise RuntimeError("signatures change faster than they can be loaded")


def _signature_keys(users: Sequence[User]) -> GroupKey:
    """What to load for each user, in order, after building what is not fresh."""
    keys = _fresh_keys(users)
    if missing := [user for user in users if user.pk not in keys]:
        signatures.build(missing)
        keys = _fresh_keys(users)
    return tuple(_found(keys, [user.pk for user in users]))


def _found(found: Mapping[int, Found], wanted: Sequence[int]) -> list[Found]:
    """What was wanted, in order; raises Signature.DoesNotExist if some is not there."""
    if gone := [pk for pk in wanted if pk not in found]:
        raise Signature.DoesNotExist(f"nothing is stored of {gone}")
    return [found[pk] for pk in wanted]


def _fresh_keys(users: Sequence[User]) -> dict[int, SignatureKey]:
    rows = FRESH.rows([user.pk for user in users])
    return {user_id: SignatureKey(*key) for user_id, *key in rows}


def _fresh(user_ids: list[int]) -> QuerySet[Signature, tuple[Any, ...]]:
    rows = Signature.objects.in_use().filter(user_id__in=user_ids)
    fields = ("user_id", "pk", "built_at", "background_id")
    return rows.order_by().values_list(*fields)


FRESH = CompiledQuery(_fresh, lambda number: -1 - number)


def _group(keys: GroupKey) -> Group:
    return _group_of(keys, _signatures(keys), _calibration(keys))


def _whole_group(keys: GroupKey) -> Group:
    pairs = zip(_signatures(keys), _holdouts(keys), strict=True)
    whole = [replace(model, holdout=part) for model, part in pairs]
    return _group_of(keys, whole, CALIBRATIONS.get(keys))


def _group_of(
    keys: GroupKey, signatures: list[Model], calibration: GroupCalibration | None
) -> Group:
    return Group(signatures, weighting(keys[0].background_id), calibration)


def _signatures(keys: GroupKey) -> list[Model]:
    """Each user's signature, without its holdout."""
    kept = {key.pk: SIGNATURES.get(key) for key in keys}
    found = {pk: model for pk, model in kept.items() if model is not None}
    if missing := {key.pk: key for key in keys if key.pk not in found}:
        rows = Signature.objects.filter(pk__in=missing).values_list("pk", "model")
        for pk, stored in rows:
            found[pk] = Model.from_bytes(bytes(stored))
            SIGNATURES.put(missing[pk], found[pk], len(stored))
    return _found(found, [key.pk for key in keys])


def _calibration(keys: GroupKey) -> GroupCalibration:
    """The group's calibration, fitted on its members' holdout."""
    known = CALIBRATIONS.get(keys)
    if known is None:
        known = fit_group_calibration(score_holdouts(_holdouts(keys)))
        CALIBRATIONS.put(keys, known, 3_000 + 8 * len(keys) ** 2)
    return known


def _holdouts(keys: GroupKey) -> list[Holdout]:
    pks = [key.pk for key in keys]
    rows = Signature.objects.filter(pk__in=pks).values_list("pk", "held_out")
    return [Holdout.from_bytes(bytes(stored)) for stored in _found(dict(rows), pks)]


@lru_cache(maxsize=2)
def weighting(background_id: int) -> IdfWeighting:
    """A version never changes once it is stored, so its id is key enough."""
    backgrounds = Background.objects.filter(pk=background_id)
    stored = backgrounds.values_list("weighting", flat=True).get()
    return IdfWeighting.from_bytes(bytes(stored))


def forget() -> None:
    """Empties what is kept in memory."""
    SIGNATURES.clear()
    CALIBRATIONS.clear()
    weighting.cache_clear()
