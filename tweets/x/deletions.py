"""Checks what is stored against X: hides users whom X no longer shows, and deletes
posts that were deleted, edited or withheld there."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone

from tweets.models import Tweet, TweetQuerySet, User, UserQuerySet
from tweets.store.deletion import delete_tweets
from tweets.store.erasure import OptedOutError, UserGoneError, erase_and_opt_out
from tweets.x.api.client import MAX_LOOK_UP
from tweets.x.api.errors import XError
from tweets.x.api.responses import PostLookUp
from tweets.x.costs import Forecast
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


def due(users: UserQuerySet, days: float = 0) -> UserQuerySet:
    """Select whom a check asks about: the rest of one that ended early, or else
    everybody who was not checked for so many days."""
    rest = users.filter(check_due=True)
    if rest.exists():
        return rest
    before = timezone.now() - timedelta(days=days)
    return users.filter(Q(checked_at=None) | Q(checked_at__lte=before))


def to_check(users: UserQuerySet, days: float = 0) -> Forecast:
    """Forecast a check: X charges for each post that it still shows."""
    users = due(users, days)
    posts = Tweet.objects.filter(user__in=users, x_id__isnull=False).filter(
        Q(user__check_below=None) | Q(x_id__lt=F("user__check_below"))
    )
    count = posts.count()
    return Forecast(users.filter(_on_x()).count(), count, count)


def _on_x() -> Q:
    """Match whom X may know: those from files only by their X id."""
    return Q(source=User.Source.X) | Q(x_id__isnull=False)


def check_deleted(
    session: Session, users: UserQuerySet, days: float = 0
) -> DeletedReport:
    """Ask X about these users and every stored post of theirs, newest first.

    Goes on with a check that ended early, at the post where it ended; otherwise who was
    checked longest ago comes first, without anybody checked in the last `days`. Posts
    that X's answers do not mention stay. A run that ends early has deleted the posts of
    the answers it received.
    """
    report = DeletedReport()
    due(users, days).update(check_due=True)
    users = users.filter(check_due=True)
    try:
        for batch in _batches(users):
            for user in _shown(session, batch, report):
                _check_user(session, user, report)
                User.objects.filter(pk=user.pk).update(
                    checked_at=timezone.now(), check_due=False
                )
    except (XError, Stopped) as reason:
        report.ended_early = str(reason)
    return report


def _batches(users: UserQuerySet) -> Iterator[list[User]]:
    order = users.order_by(
        F("check_below").asc(nulls_last=True),
        F("checked_at").asc(nulls_first=True),
        "pk",
    )
    ids = list(order.values_list("pk", flat=True))
    for start in range(0, len(ids), MAX_LOOK_UP):
        part = ids[start : start + MAX_LOOK_UP]
        found = {user.pk: user for user in User.objects.filter(pk__in=part)}
        yield [found[pk] for pk in part if pk in found]


def _shown(
    session: Session, users: list[User], report: DeletedReport
) -> Iterator[User]:
    """Yield the users whom X shows, and those from files whom it may never have had."""
    known = User.objects.filter(_on_x(), pk__in=[user.pk for user in users])
    ids = set(known.values_list("pk", flat=True))
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


def _check_user(session: Session, user: User, report: DeletedReport) -> None:
    """Ask about a user's posts, from where an earlier check ended."""
    posts = Tweet.objects.filter(user_id=user.pk, x_id__isnull=False)
    newest_first = _unchecked(posts, user).order_by("-x_id")
    known = newest_first.values_list("x_id", flat=True)
    ids = [x_id for x_id in known if x_id is not None]
    while ids:
        answer, asked = _ask(session, ids)
        report.checked += len(asked)
        report.removed.update(status.value for status in answer.gone.values())
        if answer.gone:
            delete_tweets(posts.filter(x_id__in=list(answer.gone)))
        ids = ids[len(asked) :]
        below = asked[-1] if ids else None
        User.objects.filter(pk=user.pk).update(check_below=below)


def _unchecked(posts: TweetQuerySet, user: User) -> TweetQuerySet:
    if user.check_below is None:
        return posts
    return posts.filter(x_id__lt=user.check_below)


def _ask(session: Session, ids: list[int]) -> tuple[PostLookUp, list[int]]:
    """Ask about as many of the first posts as the limits allow."""
    asked: list[int] = []

    def request(size: int) -> PostLookUp:
        asked[:] = ids[:size]
        return session.client.look_up_tweets(asked)

    answer = session.read(request, min(MAX_LOOK_UP, len(ids)), 1)
    return answer, asked
