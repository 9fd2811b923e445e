"""The state of the site, for the admin's first page."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from common.models import AuditEntry
from hypotweet_site.operations.doctor import alarms
from prediction.models import Background, Feedback, Signature
from tweets.models import Fetch, Tweet, Upload, User
from tweets.x.budget import spent

# Where to look at what doctor watches; the machine's own has no page.
LISTS: dict[str, Any] = {
    "worker": DBTaskResult,
    "tasks": DBTaskResult,
    "refreshes": Fetch,
    "signatures": Signature,
    "X budget": Fetch,
}


@dataclass(frozen=True)
class Figure:
    """A labelled count, the address of the list that it counts if there is one, and
    what to do about it."""

    label: str
    value: str
    address: str
    hint: str = ""


def figures() -> list[Figure]:
    """Return the size of everything that the site stores."""
    users = User.objects.aggregate(
        users=Count("pk"),
        listed=Count("pk", filter=Q(is_listed=True)),
        tweets=Sum("tweet_count", default=0),
        eligible=Sum("eligible_count", default=0),
    )
    fresh = Signature.objects.in_use().count()
    ready = User.objects.predictable().count()
    now = spent()
    today = f"{now.posts_today:,}, about ${now.cost_today:,.2f}"
    month = f"{now.posts_month:,}, about ${now.cost_month:,.2f}"
    waiting = DBTaskResult.objects.ready().count()
    running = DBTaskResult.objects.running().count()
    day = timezone.now() - timedelta(days=1)
    changes = AuditEntry.objects.filter(at__gte=day).count()
    return [
        _figure("users", f"{users['users']:,}, {users['listed']:,} listed", User),
        _figure(
            "tweets", f"{users['tweets']:,}, {users['eligible']:,} eligible", Tweet
        ),
        _figure("signatures", f"{fresh:,} of {ready:,} up to date", Signature),
        _figure("posts read from X today", today, Fetch),
        _figure("posts read from X this month", month, Fetch),
        _figure("changes in a day", f"{changes:,}", AuditEntry),
        _figure("tasks", f"{waiting:,} waiting, {running:,} running", DBTaskResult),
    ]


def needs_action() -> list[Figure]:
    """Return what staff should act on, without what is at zero."""
    stale = Q(pk__in=User.objects.stale().values("pk"))
    locked = Q(failures_since_start__gte=settings.AXES_FAILURE_LIMIT)
    found = [
        _queue("feedback to review", Feedback, state="pending"),
        _queue("uploads checked, not imported", Upload, state="checked"),
        _filtered("users not refreshed for a week", User, stale, "freshness=stale"),
        _filtered(
            "listed users with too few tweets",
            User,
            Q(is_listed=True) & ~Q(pk__in=User.objects.predictable().values("pk")),
            "enough=no&is_listed__exact=1",
        ),
        _filtered("sign-ins locked out", AccessAttempt, locked, "locked_out=yes"),
    ]
    waiting = [figure for figure in found if figure.value != "0"]
    return [*_alarms(), *waiting, *_missing_parts()]


def _alarms() -> list[Figure]:
    """Return what doctor watches and finds wrong, in its words."""
    return [
        Figure(
            finding.name,
            finding.message,
            _list_of(LISTS[finding.name]) if finding.name in LISTS else "",
            finding.fix,
        )
        for finding in alarms()
    ]


def _missing_parts() -> list[Figure]:
    """Return parts of the site that do not run, or are still empty."""
    found = []
    if not User.objects.exists():
        found.append(_figure("no users yet", "add or import some", User))
    if Background.objects.in_preparation():
        found.append(_figure("a new background", "is being built", Background))
    return found


def _queue(label: str, model: Any, **of: Any) -> Figure:
    """Count the rows that match `of`, and link to the list filtered alike."""
    query = "&".join(
        f"{name}__exact={value}" for name, value in of.items() if "__" not in name
    )
    return _filtered(label, model, Q(**of), query)


def _filtered(label: str, model: Any, condition: Q, query: str) -> Figure:
    count = model.objects.filter(condition).count()
    return Figure(label, f"{count:,}", f"{_list_of(model)}?{query}")


def _figure(label: str, value: str, model: Any) -> Figure:
    return Figure(label, value, _list_of(model))


def _list_of(model: Any) -> str:
    meta = model._meta  # noqa: SLF001 - Django's public name for it
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
