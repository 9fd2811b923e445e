"""Deletes users for good, and keeps opted-out users from being stored again."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from common.audit import record
from tweets.models import Alias, OptOut, User, UserQuerySet
from tweets.signals import user_erased
from tweets.store import traces


class UserGoneError(Exception):
    """The user was erased, or merged into another, meanwhile."""

    def __init__(self) -> None:
        super().__init__("The user was erased or merged meanwhile.")


class OptedOutError(Exception):
    """The user has opted out, so nothing of theirs may be stored."""

    def __init__(self) -> None:
        super().__init__("The user has opted out.")


def require_storable(user_id: int) -> None:
    """Lock a user, and let nobody opt out, until the caller's transaction ends.

    Raises UserGoneError or OptedOutError.
    """
    OptOut.objects.hold()
    if not User.objects.lock([user_id]):
        raise UserGoneError
    handle, x_id = User.objects.values_list("handle", "x_id").get(pk=user_id)
    if OptOut.objects.covers(handle, x_id):
        raise OptedOutError


def erase_and_opt_out(user: User) -> OptOut:
    """Delete a user and everything derived from their tweets, and opt them out.

    No import or fetch stores a user again whose handle or X id is opted out.
    """
    return opt_out_of(user.handle, user.x_id)


@transaction.atomic
def delete_user(user: User) -> None:
    """Delete a user and everything derived from their tweets.

    An import or a fetch may store the user again.
    """
    user_erased.send(sender=User, user=user)
    traces.remove(user)
    known_as, tweets = f"user {user.pk}", user.tweets.count()
    user.delete()
    record("erased", summary=known_as, tweets=tweets)


@transaction.atomic
def opt_out_of(handle: str, x_id: int | None) -> OptOut:
    """Opt a handle out, and its X id if that is known; delete the user if stored."""
    known = OptOut.objects.filter(handle__iexact=handle).first()
    if known is None and x_id is not None:
        known = OptOut.objects.filter(x_id=x_id).first()
    opt_out = known or OptOut(handle=handle)
    opt_out.save()
    _learn_id(opt_out, x_id)
    return opt_out


@receiver(post_save, sender=OptOut)
def hold_at_once(instance: OptOut, created: bool, **kwargs: Any) -> None:
    """However somebody is opted out, they are erased in the same transaction."""
    with transaction.atomic():
        if created:
            record("opted out", instance)
        take_out(instance)


@receiver(post_delete, sender=OptOut)
def record_withdrawal(instance: OptOut, **kwargs: Any) -> None:
    record("opt-out withdrawn", summary=f"opt-out {instance.pk}")


def covered_by(opt_out: OptOut) -> UserQuerySet:
    """Select the stored users whom an opt-out covers: by handle, earlier handle, id."""
    covered = Q(handle__iexact=opt_out.handle)
    covered |= Q(pk__in=Alias.objects.by_handle(opt_out.handle).values("user"))
    if opt_out.x_id is not None:
        covered |= Q(x_id=opt_out.x_id)
    return User.objects.filter(covered)


@transaction.atomic
def take_out(opt_out: OptOut) -> int:
    """Delete every stored user that an opt-out covers; return how many.

    All names and the X id of such a user are opted out too, so that it holds after a
    rename and for files of earlier names.
    """
    users = list(covered_by(opt_out))
    for user in users:
        names, x_id = user.names, user.x_id
        delete_user(user)
        _learn_id(opt_out, x_id)
        for name in names:
            if not OptOut.objects.covers(name):
                OptOut.objects.create(handle=name)
    return len(users)


def take_out_all() -> int:
    """Delete whoever is stored though an opt-out covers them; return how many.

    Opting out erases at once, so there is somebody only where rows were written past
    this program, or by version 1.
    """
    users = list(User.objects.opted_out())
    for user in users:
        erase_and_opt_out(user)
    return len(users)


def _learn_id(opt_out: OptOut, x_id: int | None) -> None:
    """Add an X id, unless another opt-out has it already."""
    known = OptOut.objects.filter(x_id=x_id)
    if x_id is not None and opt_out.x_id is None and not known.exists():
        opt_out.x_id = x_id
        opt_out.save(update_fields=["x_id"])
