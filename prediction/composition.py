"""Puts a group together from stored signatures, building first those out of date."""

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from prediction import training
from prediction.engine.errors import DamagedModelError
from prediction.engine.group import Group
from prediction.engine.large_group import LargeGroup
from prediction.engine.signature import Signature as Model
from prediction.engine.weighting import Weighting
from prediction.everyone import large_group
from prediction.group_cache import GroupCache
from prediction.models import Background, Signature
from tweets.models import User

logger = logging.getLogger(__name__)

ATTEMPTS = 3
LARGE = 100
GROUPS = GroupCache(max_bytes=256 * 2**20)


class SignatureKey(NamedTuple):
    """Names one built signature for good: building it again changes `built_at`."""

    pk: int
    built_at: datetime
    background_id: int
    handle: str


def compose(users: Sequence[User]) -> Group | LargeGroup:
    """The classifier for a group: from signatures that are up to date, or, for more
    than LARGE users, from the index of everybody's."""
    if len(users) > LARGE:
        return large_group(users, weighting, compose_small)
    return compose_small(users)


def compose_small(users: Sequence[User]) -> Group:
    """The classifier for a group, with every signature in memory. The members stand
    in one order whoever is named first, so that they are composed once."""
    users = sorted(users, key=lambda user: user.pk)
    for _ in range(ATTEMPTS):
        try:
            keys = _signature_keys(users)
            return GROUPS.get_or_make(keys, _load)
        except (DamagedModelError, Background.DoesNotExist, KeyError):
            # A signature was damaged, or a rebuild switched versions meanwhile.
            logger.warning("A signature could not be loaded.", exc_info=True)
            training.build(users)
    raise RuntimeError("signatures change faster than they can be loaded")


def _signature_keys(users: Sequence[User]) -> tuple[SignatureKey, ...]:
    """What to load for each user, in order, after building what is not fresh."""
    keys = _fresh_keys(users)
    if missing := [user for user in users if user.pk not in keys]:
        training.build(missing)
        keys = _fresh_keys(users)
    return tuple(keys[user.pk] for user in users)


def _fresh_keys(users: Sequence[User]) -> dict[int, SignatureKey]:
    rows = Signature.objects.fresh().filter(user__in=users, background__is_current=True)
    fields = ("pk", "built_at", "background_id", "user__handle")
    return {
        user_id: SignatureKey(*key)
        for user_id, *key in rows.values_list("user_id", *fields)
    }


def _load(keys: tuple[SignatureKey, ...]) -> tuple[Group, int]:
    """The group and about how many bytes it takes."""
    rows = {
        pk: (bytes(model), bytes(held_out))
        for pk, model, held_out in Signature.objects.filter(
            pk__in=[key.pk for key in keys]
        ).values_list("pk", "model", "held_out")
    }
    size = sum(len(model) + len(held_out) for model, held_out in rows.values())
    models = [Model.from_bytes(*rows[key.pk]) for key in keys]
    group = Group(
        [key.handle for key in keys], models, weighting(keys[0].background_id)
    )
    return group, size


@lru_cache(maxsize=2)
def weighting(background_id: int) -> Weighting:
    """A version never changes once it is stored, so its id is key enough."""
    backgrounds = Background.objects.filter(pk=background_id)
    stored = backgrounds.values_list("weighting", flat=True).get()
    return Weighting.from_bytes(bytes(stored))
