"""`manage.py doctor` reports what is wrong; each test causes one finding."""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from common.models import Worker
from hypotweet_site.operations.doctor import diagnose
from hypotweet_site.operations.doctor.finding import Finding
from prediction.models import Background, Signature
from prediction.serving import loader
from prediction.training import signatures
from tests.installation import Installation
from tweets import tasks
from tweets.models import User
from tweets.tests.cast import make_cast

pytestmark = pytest.mark.django_db
LONG_KEY = "".join(chr(48 + number) for number in range(60))
TOKEN = "A" * 50 + "%2Bx0"


@pytest.fixture(autouse=True)
def in_production(settings: Settings, tmp_path: Path) -> None:
    settings.SECRET_KEY, settings.X_BEARER_TOKEN = LONG_KEY, TOKEN
    settings.X_DAILY_POSTS = 1000
    settings.HTTPS_ONLY, settings.TRUSTED_PROXIES = True, 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.INDEX_DIR = tmp_path


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
    assert len(list(diagnose())) == 17


@pytest.mark.parametrize(
    ("setting", "value", "name", "expected"),
    [
        ("DEBUG", True, "settings", "warning"),
        ("SECRET_KEY", "short", "secret key", "problem"),
        ("SECRET_KEY", "a" * 60, "secret key", "problem"),
        ("HTTPS_ONLY", False, "https", "warning"),
        ("TRUSTED_PROXIES", 0, "https", "warning"),
        ("X_BEARER_TOKEN", "", "X token", "warning"),
        ("X_DAILY_POSTS", None, "X budget", "warning"),
        ("X_DAILY_POSTS", 0, "X budget", "warning"),
        ("X_BEARER_TOKEN", f"Bearer {TOKEN}", "X token", "problem"),
        ("X_BEARER_TOKEN", "short", "X token", "problem"),
        (
            "EMAIL_BACKEND",
            "django.core.mail.backends.console.EmailBackend",
            "mail",
            "warning",
        ),
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


@pytest.mark.parametrize(("free", "expected"), [(1, "problem"), (10**9, "warning")])
def test_a_full_disk_is_reported(
    monkeypatch: pytest.MonkeyPatch, free: int, expected: str
) -> None:
    usage = shutil.disk_usage("/")._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    assert state("disk") == expected


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
    with pytest.raises(CommandError, match="1 of 17"):
        call_command("doctor")
