"""What an installation lacks, and how to mend it: `manage.py doctor`."""

import importlib.util
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.checks import ERROR, run_checks
from django.db import DatabaseError, connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from common.jobs.heartbeat import living
from hypotweet_site.operations.health import pending_migrations
from prediction.models import Background, Signature
from tweets.models import User

LITTLE_SPACE, FULL = 2 * 2**30, 200 * 2**20
SHORTEST_KEY = 50
X_TOKEN = re.compile(r"[A-Za-z0-9%_-]{50,}")
# Between this machine's clock and the database's.
APART = timedelta(seconds=30)
EARLIEST_YEAR = 2025


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    name: str
    state: State
    told: str
    mend: str = ""


def examine() -> Iterator[Finding]:
    """Looks at everything, in an order in which causes come before effects."""
    yield _settings()
    yield _secret_key()
    yield _https()
    yield _x_token()
    yield _mail()
    yield _static_files()
    yield _pipeline()
    yield _disk()
    reachable = _database()
    yield reachable
    if reachable.state == State.PROBLEM:
        return
    migrated = _migrations()
    yield migrated
    if migrated.state == State.PROBLEM:
        return
    for look in (_clock, _worker, _users, _signatures, _index):
        yield look()


def _settings() -> Finding:
    errors = [e for e in run_checks(tags=["hypotweet"]) if e.level >= ERROR]
    if errors:
        told = "; ".join(str(error.msg) for error in errors)
        return Finding("settings", State.PROBLEM, told, str(errors[0].hint))
    if settings.DEBUG:
        mend = "Set DEBUG=off: error pages show code and settings to visitors."
        return Finding("settings", State.WARNING, "DEBUG is on.", mend)
    return Finding("settings", State.OK, "Every setting can be read.")


def _secret_key() -> Finding:
    key = settings.SECRET_KEY
    if len(key) >= SHORTEST_KEY and len(set(key)) >= 5:
        return Finding("secret key", State.OK, f"{len(key)} characters.")
    command = "python -c 'import secrets; print(secrets.token_urlsafe(50))'"
    state = State.WARNING if settings.DEBUG else State.PROBLEM
    return Finding(
        "secret key", state, "Too short to be safe.", f"Set SECRET_KEY to: {command}"
    )


def _https() -> Finding:
    if settings.DEBUG:
        return Finding("https", State.OK, "Not asked for while DEBUG is on.")
    if not settings.HTTPS_ONLY:
        mend = "Set HTTPS_ONLY=on once a proxy speaks https for the site."
        return Finding("https", State.WARNING, "Passwords travel in the clear.", mend)
    if not settings.TRUSTED_PROXIES:
        told = "No proxy is trusted, so behind one every page leads back to itself."
        return Finding("https", State.WARNING, told, "Set TRUSTED_PROXIES to how many.")
    return Finding(
        "https", State.OK, f"Trusted proxies in front: {settings.TRUSTED_PROXIES}."
    )


def _x_token() -> Finding:
    token = settings.X_BEARER_TOKEN
    if not token:
        mend = "Set X_BEARER_TOKEN to follow people on X; files work without."
        return Finding("X token", State.WARNING, "There is none.", mend)
    if X_TOKEN.fullmatch(token):
        return Finding("X token", State.OK, "It looks like one; X was not asked.")
    mend = "Copy the bearer token of the project, without “Bearer” and quotes."
    return Finding("X token", State.PROBLEM, "It does not look like one.", mend)


def _mail() -> Finding:
    if settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        mend = "Set EMAIL_URL=smtp+tls://user:password@host:587"
        return Finding("mail", State.WARNING, "Mails are printed, not sent.", mend)
    return Finding(
        "mail", State.OK, f"Goes through {settings.EMAIL_HOST or 'a backend'}."
    )


def _static_files() -> Finding:
    if not hasattr(staticfiles_storage, "hashed_files"):
        return Finding("static files", State.OK, "Served from where they lie.")
    mend = "python manage.py collectstatic --noinput"
    hashed = staticfiles_storage.hashed_files
    if not hashed:
        told = "Not collected: they are served, but neither compressed nor kept."
        return Finding("static files", State.WARNING, told, mend)
    missing = [name for name in hashed.values() if not _is_there(name)]
    if missing:
        return Finding(
            "static files", State.PROBLEM, f"{len(missing)} are missing.", mend
        )
    return Finding("static files", State.OK, f"{len(hashed):,} collected.")


