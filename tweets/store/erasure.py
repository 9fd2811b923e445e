"""Deletes users for good, and keeps opted-out users from being stored again."""

from django.db import transaction

from tweets.models import OptOut, User
from tweets.signals import user_erased


@transaction.atomic
def erase_and_opt_out(user: User) -> OptOut:
    """Delete a user and everything derived from their tweets, and opt them out.

    No import or fetch stores a user again whose handle or X id is opted out.
    """
    opt_out = opt_out_of(user.handle, user.x_id)
    delete_user(user)
    return opt_out


@transaction.atomic
def delete_user(user: User) -> None:
    """Delete a user and everything derived from their tweets.

    An import or a fetch may store the user again.
    """
    user_erased.send(sender=User, user=user)
    user.delete()


def opt_out_of(handle: str, x_id: int | None) -> OptOut:
    """Opt a handle out, and its X id if that is known."""
    known = OptOut.objects.filter(handle__iexact=handle).first()
    if known is None and x_id is not None:
        known = OptOut.objects.filter(x_id=x_id).first()
    opt_out = known or OptOut(handle=handle)
    opt_out.x_id = opt_out.x_id or x_id
    opt_out.save()
    return opt_out
