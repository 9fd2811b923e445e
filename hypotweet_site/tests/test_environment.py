"""Invalid environment variables are reported by name, with a number and a hint."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_django import Settings

from hypotweet_site.environment import Environment, Misconfiguration
from hypotweet_site.operations.checks import environment_is_usable

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs Python in an environment of its own."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | {"SECRET_KEY": "something", "DATABASE_URL": ""} | variables,
        capture_output=True,
        text=True,
    )


def problems(
    monkeypatch: pytest.MonkeyPatch, **variables: str
) -> list[Misconfiguration]:
    """What the settings find wrong with these variables."""
    for name, value in ({"SECRET_KEY": "something"} | variables).items():
        monkeypatch.setenv(name, value)
    found: list[Misconfiguration] = runpy.run_module("hypotweet_site.settings")[
        "ENVIRONMENT"
    ].problems
    return found


def test_the_defaults_need_only_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    assert problems(monkeypatch, DATABASE_URL="") == []


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
        ("UPLOAD_STORAGE", "s3://uploads", "E015"),
        ("UPLOAD_STORAGE", "nowhere.at.all.Storage", "E015"),
        ("UPLOAD_STORAGE", "tests.object_store.HttpStorage?here", "E015"),
    ],
)
def test_an_invalid_value_is_reported_with_a_hint(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, number: str
) -> None:
    [problem] = problems(monkeypatch, **{name: value})
    assert problem.id == f"hypotweet.{number}"
    assert name in problem.message
    assert problem.hint


def test_a_missing_key_is_reported_unless_debug_is_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    [problem] = problems(monkeypatch, SECRET_KEY="", DEBUG="off")
    assert problem.id == "hypotweet.E001"
    assert problems(monkeypatch, SECRET_KEY="", DEBUG="on") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgres://me:hunter2@host:notaport/db"),
        ("EMAIL_URL", "smtp://me:hunter2@mail:port"),
        ("METRICS", "hunter2"),
        ("UPLOAD_STORAGE", "nowhere.Storage?secret_key=hunter2"),
    ],
)
def test_a_report_never_shows_a_password(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    [problem] = problems(monkeypatch, **{name: value})
    assert "hunter2" not in str(problem)


def test_every_problem_is_an_error_of_the_system_checks(settings: Settings) -> None:
    settings.ENVIRONMENT.problems.append(Misconfiguration("hypotweet.E000", "m", "h"))
    try:
        error = environment_is_usable(None)[-1]
    finally:
        settings.ENVIRONMENT.problems.pop()
    assert (error.id, error.msg, error.hint) == ("hypotweet.E000", "m", "h")
    assert error.is_serious()


def test_the_check_command_reports_an_invalid_value() -> None:
    done = run("manage.py", "check", DATABASE_URL="postgres://me:hunter2@host:no/db")
    assert done.returncode == 1
    assert "hypotweet.E005) DATABASE_URL" in done.stderr
    assert "HINT" in done.stderr
    assert "hunter2" not in done.stderr + done.stdout


def test_the_server_refuses_to_start_with_an_invalid_value() -> None:
    done = run("-c", "import hypotweet_site.wsgi", PORT="no")
    assert done.returncode == 1
    assert "hypotweet.E003" in done.stderr


@pytest.mark.parametrize("value", ["ten", "-5", "1e4"])
def test_a_typing_error_never_costs_money(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("X_DAILY_POSTS", value)
    environment = Environment()
    assert environment.count("X_DAILY_POSTS") == 0
    assert "no whole number" in environment.problems[0].message
    monkeypatch.setenv("X_DAILY_POSTS", "10_000")
    assert Environment().count("X_DAILY_POSTS") == 10_000
