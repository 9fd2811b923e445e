"""Checks what is stored against X: hides users whom X no longer shows, and deletes
posts that were deleted, edited or withheld there."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from common.audit import Tally
from tweets.models import Tweet, TweetQuerySet, User, UserQuerySet
from tweets.store.deletion import delete_tweets
from tweets.store.erasure import OptedOutError, UserGoneError, erase_and_opt_out
from tweets.x import leases
from tweets.x.api.errors import XError
from tweets.x.api.responses import PostLookUp
from tweets.x.api.sizes import MAX_LOOK_UP
from tweets.x.costs import Forecast, charged_users, price
from tweets.x.following import SameUserError, apply_look_up, look_up
from tweets.x.idle import why_not_checked
from tweets.x.session import LimitReached, Session, Stopped
from tweets.x.takeover import Say, Takeover


@dataclass
class DeletedReport:
    """How many posts were checked, and how many were removed for which reason.

    `posts_read` and `looked_up` count the posts and users whom X charges for; `tally`
    is the run's entry in the audit.
    `hidden` counts users whom X no longer shows, by status: their posts stay for a
    grace, unlisted. `left` counts users whom another run checks or refreshes;
    `nothing_to_do` says why nobody was checked.
    """

    checked: int = 0
    posts_read: int = 0
    looked_up: int = 0
    left: int = 0
    removed: Counter[str] = field(default_factory=Counter)
    hidden: Counter[str] = field(default_factory=Counter)
    ended_early: str = ""
    limit_reached: bool = False
    nothing_to_do: str = ""
    tally: Tally = field(default_factory=lambda: Tally("checked against X"))

    @property
    def cost(self) -> float:
        """The approximate cost of the run in dollars."""
        return price(self.looked_up, self.posts_read)

    def as_json(self) -> dict[str, Any]:
        return {
            "checked": self.checked,
            "removed": dict(self.removed),
            "hidden": dict(self.hidden),
            "cost": round(self.cost, 3),
            "ended_early": self.ended_early,
            "left_to_others": self.left,
            "nothing_to_do": self.nothing_to_do,
        }

    @property
    def failed(self) -> bool:
        """Whether the run ended early for another reason than a limit."""
        return bool(self.ended_early) and not self.limit_reached


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
    asked, posts = users.filter(_on_x()), _unchecked(users).count()
    return Forecast(asked.count(), charged_users(asked).count(), posts, posts)


def _unchecked(users: UserQuerySet | list[User]) -> TweetQuerySet:
    """Select the posts that a check of these users asks about."""
    return Tweet.objects.filter(user__in=users, x_id__isnull=False).filter(
        Q(user__check_below=None) | Q(x_id__lt=F("user__check_below"))
    )


def _on_x() -> Q:
    """Match whom X may know: those from files only by their X id."""
    return Q(source=User.Source.X) | Q(x_id__isnull=False)


def check_deleted(
    session: Session, users: UserQuerySet, days: float = 0, say: Say = lambda text: None
) -> DeletedReport:
    """Ask X about these users and every stored post of theirs, newest first; `say` gets
    what it waits for.

    Goes on with a check that ended early, at the post where it ended; otherwise who was
    checked longest ago comes first, without anybody checked in the last `days`. Posts
    that X's answers do not mention stay. A run that ends early has deleted the posts of
    the answers it received.
    """
    report = DeletedReport()
    takeover = Takeover(session.wait, say)
    due(users, days).update(check_due=True)
    try:
        for lease in leases.in_turn(_in_order(users), MAX_LOOK_UP, takeover):
            _check_batch(session, lease, report)
    except (XError, Stopped) as reason:
        report.ended_early = str(reason)
        report.limit_reached = isinstance(reason, LimitReached)
    report.left = takeover.left
    report.looked_up, report.posts_read = len(session.users_read), session.posts_read
    if not (session.requests or report.ended_early):
        report.nothing_to_do = why_not_checked(users, takeover.left, days)
    return report


def _in_order(users: UserQuerySet) -> UserQuerySet:
    return users.filter(check_due=True).order_by(
        F("check_below").asc(nulls_last=True),
        F("checked_at").asc(nulls_first=True),
        "pk",
    )


def _check_batch(session: Session, lease: leases.Lease, report: DeletedReport) -> None:
    users = lease.users
    rows = _unchecked(users).order_by().values_list("user").annotate(Count("pk"))
    posts = dict(rows)
    while users:
        begun = session.affordable([posts.get(user.pk, 0) for user in users])
        for user in _shown(session, users[:begun], report):
            if lease.holds(user):
                _check_user(session, user, report)
                _finish(user, report)
        users = users[begun:]


@transaction.atomic
def _finish(user: User, report: DeletedReport) -> None:
    User.objects.filter(pk=user.pk).update(checked_at=timezone.now(), check_due=False)
    report.tally.add(users=1)


def _shown(
    session: Session, users: list[User], report: DeletedReport
) -> Iterator[User]:
    """Yield the users whom X shows, and those from files whom it may never have had."""
    known = User.objects.filter(_on_x(), pk__in=[user.pk for user in users])
    ids = set(known.values_list("pk", flat=True))
    session.require(1)
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
                _finish(user, report)
                continue
        yield user


def _check_user(session: Session, user: User, report: DeletedReport) -> None:
    """Ask about a user's posts, from where an earlier check ended."""
    posts = Tweet.objects.filter(user_id=user.pk, x_id__isnull=False)
    newest_first = _unchecked([user]).order_by("-x_id")
    known = newest_first.values_list("x_id", flat=True)
    ids = [x_id for x_id in known if x_id is not None]
    while ids:
        answer, asked = _ask(session, ids)
        report.checked += len(asked)
        report.removed.update(status.value for status in answer.gone.values())
        if answer.gone:
            delete_tweets(posts.filter(x_id__in=list(answer.gone)))
        ids = ids[len(asked) :]
        with transaction.atomic():
            below = asked[-1] if ids else None
            User.objects.filter(pk=user.pk).update(check_below=below)
            report.tally.add(posts_read=answer.posts_read)


def _ask(session: Session, ids: list[int]) -> tuple[PostLookUp, list[int]]:
    """Ask about as many of the first posts as the limits allow."""
    asked: list[int] = []

    def request(size: int) -> PostLookUp:
        asked[:] = ids[:size]
        return session.client.look_up_tweets(asked)

    answer = session.read(request, min(MAX_LOOK_UP, len(ids)), 1)
    return answer, asked
