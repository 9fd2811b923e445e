"""`manage.py doctor` reports what is wrong; each test causes one finding."""

import html
import json
import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from common.models import Worker
from hypotweet_site.operations.doctor import WATCHED, alarms, diagnose, machine
from hypotweet_site.operations.doctor.finding import Finding
from prediction.models import Background, Signature
from prediction.serving import loader
from prediction.training import signatures
from tests.installation import ROOT, Installation
from tweets import tasks
from tweets.models import Fetch, User
from tweets.tests.cast import make_cast

pytestmark = pytest.mark.django_db
LONG_KEY = "".join(chr(48 + number) for number in range(60))
TOKEN = "A" * 50 + "%2Bx0"


@pytest.fixture(autouse=True)
def in_production(settings: Settings, tmp_path: Path) -> None:
    settings.SECRET_KEY, settings.X_BEARER_TOKEN = LONG_KEY, TOKEN
    settings.X_DAILY_POSTS = 1000
    settings.HTTPS_ONLY, settings.TRUSTED_PROXIES = True, 1
    settings.DATABASE_IS_NAMED = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "mail.hypo.test", "a@hypo.test"
    settings.INDEX_DIR = tmp_path
    settings.BACKUP_DIR = str(tmp_path / "backups")
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "today.zip").write_text("a backup")


@pytest.fixture
def cast() -> list[User]:
    users = make_cast(20)
    signatures.build(users)
    Worker.objects.create(id="w", seen_at=timezone.now())
    return users


def found(name: str) -> Finding:
    return next(finding for finding in diagnose() if finding.name == name)


def state(name: str) -> str:
    finding = found(name)
    assert (finding.fix == "") == (finding.state == "ok"), finding
    return finding.state


def test_a_good_installation_has_no_findings(cast: list[User]) -> None:
    assert {f.name: f.state for f in diagnose() if f.state != "ok"} == {}
    assert len(list(diagnose())) == 20


@pytest.mark.parametrize(
    ("setting", "value", "name", "expected"),
    [
        ("DATABASE_IS_NAMED", False, "database", "warning"),
        ("DEBUG", True, "settings", "warning"),
        ("SECRET_KEY", "short", "secret key", "problem"),
        ("SECRET_KEY", "a" * 60, "secret key", "problem"),
        ("HTTPS_ONLY", False, "https", "warning"),
        ("TRUSTED_PROXIES", 0, "https", "warning"),
        ("X_BEARER_TOKEN", "", "X token", "warning"),
        ("X_DAILY_POSTS", None, "X budget", "warning"),
        ("X_DAILY_POSTS", 0, "X budget", "warning"),
        ("X_DAILY_POSTS", 4, "X budget", "warning"),
        ("X_BEARER_TOKEN", f"Bearer {TOKEN}", "X token", "problem"),
        ("X_BEARER_TOKEN", "short", "X token", "problem"),
        (
            "EMAIL_BACKEND",
            "django.core.mail.backends.console.EmailBackend",
            "mail",
            "warning",
        ),
        ("EMAIL_HOST", "mail.example.org", "mail", "problem"),
        ("DEFAULT_FROM_EMAIL", "H <noreply@hypotweet.example.org>", "mail", "problem"),
        ("DEFAULT_FROM_EMAIL", "HypoTweet <noreply@localhost>", "mail", "problem"),
        ("BACKUP_DIR", "", "backup", "warning"),
        ("BACKUP_DIR", "/not/there", "backup", "problem"),
        ("BACKUP_DIR", "off", "backup", "ok"),
        ("SPACY_PIPELINE", "en_core_web_xxl", "spaCy pipeline", "problem"),
    ],
)
def test_wrong_settings_are_reported(
    settings: Settings, setting: str, value: Any, name: str, expected: str
) -> None:
    setattr(settings, setting, value)
    assert state(name) == expected


