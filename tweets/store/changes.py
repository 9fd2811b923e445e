"""Finishes a change of stored tweets: recounts users and sends the signal."""

from collections.abc import Iterable

from tweets.models import User
from tweets.signals import tweets_changed


def finish(user_ids: Iterable[int], checked: Iterable[int] = ()) -> None:
    """Update the users' counts and announce the change.

    Call it once per run, after the commit. Users in `checked` are recounted as well,
    and announced only if their counts were wrong: an earlier run stored tweets of
    theirs and was killed before it got here.
    """
    changed = set(user_ids)
    changed |= User.objects.recount(changed | set(checked))
    announce(changed)


def announce(user_ids: Iterable[int]) -> None:
    """Send `tweets_changed` for each user."""
    for user_id in sorted(user_ids):
        tweets_changed.send(sender=User, user_id=user_id)
