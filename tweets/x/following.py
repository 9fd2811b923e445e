"""Follows users on X: adds them and applies changes of handle, name and status."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from django.db import transaction

from common import audit
from tweets.models import Alias, OptOut, User
from tweets.sources.fields.cleaning import one_line
from tweets.sources.fields.identifiers import is_x_handle
from tweets.sources.io.limits import MAX_BIO, MAX_NAME
from tweets.store.erasure import OptedOutError, UserGoneError, require_storable
from tweets.x.api.responses import UserLookUp, UserRecord, XStatus
from tweets.x.api.sizes import MAX_LOOK_UP
from tweets.x.costs import charged_users
from tweets.x.session import Session

STATUSES = {
    XStatus.ACTIVE: User.Status.ACTIVE,
    XStatus.PROTECTED: User.Status.PROTECTED,
    XStatus.SUSPENDED: User.Status.SUSPENDED,
    XStatus.NOT_FOUND: User.Status.NOT_FOUND,
    XStatus.INVALID: User.Status.NOT_FOUND,
}


class SameUserError(Exception):
    """Two stored users are one user on X."""

    def __init__(self, user: User, other: User) -> None:
        super().__init__(
            f"{user} and {other} are the same user on X: merge them in the admin."
        )


@dataclass
class AddReport:
    """The result for each handle; `refused` maps a handle to the reason."""

    added: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def add_users(session: Session, handles: list[str]) -> AddReport:
    """Look handles up on X and store the users found, without their posts.

    Raises XError where X gives no usable answer.
    """
    report = AddReport()
    names = dict.fromkeys(handle.strip().lstrip("@") for handle in handles)
    wanted = [name for name in names if _is_wanted(name, report)]
    for start in range(0, len(wanted), MAX_LOOK_UP):
        _add(session, wanted[start : start + MAX_LOOK_UP], report)
    return report


def look_up(session: Session, users: Sequence[User]) -> UserLookUp:
    """Ask X about users, by id where it is known. Raises XError and Stopped."""
    ids = [user.x_id for user in users if user.x_id is not None]
    handles = [user.handle for user in users if user.x_id is None]
    answers = []
    if ids:
        answers.append(session.ask(partial(session.client.look_up_users_by_id, ids)))
    if handles:
        answers.append(session.ask(partial(session.client.look_up_users, handles)))
    found = [record for answer in answers for record in answer.found]
    charged = charged_users(User.objects.filter(pk__in=[user.pk for user in users]))
    known = {user.x_id for user in users} - set(charged.values_list("x_id", flat=True))
    session.count_users(record.x_id for record in found if record.x_id not in known)
    return UserLookUp(
        found, {key: why for answer in answers for key, why in answer.missing.items()}
    )


def apply_look_up(user: User, found: UserLookUp) -> None:
    """Update one user with an answer from X.

    Raises SameUserError, UserGoneError, or OptedOutError where X shows that the user
    is somebody who has opted out, perhaps under another name.
    """
    by_id = {record.x_id: record for record in found.found}
    by_handle = {record.handle.lower(): record for record in found.found}
    record = by_handle.get(user.handle.lower())
    if user.x_id is not None:
        record = by_id.get(user.x_id)
    if record is None:
        asked = user.handle if user.x_id is None else str(user.x_id)
        user.status = STATUSES[found.missing.get(asked, XStatus.NOT_FOUND)]
        with transaction.atomic():
            require_storable(user.pk)
            User.objects.note_status(user.pk, user.status)
    else:
        _apply(user, record)


def _is_wanted(name: str, report: AddReport) -> bool:
    if not is_x_handle(name):
        report.refused[name] = "not a handle: up to 15 letters, digits and underscores"
    elif OptOut.objects.covers(name):
        report.refused[name] = "opted out"
    elif user := User.objects.by_handle(name).first():
        if user.is_reference:
            report.refused[name] = "in the reference population"
        elif user.source == User.Source.X:
            report.known.append(user.handle)
            return False
        return True
    elif merged := Alias.objects.by_handle(name).filter(user__x_id=None).first():
        report.refused[name] = f"merged into {merged.user} here"
    return name not in report.refused


def _add(session: Session, names: list[str], report: AddReport) -> None:
    found = session.ask(lambda: session.client.look_up_users(names))
    session.count_users(record.x_id for record in found.found)
    for name in names:
        if name in found.missing:
            status = STATUSES[found.missing[name]]
            report.refused[name] = f"{status.label} on X"
    for record in found.found:
        try:
            user = _stored(record)
            apply_look_up(user, found)
        except (SameUserError, UserGoneError) as error:
            report.refused[record.handle] = str(error)
        except OptedOutError:
            report.refused[record.handle] = "opted out"
        else:
            report.added.append(user.handle)


@transaction.atomic
def _stored(record: UserRecord) -> User:
    """Return the stored user of a record, or a new one. Raises OptedOutError."""
    OptOut.objects.hold()
    if OptOut.objects.covers(record.handle, record.x_id):
        raise OptedOutError
    user = (
        User.objects.filter(x_id=record.x_id).first()
        or User.objects.by_handle(record.handle).first()
        or User(handle=record.handle)
    )
    was_followed = user.pk is not None and user.source == User.Source.X
    user.source = User.Source.X
    user.save()
    if not was_followed:
        audit.record("followed on X", user)
    return user


@transaction.atomic
def _apply(user: User, record: UserRecord) -> None:
    require_storable(user.pk)
    if OptOut.objects.covers(record.handle, record.x_id):
        raise OptedOutError
    if other := User.objects.filter(x_id=record.x_id).exclude(pk=user.pk).first():
        raise SameUserError(user, other)
    _free_handle(user, record.handle)
    user.x_id = record.x_id
    user.handle = record.handle
    user.name = one_line(record.name, MAX_NAME)
    user.bio = one_line(record.bio, MAX_BIO)
    user.status = STATUSES[record.status]
    user.posts_on_x = record.posts
    user.save(update_fields=["x_id", "handle", "name", "bio", "posts_on_x"])
    User.objects.note_status(user.pk, user.status)


def _free_handle(user: User, handle: str) -> None:
    """Rename the other user who has this handle here: on X it is this user's now."""
    former = User.objects.by_handle(handle).exclude(pk=user.pk).first()
    if former is not None:
        former.handle = f"{former.handle[:30]}.former.{former.pk}"
        former.save(update_fields=["handle"])