def test_missing_static_files_are_reported(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = "hypotweet_site.static_files.HashedStaticFiles"
    settings.STATIC_ROOT = str(tmp_path)
    settings.STORAGES = site_settings.STORAGES | {"staticfiles": {"BACKEND": storage}}
    assert state("static files") == "warning"
    call_command("collectstatic", "--noinput", verbosity=0)
    settings.STORAGES = dict(settings.STORAGES)
    assert state("static files") == "ok"
    next((tmp_path / "css").glob("site.*.css")).unlink()
    assert state("static files") == "problem"


def test_commands_are_named_as_they_are_typed_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_cast(20)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert found("signatures").fix == "python manage.py build_signatures"
    (tmp_path / "hypotweet").touch(0o755)
    assert found("signatures").fix == "hypotweet build_signatures"


@pytest.mark.parametrize(("free", "expected"), [(1, "problem"), (10**9, "warning")])
def test_a_full_disk_is_reported(
    monkeypatch: pytest.MonkeyPatch, free: int, expected: str
) -> None:
    usage = shutil.disk_usage("/")._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    assert state("disk") == expected


@pytest.mark.parametrize("place", ["INDEX_DIR", "uploads"])
def test_the_disk_of_every_folder_counts(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path, place: str
) -> None:
    """A folder of its own stands for another disk."""
    full = tmp_path / "full"
    full.mkdir()
    options = {"location": full if place == "uploads" else tmp_path}
    stored = {**site_settings.STORAGES["uploads"], "OPTIONS": options}
    settings.STORAGES = site_settings.STORAGES | {"uploads": stored}
    settings.INDEX_DIR = full if place == "INDEX_DIR" else tmp_path
    much, none = (shutil.disk_usage("/")._replace(free=free) for free in (10**11, 1))
    monkeypatch.setattr(shutil, "disk_usage", lambda at: none if at == full else much)
    monkeypatch.setattr(machine, "_device", hash)
    assert state("disk") == "problem"
    assert "0.0 GB free for" in found("disk").message


@pytest.mark.parametrize(
    ("name", "days", "expected"),
    [
        ("old.zip", 3, "problem"),
        ("new.zip", 1, "ok"),
        ("part", 0, "problem"),
        ("new.zip.part", 0, "problem"),
    ],
)
def test_an_old_backup_is_reported(
    settings: Settings, tmp_path: Path, name: str, days: int, expected: str
) -> None:
    settings.BACKUP_DIR = str(tmp_path / "others")
    file = tmp_path / "others" / name
    file.parent.mkdir()
    file.write_text("a backup")
    age = (timezone.now() - timedelta(days=days)).timestamp()
    os.utime(file, (age, age))
    assert state("backup") == expected


@pytest.mark.parametrize(("name", "text"), [("e.jsonl", "{}"), ("new.zip", "")])
def test_a_file_beside_the_backups_is_none(
    settings: Settings, tmp_path: Path, name: str, text: str
) -> None:
    """Each erasure writes into its file; a full disk leaves empty ones."""
    folder = tmp_path / "backups"
    settings.ERASURES_FILE = folder / "e.jsonl"
    (folder / "today.zip").unlink()
    (folder / name).write_text(text)
    assert state("backup") == "problem"


def test_a_folder_for_uploads_that_cannot_be_written_to_is_reported(
    settings: Settings, tmp_path: Path
) -> None:
    def uploads_in(folder: Path) -> str:
        options = {"location": folder}
        stored = {**site_settings.STORAGES["uploads"], "OPTIONS": options}
        settings.STORAGES = site_settings.STORAGES | {"uploads": stored}
        return state("uploads")

    assert uploads_in(tmp_path / "not" / "yet") == "ok"
    assert not (tmp_path / "not").exists()
    (tmp_path / "file").touch()
    assert uploads_in(tmp_path / "file" / "below") == "problem"
    elsewhere = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = site_settings.STORAGES | {"uploads": elsewhere}
    assert state("uploads") == "ok"


def test_a_wrong_clock_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now - timedelta(days=20_000))
    assert state("clock") == "problem"
    if connection.vendor == "postgresql":
        monkeypatch.setattr(timezone, "now", lambda: now + timedelta(minutes=5))
        assert state("clock") == "problem"


