"""Puts a backup into a database."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import DatabaseError, IntegrityError, connection, transaction
from django_tasks_db.models import DBTaskResult

from accounts.models import Account
from common.audit import record
from common.models import AuditEntry
from hypotweet_site.operations.backup.archive import Backup, BackupError
from hypotweet_site.operations.backup.erasures import apply_since
from hypotweet_site.operations.backup.rows import CHUNK, TABLES, Row, insert, name_of
from prediction.models import Background, Batch, Prediction, Signature, TweetVector
from prediction.serving.index_files import drop_all
from tweets.models import Upload, User
from tweets.store.erasure import take_out_all


def is_empty() -> bool:
    """Return whether the database has no rows that a backup would hold, besides what
    its own commands recorded."""
    stored = [table for table in TABLES if table is not AuditEntry]
    return not any(table._base_manager.exists() for table in stored)


def restore(backup: Backup, erasures: Path) -> int:
    """Replace what the database holds by a verified backup, or change nothing.

    Whoever was erased or opted out since, by the file `erasures`, does not come back;
    returns how many these are. Signatures are to be built anew afterwards. Raises
    BackupError.
    """
    try:
        with transaction.atomic():
            _empty()
            for table in TABLES:
                for rows in _chunks(backup.rows(table)):
                    insert(table, rows)
            User.objects.update(claimed_until=None)
            _reset_sequences()
            kept_out = take_out_all() + apply_since(backup.made_at, erasures)
            record("restored", summary=f"a backup of {backup.made_at:%Y-%m-%d %H:%M}")
    except IntegrityError as error:
        raise BackupError("Its rows do not fit together.") from error
    except DatabaseError as error:
        raise BackupError(f"The database refused it: {error}.") from error
    except ValidationError as error:
        what = " ".join(error.messages)
        raise BackupError(f"It holds what is no row here: {what}") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BackupError(f"It holds what is no row here: {error}.") from error
    drop_all()
    return kept_out


def _empty() -> None:
    """Delete everything, also what is built or on its way."""
    derived: list[Any] = [
        Session, LogEntry, DBTaskResult, Batch.group.through, Batch, TweetVector,
        Signature, Background, Upload, Prediction.group.through,
        Account.groups.through, Account.user_permissions.through,
    ]  # fmt: skip
    own = [table for table in reversed(TABLES) if table is not Account]
    for table in [*derived, *own, Account]:
        rows = table._base_manager.all()
        # A plain deletion would read every row first.
        rows._raw_delete(rows.db)


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _reset_sequences() -> None:
    """Have new rows continue after the restored keys."""
    statements = connection.ops.sequence_reset_sql(no_style(), list(TABLES))
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def summary(backup: Backup) -> dict[str, int]:
    """Return how many rows of each kind a backup has, by their plain names."""
    return {
        str(table._meta.verbose_name_plural): backup.counts.get(name_of(table), 0)
        for table in TABLES
    }
