"""A missing or silly value in the environment is told with a number and a hint."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def check(**variables: str) -> subprocess.CompletedProcess[str]:
    """Runs `manage.py check` in an environment of its own."""
    environment = (
        os.environ | {"SECRET_KEY": "something", "DATABASE_URL": ""} | variables
    )
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )


def test_the_defaults_need_no_more_than_a_key() -> None:
    assert check().returncode == 0


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("DEBUG", "perhaps", "E002"),
        ("PORT", "eighty", "E003"),
        ("PORT", "70000", "E003"),
        ("LOG_LEVEL", "LOUD", "E004"),
        ("DATABASE_URL", "nonsense", "E005"),
        ("DATABASE_URL", "oracle://a:b@c/d", "E005"),
        ("X_API_BASE_URL", "api.twitter.com", "E006"),
        ("RATE_LIMIT_ANON", "plenty", "E007"),
        ("RATE_LIMIT_KEY", "1/day", "E007"),
        ("EMAIL_URL", "mail.example.org", "E008"),
        ("EMAIL_URL", "smtp://", "E008"),
        ("EMAIL_URL", "smtp://mail:port", "E008"),
        ("TRUSTED_PROXIES", "10.0.0.1", "E003"),
        ("ALLOW_SIGNUP", "perhaps", "E002"),
        ("HTTPS_ONLY", "perhaps", "E002"),
        ("HSTS_SECONDS", "-1", "E003"),
        ("LOG_FORMAT", "xml", "E004"),
        ("METRICS", "short", "E009"),
    ],
)
def test_a_silly_value_is_named_with_a_hint(name: str, value: str, number: str) -> None:
    done = check(**{name: value})
    assert done.returncode == 1
    assert f"hypotweet.{number}" in done.stderr
    assert name in done.stderr
    assert "HINT" in done.stderr


def test_a_missing_key_is_named_outside_debug(tmp_path: Path) -> None:
    done = check(SECRET_KEY="", DEBUG="off")
    assert "hypotweet.E001" in done.stderr
    assert check(SECRET_KEY="", DEBUG="on").returncode == 0


def test_passwords_never_show_in_a_complaint() -> None:
    done = check(DATABASE_URL="postgres://me:hunter2@host:notaport/db")
    assert "hunter2" not in done.stderr + done.stdout


def test_the_server_refuses_to_start_misconfigured() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import hypotweet_site.wsgi"],
        cwd=ROOT,
        env=os.environ | {"SECRET_KEY": "something", "PORT": "no"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "hypotweet.E003" in done.stderr
