"""Follows users on X over changes of handle, name and state."""

from django.db import transaction

from tweets.models import User
from tweets.x.api.responses import UserLookUp, UserRecord, XStatus

STATUSES = {
    XStatus.ACTIVE: User.Status.ACTIVE,
    XStatus.PROTECTED: User.Status.PROTECTED,
    XStatus.SUSPENDED: User.Status.SUSPENDED,
    XStatus.NOT_FOUND: User.Status.NOT_FOUND,
    XStatus.INVALID: User.Status.NOT_FOUND,
}


class SameUserError(Exception):
    """Two users here turn out to be one on X."""

    def __init__(self, user: User, other: User) -> None:
        super().__init__(
            f"{user} and {other} are the same user on X: merge them in the admin."
        )


def apply_look_up(user: User, found: UserLookUp) -> None:
    """Brings one user up to date with what X said; raises SameUserError."""
    by_id = {record.x_id: record for record in found.found}
    by_handle = {record.handle.lower(): record for record in found.found}
    record = by_handle.get(user.handle.lower())
    if user.x_id is not None:
        record = by_id.get(user.x_id)
    if record is None:
        asked = user.handle if user.x_id is None else str(user.x_id)
        user.status = STATUSES[found.missing.get(asked, XStatus.NOT_FOUND)]
        user.save(update_fields=["status"])
    else:
        _apply(user, record)


@transaction.atomic
def _apply(user: User, record: UserRecord) -> None:
    if other := User.objects.filter(x_id=record.x_id).exclude(pk=user.pk).first():
        raise SameUserError(user, other)
    _make_room(user, record.handle)
    user.x_id = record.x_id
    user.handle = record.handle
    user.name = record.name[:100]
    user.status = STATUSES[record.status]
    user.save(update_fields=["x_id", "handle", "name", "status"])


def _make_room(user: User, handle: str) -> None:
    """On X nobody else has this handle now, so whoever has it here was renamed."""
    former = User.objects.by_handle(handle).exclude(pk=user.pk).first()
    if former is not None:
        former.handle = f"{former.handle[:30]}.former.{former.pk}"
        former.save(update_fields=["handle"])
