"""Checks what is stored against X: hides users whom X no longer shows, and deletes
posts that were deleted, edited or withheld there."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from django.db.models import F, Q
from django.utils import timezone

from tweets.models import Tweet, User, UserQuerySet
from tweets.store.deletion import delete_tweets
from tweets.store.erasure import OptedOutError, UserGoneError, erase_and_opt_out
from tweets.x.api.client import MAX_LOOK_UP
from tweets.x.api.errors import XError
from tweets.x.following import SameUserError, apply_look_up, look_up
from tweets.x.session import Session, Stopped


@dataclass
class DeletedReport:
    """How many posts were checked, and how many were removed for which reason.

    `hidden` counts users whom X no longer shows, by status: their posts stay for a
    grace, unlisted.
    """

    checked: int = 0
    removed: Counter[str] = field(default_factory=Counter)
    hidden: Counter[str] = field(default_factory=Counter)
    ended_early: str = ""


def check_deleted(session: Session, users: UserQuerySet) -> DeletedReport:
    """Ask X about these users and every stored post of theirs, newest first.

    Who was checked longest ago comes first. Posts that X's answers do not mention
    stay. A run that ends early has deleted the posts of the answers it received.
    """
    report = DeletedReport()
    try:
        for batch in _batches(users):
            for user in _shown(session, batch, report):
                _check_user(session, user.pk, report)
                now = timezone.now()
                User.objects.filter(pk=user.pk).update(checked_at=now)
    except (XError, Stopped) as reason:
        report.ended_early = str(reason)
    return report


def _batches(users: UserQuerySet) -> Iterator[list[User]]:
    order = users.order_by(F("checked_at").asc(nulls_first=True), "pk")
    ids = list(order.values_list("pk", flat=True))
    for start in range(0, len(ids), MAX_LOOK_UP):
        part = ids[start : start + MAX_LOOK_UP]
        found = {user.pk: user for user in User.objects.filter(pk__in=part)}
        yield [found[pk] for pk in part if pk in found]


def _shown(
    session: Session, users: list[User], report: DeletedReport
) -> Iterator[User]:
    """Yield the users whom X shows, and those from files whom it may never have had."""
    known = Q(source=User.Source.X) | Q(x_id__isnull=False)
    ids = set(
        User.objects.filter(known, pk__in=[user.pk for user in users]).values_list(
            "pk", flat=True
        )
    )
    session.require(0)
    found = look_up(session, [user for user in users if user.pk in ids])
    for user in users:
        if user.pk in ids:
            try:
                apply_look_up(user, found)
            except SameUserError:
                pass  # said by every refresh; the posts are checked all the same
            except UserGoneError:
                continue
            except OptedOutError:
                erase_and_opt_out(user)
                continue
            if user.status != User.Status.ACTIVE:
                report.hidden[user.status] += 1
                continue
        yield user


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
