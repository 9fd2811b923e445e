"""deploy.md's “Containers”, carried out word by word with Podman."""

import json
import shutil
import time
from collections.abc import Iterator

import pytest

from tests.machine.containers import Containers, why_not
from tests.machine.debian import new_folder
from tests.machine.documents import commands
from tweets.tests.cast import CRITIC, FAN, KEEPER

pytestmark = [
    pytest.mark.any_database,
    pytest.mark.machine,
    pytest.mark.skipif(bool(why_not()), reason=why_not() or "it can run"),
]
PASSWORD = "a lamp in the fog"
TYPED = {"Password: ": PASSWORD, "Once more: ": PASSWORD}
BACKUP = "/backups/2026-11-24-034000.zip"


@pytest.fixture(scope="module")
def containers() -> Iterator[Containers]:
    folder = new_folder()
    made = Containers(folder)
    try:
        yield made
    finally:
        made.remove()
        shutil.rmtree(folder, ignore_errors=True)


def test_the_documents_work_word_by_word(containers: Containers) -> None:
    for step in (
        the_image_holds_no_secret,
        two_commands_start_the_site,
        the_first_backup_is_made,
        settings_are_not_replaced,
        staff_and_people_come,
        the_program_can_change_nothing_of_itself,
        health_is_that_of_the_database,
        it_stops_in_time_and_keeps_everything,
        a_backup_is_restored,
    ):
        began = time.monotonic()
        step(containers)
        print(f"{time.monotonic() - began:4.0f} s  {step.__name__}")  # noqa: T201


def the_image_holds_no_secret(containers: Containers) -> None:
    containers.build()
    files = containers.image_files()
    assert "./manage.py" in files
    assert "./prediction/engine/__init__.py" in files
    unwanted = [name for name in files if "/tests/" in name or "/.git" in name]
    assert unwanted + [name for name in files if name.endswith(".env")] == []


def written() -> tuple[str, str]:
    """The two commands that start the site, and those for staff and people."""
    lines = commands("deploy.md", "Containers").splitlines()
    return "\n".join(lines[:2]), "\n".join(lines[2:5])


def two_commands_start_the_site(containers: Containers) -> None:
    containers.sh(written()[0])
    containers.is_up()
    assert "HypoTweet" in containers.ask("/")


def the_first_backup_is_made(containers: Containers) -> None:
    """Though these containers start all at once, before the migrations."""
    limit = time.monotonic() + 120
    while containers.inside("nightly", "ls $BACKUP_DIR/*.zip").returncode:
        assert time.monotonic() < limit
        time.sleep(1)


def settings_are_not_replaced(containers: Containers) -> None:
    files = [
        containers.site / f"deploy/container/{n}.env" for n in ("site", "database")
    ]
    before = [file.read_text() for file in files]
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600, 0o600]
    shown = containers.sh("! deploy/container/configure hypotweet.example.org")
    assert "site.env exists" in shown
    assert [file.read_text() for file in files] == before


def staff_and_people_come(containers: Containers) -> None:
    shown = containers.sh(written()[1], TYPED)
    assert "The superuser ann was created." in shown
    assert "PROBLEM" not in shown
    assert PASSWORD not in shown
    containers.sh("docker compose exec web hypotweet build_signatures")
    the_site_predicts(containers)


def the_site_predicts(containers: Containers) -> None:
    question = {"text": "Lamp lit.", "users": [KEEPER, CRITIC]}
    answer = containers.ask("/api/v1/predictions", json.dumps(question).encode())
    assert len(json.loads(answer)["candidates"]) == 2


def the_program_can_change_nothing_of_itself(containers: Containers) -> None:
    for service in ("web", "worker", "refresh", "check", "nightly"):
        assert containers.inside(service, "id -u").stdout == "10001\n"
        able = containers.inside(service, "grep CapEff /proc/self/status").stdout
        assert int(able.split()[1], 16) == 0
        for folder in ("/", "/srv/hypotweet", "/etc"):
            assert containers.inside(service, f"touch {folder}/x").returncode
    for service in ("web", "worker"):
        assert containers.inside(service, "touch /backups/x").returncode
        assert not containers.inside(service, "touch /data/x").returncode


def health_is_that_of_the_database(containers: Containers) -> None:
    assert containers.is_healthy()
    containers.sh("docker compose stop database")
    assert not containers.is_healthy()
    containers.sh("docker compose start database")
    containers.is_up()
    assert containers.is_healthy()


def it_stops_in_time_and_keeps_everything(containers: Containers) -> None:
    began = time.monotonic()
    containers.sh("docker compose stop web worker refresh check nightly")
    assert time.monotonic() - began < 60
    containers.sh("docker compose start web worker refresh check nightly")
    containers.is_up()
    the_site_predicts(containers)


def a_backup_is_restored(containers: Containers) -> None:
    """With whoever was here, but not whom somebody erased since."""
    nightly = containers.inside("nightly", "ls $BACKUP_DIR/*.zip")
    assert len(nightly.stdout.split()) == 1
    assert containers.inside("nightly", f"hypotweet backup {BACKUP}").returncode == 0
    containers.inside("web", f"hypotweet erase_user {FAN} --yes")
    containers.inside("web", "hypotweet reset_tweets --all --yes")
    restore = "\n".join(commands("deploy.md", "Containers").splitlines()[5:])
    assert BACKUP in restore
    containers.sh(restore)
    containers.is_up()
    the_site_predicts(containers)
    names = [u["handle"] for u in json.loads(containers.ask("/api/v1/users"))["items"]]
    assert KEEPER in names
    assert FAN not in names
