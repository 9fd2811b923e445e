"""Removes stored posts that X no longer shows: deleted, edited, or out of sight."""

from collections import Counter
from dataclasses import dataclass, field
from functools import partial

from tweets.models import Tweet, UserQuerySet
from tweets.store.deletion import delete_tweets
from tweets.x.api.client import MAX_LOOK_UP
from tweets.x.api.errors import XError
from tweets.x.timeline import Refresh, Stopped


@dataclass
class DeletedReport:
    """Posts asked about, and those removed by reason."""

    checked: int = 0
    removed: Counter[str] = field(default_factory=Counter)
    ended_early: str = ""


def check_deleted(refresh: Refresh, users: UserQuerySet) -> DeletedReport:
    """Asks X about every stored post of these users, newest first.

    What X says nothing about stays. A run that is stopped has removed what it saw.
    """
    report = DeletedReport()
    try:
        for user in users:
            _check_user(refresh, user.pk, report)
    except (XError, Stopped) as reason:
        report.ended_early = str(reason)
    return report


def _check_user(refresh: Refresh, user_id: int, report: DeletedReport) -> None:
    posts = Tweet.objects.filter(user_id=user_id, x_id__isnull=False)
    newest_first = posts.newest_first().values_list("x_id", flat=True)
    ids = [x_id for x_id in newest_first if x_id is not None]
    for start in range(0, len(ids), MAX_LOOK_UP):
        part = refresh.within_budget(ids[start : start + MAX_LOOK_UP])
        answer = refresh.ask(partial(refresh.client.look_up_tweets, part))
        refresh.report.posts_read += len(answer.existing)
        report.checked += len(part)
        report.removed.update(status.value for status in answer.gone.values())
        if answer.gone:
            delete_tweets(posts.filter(x_id__in=list(answer.gone)))
