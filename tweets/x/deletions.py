"""Deletes stored posts that X no longer shows: deleted, edited or withheld ones."""

from collections import Counter
from dataclasses import dataclass, field
from functools import partial

from tweets.models import Tweet, UserQuerySet
from tweets.store.deletion import delete_tweets
from tweets.x.api.client import MAX_LOOK_UP
from tweets.x.api.errors import XError
from tweets.x.session import Session, Stopped


@dataclass
class DeletedReport:
    """How many posts were checked, and how many were removed for which reason."""

    checked: int = 0
    removed: Counter[str] = field(default_factory=Counter)
    ended_early: str = ""


def check_deleted(session: Session, users: UserQuerySet) -> DeletedReport:
    """Ask X about every stored post of these users, newest first.

    Posts that X's answers do not mention stay. A run that ends early has deleted the
    posts of the answers it received.
    """
    report = DeletedReport()
    try:
        for user in users:
            _check_user(session, user.pk, report)
    except (XError, Stopped) as reason:
        report.ended_early = str(reason)
    return report


def _check_user(session: Session, user_id: int, report: DeletedReport) -> None:
    posts = Tweet.objects.filter(user_id=user_id, x_id__isnull=False)
    newest_first = posts.newest_first().values_list("x_id", flat=True)
    ids = [x_id for x_id in newest_first if x_id is not None]
    for start in range(0, len(ids), MAX_LOOK_UP):
        session.require(1)
        part = ids[start : start + session.at_most(MAX_LOOK_UP)]
        answer = session.ask(partial(session.client.look_up_tweets, part))
        session.posts_read += len(answer.existing)
        report.checked += len(part)
        report.removed.update(status.value for status in answer.gone.values())
        if answer.gone:
            delete_tweets(posts.filter(x_id__in=list(answer.gone)))
