"""Deletes rows that are no longer needed: `manage.py prune`, once a day."""

import time
from datetime import datetime, timedelta

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from common.audit import record
from common.models import AuditEntry, RateWindow
from prediction.models import Batch, Prediction
from prediction.models.batches import delete_files_without_batch
from prediction.serving.index_files import drop_outdated
from tweets.models import Merge, Tweet, Upload, User
from tweets.models.uploads import delete_files_without_upload
from tweets.store.deletion import reset_tweets
from tweets.store.erasure import take_out_all
from tweets.tasks import check_upload, import_upload

FINISHED = (TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED)
UNDER_WAY = (Upload.State.CHECKING, Upload.State.IMPORTING)
NOT_IMPORTED = (
    Upload.State.CHECKED,
    Upload.State.UNCLEAR,
    Upload.State.REFUSED,
)


def prune(days: int, dry_run: bool = False) -> dict[str, int]:
    """Delete rows older than `days`, those that have expired, and files of no upload.

    Returns how many of each kind there are; a dry run only counts them.
    """
    before = timezone.now() - timedelta(days=days)
    old = _old(before)
    counts = {name: rows.count() for name, rows in old.items()}
    counts["stored though they opted out"] = User.objects.opted_out().count()
    if not dry_run:
        take_out_all()
    overdue = User.objects.overdue()
    counts["tweets that X no longer shows"] = Tweet.objects.filter(
        user__in=overdue
    ).count()
    if not dry_run:
        reset_tweets(overdue)
    counts["files without an upload"] = delete_files_without_upload(before, dry_run)
    counts["files without a batch"] = delete_files_without_batch(before, dry_run)
    counts["index files of earlier versions"] = drop_outdated(dry_run)
    addresses = AuditEntry.objects.with_old_addresses()
    counts["addresses in the audit"] = addresses.count()
    if not dry_run:
        for rows in old.values():
            rows.delete()
        addresses.update(address=None)
        record("pruned", rows=sum(counts.values()))
    return counts


def _old(before: datetime) -> "dict[str, QuerySet]":
    now = timezone.now()
    locked_until = now - settings.AXES_COOLOFF_TIME
    return {
        "finished tasks": DBTaskResult.objects.filter(
            status__in=FINISHED, finished_at__lt=before
        ),
        "expired sessions": Session.objects.filter(expire_date__lt=now),
        "failed sign-ins": AccessAttempt.objects.filter(attempt_time__lt=locked_until),
        "logged sign-ins": AccessLog.objects.filter(attempt_time__lt=before),
        "logged failures": AccessFailureLog.objects.filter(attempt_time__lt=before),
        "rate windows": RateWindow.objects.filter(ends_at__lt=int(time.time())),
        "saved answers that nobody opens": Prediction.objects.expired(),
        "expired batches": Batch.objects.expired(),
        "merges that can no longer be undone": Merge.objects.expired(),
        "uploads never imported": Upload.objects.filter(
            state__in=NOT_IMPORTED, created_at__lt=before
        ),
        "uploads never finished": Upload.objects.filter(
            state__in=UNDER_WAY, created_at__lt=before
        ).exclude(pk__in=_waiting_uploads()),
    }


def _waiting_uploads() -> set[int]:
    """Return the uploads that a worker is at, or will be."""
    paths = [task.module_path for task in (check_upload, import_upload)]
    waiting = DBTaskResult.objects.filter(task_path__in=paths)
    arguments = waiting.exclude(status__in=FINISHED).values_list("args_kwargs")
    return {given["args"][0] for (given,) in arguments}
