"""Checks of workers, users and signatures."""

from django_tasks_db.models import DBTaskResult

from common.jobs.heartbeat import living
from hypotweet_site.operations.doctor.finding import Finding, State
from prediction.models import Background, Signature
from tweets.models import User


def worker() -> Finding:
    running = living().count()
    waiting = DBTaskResult.objects.ready().count()
    message = f"{running} running, {waiting:,} tasks waiting."
    if running:
        return Finding("worker", State.OK, message)
    fix = "Start one: python manage.py db_worker"
    return Finding("worker", State.PROBLEM if waiting else State.WARNING, message, fix)


def users() -> Finding:
    listed = User.objects.listed().predictable().count()
    if listed < 2:
        fix = "Add some with load_demo, import_tweets or add_users."
        return Finding("users", State.WARNING, f"{listed} can be predicted.", fix)
    return Finding("users", State.OK, f"{listed:,} can be predicted.")


def signatures() -> Finding:
    fix = "python manage.py build_signatures"
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
    fix = "Ask once for everybody: manage.py predict --all-users --text …"
    return Finding(name, State.WARNING, "It is built at the next question.", fix)
