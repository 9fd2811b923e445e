"""Loads groups from stored signatures, after having stale ones built.

Where that takes longer than a visitor waits, the last version answers.
"""

import logging
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeVar

from cachetools import LRUCache
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet

from common.compiled_query import CompiledQuery
from common.http.later import BeingPreparedError
from common.http.rate_limits import charge
from prediction.engine.calibration.group_calibration import (
    GroupCalibration,
    fit_group_calibration,
)
from prediction.engine.calibration.holdout import HOLDOUT_SHARE, score_holdouts
from prediction.engine.calibration.strength import EvidenceLimits
from prediction.engine.errors import DamagedModelError
from prediction.engine.features.idf import IdfWeighting
from prediction.engine.models.group import Group
from prediction.engine.models.large_group import LargeGroup
from prediction.engine.models.signature import Holdout
from prediction.engine.models.signature import Signature as Model
from prediction.engine.models.verifier import Verifier, limits_of
from prediction.models import Background, Signature
from prediction.serving import ranking_index
from prediction.serving.ranking_index import large_group
from prediction.training import on_demand, signatures
from tweets.models import User

logger = logging.getLogger(__name__)

Found = TypeVar("Found")
AnyGroup_co = TypeVar("AnyGroup_co", bound=Group | LargeGroup, covariant=True)

ATTEMPTS = 3
LARGE = 100
KEY = ("user_id", "pk", "built_at", "background_id")
# What composing a group anew costs grows with the group: in requests.
USERS_PER_REQUEST = 8


class SignatureKey(NamedTuple):
    """Identifies one built signature for good: rebuilding changes `built_at`."""

    pk: int
    built_at: object
    background_id: int


GroupKey = tuple[SignatureKey, ...]


class ComposedGroup(NamedTuple, Generic[AnyGroup_co]):
    """A group and its members, in the order of the engine's positions.

    `version` identifies what was composed: it changes with any member's signature.
    """

    group: AnyGroup_co
    members: tuple[User, ...]
    version: Hashable = None


def _signature_bytes(signature: Model) -> int:
    model = signature.model
    return int(model.columns.nbytes + model.weights.nbytes)


def _calibration_bytes(calibration: GroupCalibration) -> int:
    report = calibration.report
    cells = len(report.confusion) ** 2 if report else 0
    return 3_000 + 8 * cells


# Sizes in bytes. A signature is kept once, whatever groups it is in; a group's
# calibration takes a thousandth of what its signatures take. Keys identify their
# values for good, so nothing in here is ever stale.
SIGNATURES: LRUCache[SignatureKey, Model] = LRUCache(256 * 2**20, _signature_bytes)
CALIBRATIONS: LRUCache[GroupKey, GroupCalibration] = LRUCache(
    32 * 2**20, _calibration_bytes
)
LIMITS: LRUCache[SignatureKey, EvidenceLimits] = LRUCache(4_096)
_LOCK = Lock()


def compose(users: Sequence[User]) -> ComposedGroup[Group | LargeGroup]:
    """Compose a group from fresh signatures, or, for more than LARGE users, from the
    ranking index."""
    if len(users) <= LARGE:
        return compose_small(users)
    group, members, version = large_group(_in_order(users), weighting)
    return ComposedGroup(group, members, version)


def prepare() -> None:
    """Write the ranking index now if it is needed, so that no visitor waits for it."""
    users = User.objects.listed().everyone()
    if users.count() > LARGE:
        ranking_index.prepare(users)


def prepare_version(background: Background) -> None:
    """Write the index of a version that is about to be used, if it is needed."""
    if User.objects.listed().everyone().count() > LARGE:
        ranking_index.build_index(background)


def build_now(users: Sequence[User]) -> None:
    """Build what a question about these users takes, however long it takes.

    Raises NotEnoughUsersError.
    """
    if len(users) > LARGE:
        ranking_index.prepare(users)
        return
    signatures.build_unless_fresh(users)


def compose_small(users: Sequence[User]) -> ComposedGroup[Group]:
    """Compose a group with every signature in memory."""
    return _composed(users, _group)


def compose_whole(users: Sequence[User]) -> ComposedGroup[Group]:
    """Compose a group with its members' holdouts, which no answer needs."""
    return _composed(users, _whole_group)


def _in_order(users: Sequence[User]) -> tuple[User, ...]:
    """Sort users, so that the same group is calibrated once."""
    return tuple(sorted(users, key=lambda user: user.pk))


def load_verifier(user: User) -> Verifier:
    """Load what verifies one user, after building a stale signature."""
    verifier, _ = _loaded([user], _verifier)
    return verifier


def _composed(
    users: Sequence[User], make: Callable[[GroupKey], Group]
) -> ComposedGroup[Group]:
    members = _in_order(users)
    group, keys = _loaded(members, make)
    return ComposedGroup(group, members, keys)


def _loaded(
    members: Sequence[User], make: Callable[[GroupKey], Found]
) -> tuple[Found, GroupKey]:
    for _ in range(ATTEMPTS):
        try:
            keys = _signature_keys(members)
            return make(keys), keys
        except ObjectDoesNotExist:
            logger.info("A signature is not built, or its version was replaced.")
        except DamagedModelError:
            logger.warning("A signature is damaged.", exc_info=True)
            on_demand.replace_damaged(members)
    raise BeingPreparedError