def test_waiting_tasks_without_a_worker_are_reported(cast: list[User]) -> None:
    Worker.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
    tasks.refresh_users.enqueue([0])
    assert state("worker") == "problem"


def test_a_task_of_a_worker_that_died_is_reported() -> None:
    long_ago = timezone.now() - timedelta(minutes=5)
    tasks.refresh_users.enqueue([0])
    DBTaskResult.objects.update(
        status="RUNNING", started_at=long_ago, worker_ids=["dead"]
    )
    assert state("worker") == "problem"
    assert "Left by a worker that died: 1." in found("worker").message


def test_failed_tasks_and_refreshes_are_reported(cast: list[User]) -> None:
    tasks.refresh_users.enqueue([0])
    DBTaskResult.objects.update(status="FAILED", finished_at=timezone.now())
    assert state("tasks") == "warning"
    Fetch.objects.create(user=cast[0], outcome="failed", message="X is down")
    assert state("refreshes") == "warning"
    assert "X is down" in found("refreshes").message


def test_the_first_page_the_metrics_and_the_docs_have_the_same_alarms(
    cast: list[User], settings: Settings, admin_client: Client
) -> None:
    settings.METRICS, settings.BACKUP_DIR = "loopback", ""
    User.objects.filter(pk=cast[0].pk).update(revision=99)
    names = {finding.name for finding in alarms()}
    assert names == {"backup", "signatures"}
    page = admin_client.get("/admin/").content.decode()
    metrics = Client().get("/metrics", REMOTE_ADDR="127.0.0.1").content.decode()
    documented = (ROOT / "docs" / "operating.md").read_text()
    for check in WATCHED:
        finding = check()
        assert (html.escape(finding.message) in page) == (finding.name in names)
        counted = f'hypotweet_check{{name="{finding.name}"}} '
        assert f"{counted}{float(finding.name in names)}" in metrics
        assert f"| `{finding.name}` |" in documented


def test_a_missing_worker_is_reported() -> None:
    assert state("worker") == "warning"


def test_a_site_without_users_is_reported() -> None:
    assert state("users") == "warning"


@pytest.mark.parametrize(
    "damage",
    [
        lambda: User.objects.filter(handle="gullrock_keeper").update(revision=99),
        lambda: Signature.objects.first().delete(),
        lambda: Background.objects.all().delete(),
    ],
)
def test_stale_and_missing_signatures_are_reported(
    cast: list[User], damage: Callable[[], object]
) -> None:
    damage()
    assert state("signatures") == "warning"


def test_a_missing_ranking_index_is_reported(
    cast: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader, "LARGE", 2)
    assert state("index of everybody") == "warning"
    loader.prepare()
    assert state("index of everybody") == "ok"


def test_an_unreachable_database_ends_the_checks(
    tmp_path: Path,
) -> None:
    site = Installation.on("postgres://a:hunter2@127.0.0.1:1/none", SECRET_KEY=LONG_KEY)
    output = site.run("doctor", expect=1)
    assert "PROBLEM  database" in output
    assert "DATABASE_URL" in output
    assert "migrations" not in output
    assert "hunter2" not in output


def test_missing_migrations_and_wrong_settings_as_json(
    tmp_path: Path,
) -> None:
    site = Installation.empty(tmp_path, SECRET_KEY=LONG_KEY, RATE_LIMIT_ANON="plenty")
    document = json.loads(site.run("doctor", "--json", expect=1))
    states = {f["name"]: f["state"] for f in document["findings"]}
    assert states["migrations"] == states["settings"] == "problem"
    assert "clock" not in states


def test_the_command_succeeds_unless_there_is_a_problem(
    cast: list[User], capsys: pytest.CaptureFixture[str], settings: Settings
) -> None:
    call_command("doctor")
    assert "ok       signatures: 3 up to date." in capsys.readouterr().out
    settings.SECRET_KEY = "short"
    with pytest.raises(CommandError, match="1 of 20"):
        call_command("doctor")
