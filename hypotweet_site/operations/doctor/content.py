"""Checks of workers, tasks, refreshes, users and signatures."""

from datetime import timedelta

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from common.jobs.heartbeat import abandoned, builders, living
from hypotweet_site.operations.doctor.finding import Finding, State, typed
from prediction.models import Background, Signature
from tweets.models import Fetch, User

DAY = timedelta(days=1)


def worker() -> Finding:
    running = living().count()
    waiting = DBTaskResult.objects.ready().count()
    left = len(abandoned())
    message = f"{running} running; tasks waiting: {waiting:,}."
    if left:
        message += f" Left by a worker that died: {left:,}."
    fix = f"Start one: {typed('db_worker')}"
    if running and not builders().exists():
        return Finding("worker", State.PROBLEM, f"{message} None of them builds.", fix)
    if running:
        return Finding("worker", State.OK, message)
    state = State.PROBLEM if waiting or left else State.WARNING
    return Finding("worker", state, message, fix)


def tasks() -> Finding:
    failed = DBTaskResult.objects.failed().count()
    if not failed:
        return Finding("tasks", State.OK, "None has failed.")
    fix = "The admin's list of tasks says why, and can queue them again."
    return Finding("tasks", State.WARNING, f"{failed:,} failed.", fix)


def refreshes() -> Finding:
    since = timezone.now() - DAY
    begun = Fetch.objects.filter(started_at__gte=since)
    failed = begun.filter(outcome=Fetch.Outcome.FAILED)
    last = failed.order_by("-started_at").first()
    if last is None:
        return Finding("refreshes", State.OK, f"{begun.count():,} in a day.")
    message = f"{failed.count():,} of {begun.count():,} failed in a day: {last.message}"
    fix = "The admin's list of fetches says why each did."
    return Finding("refreshes", State.WARNING, message, fix)


def users() -> Finding:
    listed = User.objects.listed().predictable().count()
    if listed < 2:
        fix = "Add some with load_demo, import_tweets or add_users."
        return Finding("users", State.WARNING, f"{listed} can be predicted.", fix)
    return Finding("users", State.OK, f"{listed:,} can be predicted.")


def signatures() -> Finding:
    fix = typed("build_signatures")
    current = Background.objects.current()
    expected = User.objects.predictable().count()
    if expected < 2:
        return Finding("signatures", State.OK, "None is needed yet.")
    if current is None:
        return Finding("signatures", State.WARNING, "None is built.", fix)
    rows = Signature.objects.filter(background=current)
    missing, stale = max(expected - rows.count(), 0), rows.stale().count()
    if missing or stale:
        message = f"{missing:,} missing, {stale:,} stale: the next predictions wait."
        return Finding("signatures", State.WARNING, message, fix)
    return Finding("signatures", State.OK, f"{expected:,} up to date.")


def ranking_index() -> Finding:
    # Imported late: numpy would slow every command down.
    from prediction.serving.loader import LARGE
    from prediction.serving.ranking_index import is_built

    name = "index of everybody"
    current = Background.objects.current()
    if User.objects.predictable().count() <= LARGE or not current:
        return Finding(name, State.OK, "Not needed for so few users.")
    if is_built(current):
        return Finding(name, State.OK, "It is built.")
    fix = f"Ask once for everybody: {typed('predict --all-users --text …')}"
    return Finding(name, State.WARNING, "It is built at the next question.", fix)
