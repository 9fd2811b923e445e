"""Background tasks.

A task is run again if its worker died, so each of them can be repeated: an import or a
refresh stores every tweet once.
"""

import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django_tasks import task

from common.audit import Tally
from tweets.models import Upload, User
from tweets.sources.io.limits import MIB, Limits
from tweets.sources.records import SourceError
from tweets.store import ingest
from tweets.store.import_report import IngestReport
from tweets.x.connect import connect

UPLOAD_LIMITS = Limits(file=settings.MAX_UPLOAD_BYTES, unpacked=1024 * MIB)
MAX_LISTED_ERRORS = 100
SHOWN_AUTHORS = 50
MOST_COLUMNS, LONGEST_CELL = 60, 100


@task()
def add_users_from_x(handles: list[str]) -> dict[str, Any]:
    """Follow these handles and read their posts."""
    # Imported late, here and below: tweepy would slow every command down.
    from tweets.x.following import add_users
    from tweets.x.refresh import Refresh
    from tweets.x.session import Session

    client = connect()
    try:
        session = Session(client)
        report = add_users(session, handles)
        refreshed = Refresh(session).run(User.objects.by_handles(report.added))
    finally:
        client.close()
    return vars(report) | {"refresh": refreshed.as_json()}


@task()
def refresh_users(user_ids: list[int]) -> dict[str, Any]:
    """Read what these users posted since the last refresh.

    Whoever came from a file is left out: following them costs money, and takes
    add_users.
    """
    from django.utils import timezone

    from tweets.x.refresh import Refresh
    from tweets.x.session import Session

    client = connect()
    try:
        users = User.objects.filter(source=User.Source.X, pk__in=user_ids)
        return Refresh(Session(client)).run(users, timezone.now()).as_json()
    finally:
        client.close()


@task()
def check_upload(upload_id: int) -> None:
    """Find out what an import of this upload would store."""
    upload = Upload.objects.get(pk=upload_id)
    if upload.state == Upload.State.CHECKING:
        _process(upload, ingest.dry_run, Upload.State.CHECKED)


@task()
def import_upload(upload_id: int) -> dict[str, Any]:
    """Import an upload, delete its file and return the report."""
    upload = Upload.objects.get(pk=upload_id)
    if upload.state == Upload.State.IMPORTING:
        audit = Tally("upload imported", upload)
        _process(upload, partial(ingest.ingest, audit=audit), Upload.State.IMPORTED)
    report: dict[str, Any] = upload.report
    return report


def _process(upload: Upload, run: Any, done: Upload.State) -> None:
    report = IngestReport()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        upload.copy_to(path)
        try:
            document = _read(upload, path, run, report)
            state = done
        except SourceError as error:
            document, state = _refusal(error)
        except Exception as error:
            _refuse(upload, report, error)
            raise
    upload.finish(
        state, document | _counts(report), {*report.authors, *report.user_ids}
    )


def _refusal(error: SourceError) -> tuple[dict[str, Any], Upload.State]:
    """Return the report; the file is kept where somebody can say what is missing."""
    report: dict[str, Any] = {"refused": str(error)}
    if not error.can_be_helped:
        return report, Upload.State.REFUSED
    return report | {"rows": _cut(error.first_rows)}, Upload.State.UNCLEAR


def _cut(rows: list[list[str]]) -> list[list[str]]:
    return [[cell[:LONGEST_CELL] for cell in row[:MOST_COLUMNS]] for row in rows]


def _refuse(upload: Upload, report: IngestReport, error: Exception) -> None:
    """End an upload whose task fails; what was stored before stays stored."""
    why = f"The import failed with {type(error).__name__}; the log says more."
    upload.finish(Upload.State.REFUSED, {"refused": why} | _counts(report))


def _counts(report: IngestReport) -> dict[str, Any]:
    return {
        "read": report.read,
        "stored": report.stored,
        "skipped": dict(+report.skipped),
        "errors": [
            {"line": error.line, "why": error.why}
            for error in report.errors[:MAX_LISTED_ERRORS]
        ],
    }


def _read(upload: Upload, path: Path, run: Any, report: IngestReport) -> dict[str, Any]:
    from tweets.sources.read_source import read_source

    handle = upload.handle or None
    source = read_source(path, upload.format, handle, UPLOAD_LIMITS, upload.columns)
    kind = ingest.source_of_format(source.format)
    run(
        source,
        kind,
        include_replies=upload.include_replies,
        owner=source.owner,
        report=report,
    )
    examples = run is ingest.dry_run
    return {
        "format": source.format,
        "notes": [*source.notes, *report.remarks()],
        "authors": report.most(SHOWN_AUTHORS, examples),
        "rows": _cut(source.first_rows) if examples else [],
        "other_authors": max(0, len(report.authors) - SHOWN_AUTHORS),
    }
