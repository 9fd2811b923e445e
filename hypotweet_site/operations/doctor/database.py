"""Checks of the database, and of the clock against the database's."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.utils import timezone

from hypotweet_site.operations.doctor.finding import Finding, State, typed
from hypotweet_site.operations.health import pending_migrations
from tweets.x.budget import spent

# Between this machine's clock and the database's.
MAX_CLOCK_DIFFERENCE = timedelta(seconds=30)
EARLIEST_YEAR = 2025


def connects() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        fix = "Check that the server is running and that DATABASE_URL is right."
        reason = str(error).strip().partition("\n")[0]
        return Finding("database", State.PROBLEM, f"It does not answer: {reason}", fix)
    except ImproperlyConfigured:
        fix = "Run `hypotweet doctor` instead of `python manage.py doctor`."
        return Finding("database", State.PROBLEM, "Which one is not known.", fix)
    if not (settings.DATABASE_IS_NAMED or settings.DEBUG):
        message = (
            f"{connection.display_name} in {connection.settings_dict['NAME']}, only "
            "because DATABASE_URL is not set; a public site does not start on it."
        )
        fix = "Set DATABASE_URL; sqlite:////path/to/file chooses SQLite."
        return Finding("database", State.WARNING, message, fix)
    return Finding("database", State.OK, f"{connection.display_name} answers.")


def is_migrated() -> Finding:
    if pending := pending_migrations():
        message = f"{pending} are not applied."
        fix = typed("migrate")
        return Finding("migrations", State.PROBLEM, message, fix)
    return Finding("migrations", State.OK, "All are applied.")


def clock() -> Finding:
    now = timezone.now()
    fix = "Set the clock, for example: timedatectl set-ntp true"
    if now.year < EARLIEST_YEAR:
        return Finding("clock", State.PROBLEM, f"It says {now:%Y}.", fix)
    difference = abs(now - _database_time())
    if difference > MAX_CLOCK_DIFFERENCE:
        message = f"{difference.total_seconds():.0f} s from the database's clock."
        return Finding("clock", State.PROBLEM, message, fix)
    return Finding("clock", State.OK, f"{now:%Y-%m-%d %H:%M} UTC.")


def _database_time() -> datetime:
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
        return now


def budget() -> Finding:
    """Compare what was read from X with the budget."""
    now = spent()
    read = (
        f"{now.posts_today:,} posts read from X today, {now.posts_month:,} this month "
        f"(about ${now.cost_month:,.2f})"
    )
    left = now.left()
    if left is None:
        if not settings.X_BEARER_TOKEN:
            return Finding("X budget", State.OK, f"{read}; X is not used.")
        fix = "Set X_DAILY_POSTS or X_MONTHLY_POSTS, so that no mistake costs much."
        return Finding("X budget", State.WARNING, f"{read}, without a limit.", fix)
    if now.is_spent:
        return Finding("X budget", State.WARNING, now.why_spent(), "Raise it, or wait.")
    return Finding("X budget", State.OK, f"{read}; {left:,} more are allowed.")
