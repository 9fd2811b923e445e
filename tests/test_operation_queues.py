"""Refreshes, imports and mails never wait for builds."""

import fcntl
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.installation import DEMO, Installation
from tests.patience import PATIENCE, wait_until

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.any_database,
    pytest.mark.processes,
]
BUILD = """
from common.jobs.locks import _database
from prediction.tasks import build_stale_signature
from tweets.models import User
user = User.objects.predictable().first()
print(f"signature-{user.pk % 64}-{_database()}.lock")
build_stale_signature.enqueue(user.pk)
"""
ADD = """
from tweets.models import Upload
from tweets.tasks import check_upload
check_upload.enqueue(Upload.objects.create(name="t", state="imported").pk)
"""
STATES = "SELECT status FROM django_tasks_database_dbtaskresult WHERE queue_name = "


@pytest.fixture
def site(tmp_path: Path) -> Installation:
    return Installation(tmp_path, after=DEMO, INDEX_DIR=str(tmp_path))


@pytest.fixture
def worker(site: Installation) -> Iterator["subprocess.Popen[str]"]:
    process = site.start("db_worker", "-v0", "--no-reload")
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_an_import_does_not_wait_for_a_build(
    site: Installation, worker: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    """The test holds what the build needs."""
    lock = tmp_path / "locks" / site.python(BUILD).strip()
    lock.parent.mkdir(exist_ok=True)
    with lock.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        wait_until(lambda: ("RUNNING",) in site.sql(f"{STATES} 'builds'"))
        site.python(ADD)
        wait_until(lambda: ("SUCCESSFUL",) in site.sql(f"{STATES} 'default'"))
        assert ("RUNNING",) in site.sql(f"{STATES} 'builds'")
    wait_until(lambda: ("RUNNING",) not in site.sql(f"{STATES} 'builds'"))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=PATIENCE) == 0


def test_a_builder_that_was_killed_is_started_again(
    site: Installation, worker: "subprocess.Popen[str]"
) -> None:
    def builders() -> set[str]:
        rows = site.sql("SELECT id FROM common_worker WHERE builds")
        return {str(pk) for (pk,) in rows}

    wait_until(lambda: len(builders()) == 1)
    children = psutil.Process(worker.pid).children(recursive=True)
    for child in children:
        if "spawn_main" in " ".join(child.cmdline()):
            child.kill()
    wait_until(lambda: len(builders()) == 2)
    worker.kill()
    grandchildren = psutil.wait_procs(children, timeout=PATIENCE)[1]
    assert grandchildren == []


@pytest.mark.parametrize(
    ("options", "taken"),
    [(["--queue-name=builds"], {"builds"}), (["--exclude-queues=builds"], {"default"})],
)
def test_a_machine_may_take_one_kind_only(
    site: Installation, options: list[str], taken: set[str]
) -> None:
    site.python(BUILD + ADD)
    site.run("db_worker", "-v0", "--batch", *options)
    rows = site.sql("SELECT queue_name, status FROM django_tasks_database_dbtaskresult")
    assert {queue for queue, status in rows if status == "SUCCESSFUL"} == taken
