"""Puts a group together from stored signatures, building first those out of date."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet

from common.compiled_query import CompiledQuery
from prediction.engine.calibration.group_calibration import Measured, measure
from prediction.engine.calibration.held_out import score_held_out
from prediction.engine.errors import DamagedModelError
from prediction.engine.features.idf import Weighting
from prediction.engine.models.group import Group
from prediction.engine.models.large_group import LargeGroup
from prediction.engine.models.signature import HeldOut
from prediction.engine.models.signature import Signature as Model
from prediction.models import Background, Signature
from prediction.serving.bounded_cache import BoundedCache
from prediction.serving.ranking_index import large_group
from prediction.training import signatures
from tweets.models import User

logger = logging.getLogger(__name__)

Found = TypeVar("Found")

ATTEMPTS = 3
LARGE = 100


class SignatureKey(NamedTuple):
    """Names one built signature for good: building it again changes `built_at`."""

    pk: int
    built_at: object
    background_id: int
    handle: str


GroupKey = tuple[SignatureKey, ...]

# Bytes. A signature is kept once, whatever groups it is asked about in; what was
# measured of a group is kept for itself, being a thousandth of its members' size.
SIGNATURES: BoundedCache[SignatureKey, Model] = BoundedCache(256 * 2**20)
MEASURED: BoundedCache[GroupKey, Measured] = BoundedCache(32 * 2**20)


def compose(users: Sequence[User]) -> Group | LargeGroup:
    """The classifier for a group: from signatures that are up to date, or, for more
    than LARGE users, from the index of everybody's."""
    if len(users) > LARGE:
        return large_group(users, weighting, compose_small)
    return compose_small(users)


def compose_small(users: Sequence[User]) -> Group:
    """The classifier for a group, with every signature in memory. The members stand
    in one order whoever is named first, so that they are measured once."""
    return _composed(users, _group)


def compose_whole(users: Sequence[User]) -> Group:
    """The same with its members' held-out tweets and models, which no answer needs."""
    return _composed(users, _whole_group)


def _composed(users: Sequence[User], make: Callable[[GroupKey], Group]) -> Group:
    users = sorted(users, key=lambda user: user.pk)
    for _ in range(ATTEMPTS):
        try:
            return make(_signature_keys(users))
        except (DamagedModelError, ObjectDoesNotExist):
            # A signature was damaged, or a rebuild switched versions meanwhile.
            logger.warning("A signature could not be loaded.", exc_info=True)
            signatures.build(users)
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
    fields = ("user_id", "pk", "built_at", "background_id", "user__handle")
    return rows.order_by().values_list(*fields)


FRESH = CompiledQuery(_fresh, lambda number: -1 - number)


def _group(keys: GroupKey) -> Group:
    return _group_of(keys, _signatures(keys), _measured(keys))


def _whole_group(keys: GroupKey) -> Group:
    pairs = zip(_signatures(keys), _held_out(keys), strict=True)
    whole = [replace(model, held_out=part) for model, part in pairs]
    return _group_of(keys, whole, MEASURED.get(keys))


def _group_of(
    keys: GroupKey, signatures: list[Model], measured: Measured | None
) -> Group:
    handles = [key.handle for key in keys]
    return Group(handles, signatures, weighting(keys[0].background_id), measured)


def _signatures(keys: GroupKey) -> list[Model]:
    """Each user's signature, without its held-out part."""
    kept = {key.pk: SIGNATURES.get(key) for key in keys}
    found = {pk: model for pk, model in kept.items() if model is not None}
    if missing := {key.pk: key for key in keys if key.pk not in found}:
        rows = Signature.objects.filter(pk__in=missing).values_list("pk", "model")
        for pk, stored in rows:
            found[pk] = Model.from_bytes(bytes(stored))
            SIGNATURES.put(missing[pk], found[pk], len(stored))
    return _found(found, [key.pk for key in keys])


def _measured(keys: GroupKey) -> Measured:
    """How well the group's members are told apart, from their held-out tweets."""
    known = MEASURED.get(keys)
    if known is None:
        known = measure(score_held_out(_held_out(keys)))
        MEASURED.put(keys, known, 3_000 + 8 * len(keys) ** 2)
    return known


def _held_out(keys: GroupKey) -> list[HeldOut]:
    pks = [key.pk for key in keys]
    rows = Signature.objects.filter(pk__in=pks).values_list("pk", "held_out")
    return [HeldOut.from_bytes(bytes(stored)) for stored in _found(dict(rows), pks)]


@lru_cache(maxsize=2)
def weighting(background_id: int) -> Weighting:
    """A version never changes once it is stored, so its id is key enough."""
    backgrounds = Background.objects.filter(pk=background_id)
    stored = backgrounds.values_list("weighting", flat=True).get()
    return Weighting.from_bytes(bytes(stored))


def forget() -> None:
    """Empties what is kept in memory."""
    SIGNATURES.clear()
    MEASURED.clear()
    weighting.cache_clear()
