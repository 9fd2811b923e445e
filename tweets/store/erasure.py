"""Deletes users for good, and keeps opted-out users from being stored again."""

from django.db import transaction

from tweets.models import OptOut, User
from tweets.signals import user_erased


@transaction.atomic
def erase_and_opt_out(user: User) -> OptOut:
    """Deletes a user and everything derived from their tweets. Keeps handle and X id,
    so that no import or fetch stores the user again."""
    opt_out = opt_out_of(user.handle, user.x_id)
    delete_user(user)
    return opt_out


@transaction.atomic
def delete_user(user: User) -> None:
    """Deletes a user and everything derived from their tweets. An import or a fetch may
    store the user again."""
    user_erased.send(sender=User, user=user)
    user.delete()


def opt_out_of(handle: str, x_id: int | None) -> OptOut:
    """Opts a handle out, and its X id where that is known."""
    known = OptOut.objects.filter(handle__iexact=handle).first()
    if known is None and x_id is not None:
        known = OptOut.objects.filter(x_id=x_id).first()
    opt_out = known or OptOut(handle=handle)
    opt_out.x_id = opt_out.x_id or x_id
    opt_out.save()
    return opt_out