def _is_there(name: str) -> bool:
    return (Path(settings.STATIC_ROOT) / name).is_file()


def _pipeline() -> Finding:
    name = settings.SPACY_PIPELINE
    if name.startswith("blank:") or importlib.util.find_spec(name):
        return Finding("spaCy pipeline", State.OK, f"{name} is installed.")
    if Path(name).is_dir():
        return Finding("spaCy pipeline", State.OK, f"{name} is a folder.")
    mend = f"python -m spacy download {name}, or set SPACY_PIPELINE=blank:en"
    return Finding("spaCy pipeline", State.PROBLEM, f"{name} is not installed.", mend)


def _disk() -> Finding:
    free = shutil.disk_usage(settings.BASE_DIR).free
    told = f"{free / 2**30:.1f} GB free."
    if free < LITTLE_SPACE:
        mend = "Make room: `manage.py prune`, old backups, logs."
        return Finding(
            "disk", State.PROBLEM if free < FULL else State.WARNING, told, mend
        )
    return Finding("disk", State.OK, told)


def _database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        mend = "See that the server runs and that DATABASE_URL is right."
        told = str(error).strip().partition("\n")[0]
        return Finding("database", State.PROBLEM, f"It does not answer: {told}", mend)
    return Finding("database", State.OK, f"{connection.display_name} answers.")


def _migrations() -> Finding:
    if pending := pending_migrations():
        mend = "python manage.py migrate"
        return Finding("migrations", State.PROBLEM, f"{pending} to be applied.", mend)
    return Finding("migrations", State.OK, "All are applied.")


def _clock() -> Finding:
    mend = "Set the clock, for example: timedatectl set-ntp true"
    if timezone.now().year < EARLIEST_YEAR:
        return Finding("clock", State.PROBLEM, f"It says {timezone.now():%Y}.", mend)
    apart = abs(timezone.now() - _database_time())
    if apart > APART:
        told = f"{apart.total_seconds():.0f} s from the database's clock."
        return Finding("clock", State.PROBLEM, told, mend)
    return Finding("clock", State.OK, f"{timezone.now():%Y-%m-%d %H:%M} UTC.")


def _database_time() -> Any:
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def _worker() -> Finding:
    alive = living().count()
    waiting = DBTaskResult.objects.ready().count()
    told = f"{alive} running, {waiting:,} tasks waiting."
    if alive:
        return Finding("worker", State.OK, told)
    mend = "Start one: python manage.py db_worker"
    return Finding("worker", State.PROBLEM if waiting else State.WARNING, told, mend)


def _users() -> Finding:
    listed = User.objects.listed().predictable().count()
    if listed < 2:
        mend = "Bring some in: load_demo, import_tweets or add_users."
        return Finding("users", State.WARNING, f"{listed} can be predicted.", mend)
    return Finding("users", State.OK, f"{listed:,} can be predicted.")


def _signatures() -> Finding:
    mend = "python manage.py build_signatures"
    current = Background.objects.current()
    expected = User.objects.predictable().count()
    if expected < 2:
        return Finding("signatures", State.OK, "Nobody needs one yet.")
    if current is None:
        return Finding("signatures", State.WARNING, "None is built.", mend)
    rows = Signature.objects.filter(background=current)
    missing, stale = max(expected - rows.count(), 0), rows.stale().count()
    if missing or stale:
        told = f"{missing:,} missing, {stale:,} stale: whoever asks first waits."
        return Finding("signatures", State.WARNING, told, mend)
    return Finding("signatures", State.OK, f"{expected:,} up to date.")


def _index() -> Finding:
    # Imported late: numpy would slow every command down.
    from prediction.serving.loader import LARGE
    from prediction.serving.ranking_index import is_built

    current = Background.objects.current()
    if User.objects.predictable().count() <= LARGE or not current:
        return Finding("index of everybody", State.OK, "Not needed for so few.")
    if is_built(current):
        return Finding("index of everybody", State.OK, "It is there.")
    mend = "Ask once for everybody: manage.py predict --all-users --text …"
    return Finding(
        "index of everybody", State.WARNING, "It is built when asked for.", mend
    )
