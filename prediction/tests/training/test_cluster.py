"""A cluster is refused where it could not work, and its workers refuse to store
anything else than the command would; processes that kill them: tests/faults."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from prediction.models import Signature
from prediction.training import on_worker
from prediction.training.backgrounds import usable_background
from prediction.training.on_worker import Refusal, here, perform
from tests.commands import refused
from tweets.models import User
from tweets.tests.cast import make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's transaction is on the connection that a worker would give back."""
    monkeypatch.setattr("django.db.close_old_connections", lambda: None)


def build(expected: dict[str, str]) -> object:
    make_cast(20)
    shared = {"how": "build_stale", "background_id": usable_background().pk}
    pk = User.objects.order_by("pk").values_list("pk", flat=True)[0]
    return perform("build", pk, expected, **shared)


def test_a_worker_builds_what_is_asked_for_and_stores_it() -> None:
    assert build(here()) is True
    assert Signature.objects.count() == 1


@pytest.mark.parametrize("what", ["code", "numpy", "scikit-learn", "database"])
def test_a_worker_with_something_else_refuses_and_stores_nothing(what: str) -> None:
    answer = build(here() | {what: "another"})
    assert isinstance(answer, Refusal)
    assert answer.reason == f"has {what} {here()[what]} instead of another"
    assert not Signature.objects.exists()


def test_the_code_that_counts_is_there() -> None:
    for name in on_worker.CODE:
        assert (on_worker.ROOT / name).exists(), name


def test_a_command_says_what_a_cluster_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ("build_signatures", "--scheduler", "tcp://127.0.0.1:1")
    if connection.vendor != "postgresql":
        assert "cannot read a SQLite file" in str(refused(*arguments))
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert "pip install -r requirements-extras.txt" in str(refused(*arguments))


def test_no_process_of_the_site_loads_dask() -> None:
    code = (
        "import sys, django; django.setup()\n"
        "import hypotweet_site.urls, hypotweet_site.management.commands.start\n"
        "import prediction.tasks, prediction.training.cluster\n"
        "print([m for m in ('dask', 'distributed', 'tornado') if m in sys.modules])"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "hypotweet_site.settings"}
    run = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "[]"