def _signature_keys(users: Sequence[User]) -> GroupKey:
    """Return what to load for each user, in order: the last version of those whose
    fresh one is not built within this request."""
    keys = _fresh_keys(users)
    if missing := [user for user in users if user.pk not in keys]:
        on_demand.provide(missing)
        keys = _last_keys(users) | _fresh_keys(users)
    return tuple(_pick(keys, [user.pk for user in users]))


def _pick(found: Mapping[int, Found], wanted: Sequence[int]) -> list[Found]:
    """Return the wanted values in order; raises Signature.DoesNotExist if one is
    missing."""
    if gone := [pk for pk in wanted if pk not in found]:
        raise Signature.DoesNotExist(f"nothing is stored for {gone}")
    return [found[pk] for pk in wanted]


def _fresh_keys(users: Sequence[User]) -> dict[int, SignatureKey]:
    rows = FRESH.rows([user.pk for user in users])
    return {user_id: SignatureKey(*key) for user_id, *key in rows}


def _last_keys(users: Sequence[User]) -> dict[int, SignatureKey]:
    in_use = Signature.objects.filter(background__is_current=True, user__in=users)
    return {user_id: SignatureKey(*key) for user_id, *key in in_use.values_list(*KEY)}


def _fresh(user_ids: list[int]) -> QuerySet[Signature, tuple[Any, ...]]:
    rows = Signature.objects.in_use().filter(user_id__in=user_ids)
    return rows.order_by().values_list(*KEY)


FRESH = CompiledQuery(_fresh, lambda number: -1 - number)


def _group(keys: GroupKey) -> Group:
    return _group_of(keys, _signatures(keys), _calibration(keys))


def _whole_group(keys: GroupKey) -> Group:
    pairs = zip(_signatures(keys), _holdouts(keys), strict=True)
    whole = [replace(model, holdout=part) for model, part in pairs]
    with _LOCK:
        known = CALIBRATIONS.get(keys)
    return _group_of(keys, whole, known)


def _group_of(
    keys: GroupKey, signatures: list[Model], calibration: GroupCalibration | None
) -> Group:
    return Group(signatures, weighting(keys[0].background_id), calibration)


def _verifier(keys: GroupKey) -> Verifier:
    key, signature = keys[0], _signatures(keys)[0]
    with _LOCK:
        limits = LIMITS.get(key)
    if limits is None:
        others = _foreign_holdout(key.background_id)
        limits = limits_of(_holdouts(keys)[0], signature.platt, others)
        with _LOCK:
            LIMITS[key] = limits
    return Verifier(signature, weighting(key.background_id), limits)


def _foreign_holdout(background_id: int) -> int:
    """Return how many held-out tweets of others a version has for each user."""
    counts = Background.objects.values_list("tweet_count", "user_count")
    tweets, users = counts.get(pk=background_id)
    return int(tweets * (users - 1) // max(users, 1) // HOLDOUT_SHARE)


def _signatures(keys: GroupKey) -> list[Model]:
    """Return each user's signature, without its holdout."""
    with _LOCK:
        kept = {key.pk: SIGNATURES.get(key) for key in keys}
    found = {pk: model for pk, model in kept.items() if model is not None}
    if missing := {key.pk: key for key in keys if key.pk not in found}:
        rows = Signature.objects.filter(pk__in=missing).values_list("pk", "model")
        for pk, stored in rows:
            found[pk] = Model.from_bytes(bytes(stored))
        with _LOCK:
            SIGNATURES.update((missing[pk], found[pk]) for pk in missing.keys() & found)
    return _pick(found, [key.pk for key in keys])


def _calibration(keys: GroupKey) -> GroupCalibration:
    """Return the group's calibration, fitted on its members' holdouts."""
    with _LOCK:
        known = CALIBRATIONS.get(keys)
    if known is None:
        charge(len(keys) // USERS_PER_REQUEST)
        known = fit_group_calibration(
            score_holdouts(_holdouts(keys), weighting(keys[0].background_id))
        )
        with _LOCK:
            CALIBRATIONS[keys] = known
    return known


def _holdouts(keys: GroupKey) -> list[Holdout]:
    pks = [key.pk for key in keys]
    rows = Signature.objects.filter(pk__in=pks).values_list("pk", "held_out")
    return [Holdout.from_bytes(bytes(stored)) for stored in _pick(dict(rows), pks)]


@lru_cache(maxsize=2)
def weighting(background_id: int) -> IdfWeighting:
    """Load a version's weighting. A version never changes, so its id is key enough."""
    backgrounds = Background.objects.filter(pk=background_id)
    stored = backgrounds.values_list("weighting", flat=True).get()
    return IdfWeighting.from_bytes(bytes(stored))


def clear_caches() -> None:
    """Drop every loaded signature, calibration and weighting from memory."""
    with _LOCK:
        SIGNATURES.clear()
        CALIBRATIONS.clear()
        LIMITS.clear()
    weighting.cache_clear()
