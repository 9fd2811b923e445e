"""`manage.py prune` deletes what nobody needs, and nothing else."""

import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from accounts.models import Account
from common.models import RateWindow
from hypotweet_site.operations.prune import prune
from prediction.models import Batch, Prediction
from prediction.models.batches import FOLDER
from tweets import tasks
from tweets.models import Upload, User
from tweets.models.uploads import upload_storage

pytestmark = pytest.mark.django_db
NOW = timezone.now()
OLD = NOW - timedelta(days=15)


def task(status: str, finished_at: object) -> None:
    made = tasks.refresh_users.enqueue([0])
    DBTaskResult.objects.filter(pk=made.id).update(
        status=status, finished_at=finished_at
    )


def store_file(when: datetime, folder: str) -> str:
    name = upload_storage().save(folder + uuid4().hex, ContentFile(b"left behind"))
    os.utime(upload_storage().path(name), (when.timestamp(), when.timestamp()))
    return name


@pytest.fixture
def leftovers(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """One of everything that is old, and one of everything that is not."""
    now = timezone.now()
    for when in (OLD, now):
        task("SUCCESSFUL", when)
        task("FAILED", when)
        for model in (AccessAttempt, AccessLog, AccessFailureLog):
            row = model(username=str(when))
            if model is AccessAttempt:
                row.failures_since_start = 1
            row.save()
            model.objects.filter(pk=row.pk).update(attempt_time=when)
        for state in Upload.State.values:
            made = Upload.objects.create(name="x", state=state)
            Upload.objects.filter(pk=made.pk).update(created_at=when)
        batch = Batch.objects.create(holder="h", total=1, created_at=when)
        batch.content.save("x", ContentFile(b"texts"))
    files = [store_file(when, place) for when in (OLD, now) for place in ("", FOLDER)]
    task("READY", None)
    task("RUNNING", None)
    for key, days in (("a", -1), ("b", 1)):
        Session.objects.create(session_key=key, expire_date=now + timedelta(days=days))
        ends_at = int(now.timestamp()) + days * 86_400
        RateWindow.objects.create(bucket=key, ends_at=ends_at)
    settings.INDEX_DIR = tmp_path
    (tmp_path / "everyone-1-2-3.index").touch()
    yield
    for name in files:
        upload_storage().delete(name)


EXPECTED = {
    "tweets that X no longer shows": 0,
    "finished tasks": 2,
    "expired sessions": 1,
    "failed sign-ins": 1,
    "logged sign-ins": 1,
    "logged failures": 1,
    "rate windows": 1,
    "saved answers that nobody opens": 0,
    "expired batches": 1,
    "uploads never imported": 3,
    "uploads never finished": 2,
    "files without an upload": 1,
    "files without a batch": 1,
    "index files of earlier versions": 1,
    "addresses in the audit": 0,
    "merges that can no longer be undone": 0,
    "stored though they opted out": 0,
}


def rows() -> int:
    models = [DBTaskResult, Session, AccessAttempt, AccessLog, AccessFailureLog]
    models += [RateWindow, Upload, Batch]
    return sum(model.objects.count() for model in models)


def test_what_is_old_goes_and_all_else_stays(leftovers: None) -> None:
    before = rows()
    assert prune(days=14) == EXPECTED
    assert before - rows() == sum(EXPECTED.values()) - 3  # three of them are files
    assert not DBTaskResult.objects.filter(finished_at__lt=NOW).exists()
    assert DBTaskResult.objects.filter(status__in=["READY", "RUNNING"]).count() == 2
    assert set(prune(days=14).values()) == {0}


def test_a_dry_run_only_counts(leftovers: None) -> None:
    before = rows()
    out = StringIO()
    call_command("prune", "--dry-run", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"dry_run": True, "deleted": EXPECTED}
    assert rows() == before


def test_nothing_younger_than_a_day_can_be_asked_for(leftovers: None) -> None:
    with pytest.raises(CommandError):
        call_command("prune", "--days", "0")


def saved(opened_at: datetime, account: Account | None = None) -> Prediction:
    best, _ = User.objects.get_or_create(handle="ann")
    return Prediction.objects.create(
        text="a", best=best, result={}, account=account, opened_at=opened_at
    )


def test_answers_of_no_account_go_when_nobody_opens_them(settings: Settings) -> None:
    long_ago = NOW - timedelta(days=91)
    gone, kept, training = (saved(when) for when in (long_ago, OLD, long_ago))
    own = saved(long_ago, Account.objects.create_user("bob"))
    training.feedback.create(visitor="v", state="accepted", moderated_at=NOW)
    settings.SAVED_ANSWER_DAYS = 0
    assert prune(days=14)["saved answers that nobody opens"] == 0
    settings.SAVED_ANSWER_DAYS = 90
    assert prune(days=14)["saved answers that nobody opens"] == 1
    left = set(Prediction.objects.values_list("pk", flat=True))
    assert left == {kept.pk, own.pk, training.pk} != {gone.pk}


def test_it_says_what_it_did(leftovers: None) -> None:
    out = StringIO()
    call_command("prune", stdout=out)
    assert "2 finished tasks deleted" in out.getvalue()


def test_pruning_ends_what_no_worker_will_finish(admin_client: Client) -> None:
    file = SimpleUploadedFile("t.csv", b"user,text\nann,one two three\n")
    admin_client.post(reverse("admin:tweets_upload_add"), {"file": file})
    stuck = Upload.objects.create(name="stuck", state="importing")
    Upload.objects.update(created_at=OLD)
    assert prune(days=14)["uploads never finished"] == 1
    assert not Upload.objects.filter(pk=stuck.pk).exists()
    assert Upload.objects.get().state == "checking"
