"""`manage.py doctor` tells what is wrong; each finding is made true here."""

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
from hypotweet_site.operations import doctor
from hypotweet_site.operations.doctor import Finding, examine
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
    return next(finding for finding in examine() if finding.name == name)


def state(name: str) -> str:
    finding = found(name)
    assert (finding.mend == "") == (finding.state == "ok"), finding
    return finding.state


def test_nothing_is_wrong_with_a_good_installation(cast: list[User]) -> None:
    assert {f.name: f.state for f in examine() if f.state != "ok"} == {}
    assert len(list(examine())) == 15


@pytest.mark.parametrize(
    ("setting", "value", "name", "expected"),
    [
        ("DEBUG", True, "settings", "warning"),
        ("SECRET_KEY", "short", "secret key", "problem"),
        ("SECRET_KEY", "a" * 60, "secret key", "problem"),
        ("HTTPS_ONLY", False, "https", "warning"),
        ("TRUSTED_PROXIES", 0, "https", "warning"),
        ("X_BEARER_TOKEN", "", "X token", "warning"),
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
def test_settings_that_are_amiss_are_told(
    settings: Settings, setting: str, value: Any, name: str, expected: str
) -> None:
    setattr(settings, setting, value)
    assert state(name) == expected


def test_static_files_that_went_missing_are_told(
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
def test_a_disk_that_fills_up_is_told(
    monkeypatch: pytest.MonkeyPatch, free: int, expected: str
) -> None:
    usage = shutil.disk_usage("/")._replace(free=free)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: usage)
    assert state("disk") == expected


def test_a_clock_that_is_wrong_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    monkeypatch.setattr(doctor.timezone, "now", lambda: now - timedelta(days=20_000))
    assert state("clock") == "problem"
    if connection.vendor == "postgresql":
        monkeypatch.setattr(doctor.timezone, "now", lambda: now + timedelta(minutes=5))
        assert state("clock") == "problem"


def test_tasks_that_nobody_does_are_told(cast: list[User]) -> None:
    Worker.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
    tasks.refresh_users.enqueue([0])
    assert state("worker") == "problem"


def test_a_worker_that_is_missing_is_told() -> None:
    assert state("worker") == "warning"


def test_a_site_without_users_is_told() -> None:
    assert state("users") == "warning"


@pytest.mark.parametrize(
    "damage",
    [
        lambda: User.objects.filter(handle="gullrock_keeper").update(revision=99),
        lambda: Signature.objects.first().delete(),
        lambda: Background.objects.all().delete(),
    ],
)
def test_signatures_that_are_stale_or_missing_are_told(
    cast: list[User], damage: Callable[[], object]
) -> None:
    damage()
    assert state("signatures") == "warning"


def test_an_index_that_is_missing_is_told(
    cast: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader, "LARGE", 2)
    assert state("index of everybody") == "warning"
    loader.compose(cast)
    assert state("index of everybody") == "ok"


def test_a_database_that_is_away_is_told_and_ends_it(tmp_path: Path) -> None:
    site = Installation(tmp_path, SECRET_KEY=LONG_KEY)
    site.environment["DATABASE_URL"] = "postgres://a:hunter2@127.0.0.1:1/none"
    told = site.run("doctor", expect=1)
    assert "PROBLEM  database" in told
    assert "DATABASE_URL" in told
    assert "migrations" not in told
    assert "hunter2" not in told


def test_migrations_and_settings_are_told_as_json(tmp_path: Path) -> None:
    site = Installation(tmp_path, SECRET_KEY=LONG_KEY)
    site.run("migrate", "prediction", "0001", "-v0")
    site.environment["RATE_LIMIT_ANON"] = "plenty"
    document = json.loads(site.run("doctor", "--json", expect=1))
    states = {f["name"]: f["state"] for f in document["findings"]}
    assert states["migrations"] == states["settings"] == "problem"
    assert "clock" not in states


def test_the_command_ends_well_when_nothing_needs_mending(
    cast: list[User], capsys: pytest.CaptureFixture[str], settings: Settings
) -> None:
    call_command("doctor")
    assert "ok       signatures: 3 up to date." in capsys.readouterr().out
    settings.SECRET_KEY = "short"
    with pytest.raises(CommandError, match="1 of 15"):
        call_command("doctor")
