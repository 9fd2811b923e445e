"""Says why a run found nothing to do."""

from django.db.models import Q

from tweets.models import Tweet, User, UserQuerySet


def why_not_refreshed(users: UserQuerySet, left: int) -> str:
    """Say why none of these users was refreshed; `left` are in another run's hands."""
    if left:
        return _left(left)
    if users.exists():
        return "Nothing to do: all of them were refreshed within the last minute."
    return f"Nothing to do: {_why_nobody()}"


def why_not_checked(users: UserQuerySet, left: int, days: float) -> str:
    """Say why no post of these users was checked; like `why_not_refreshed`."""
    if left:
        return _left(left)
    if not users.exists():
        return f"Nothing to do: {_why_nobody()}"
    if not Tweet.objects.filter(user__in=users, x_id__isnull=False).exists():
        return "Nothing to do: no stored post of theirs has an id that X knows."
    return f"Nothing to do: all of them were checked in the last {days:g} days."


def _left(users: int) -> str:
    return f"Nothing to do: another run is at work on {users:,} of them."


def _why_nobody() -> str:
    if not User.objects.tracked().exists():
        return "nobody is stored. Add people with add_users, or import files."
    on_x = User.objects.filter(source=User.Source.X)
    if not on_x.exists():
        return (
            "nobody is followed on X, since everybody stored comes from files. "
            "`add_users HANDLE` follows somebody; --all looks all of them up."
        )
    hidden = on_x.filter(~Q(status=User.Status.ACTIVE)).count()
    return f"X no longer shows the {hidden:,} who are followed; --all asks again."
