"""Rebuilds by a Dask cluster whose workers, scheduler or command end in the middle."""

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from tests.clusters import ProcessCluster
from tests.installation import DEMO, Installation
from tests.patience import PATIENCE, wait_until

pytestmark = [pytest.mark.django_db, pytest.mark.processes]

STORED = """
SELECT handle, model, held_out FROM prediction_signature signature
JOIN tweets_user person ON person.id = user_id
JOIN prediction_background background ON background.id = background_id
WHERE is_current ORDER BY handle
"""
# Every build that is stored is noted; one person's waits for a lock before.
GATE = 8786
WATCH = """
CREATE TABLE builds (user_id bigint, background_id bigint);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO builds VALUES (NEW.user_id, NEW.background_id); RETURN NEW;
END $$;
CREATE TRIGGER note AFTER INSERT OR UPDATE ON prediction_signature
  FOR EACH ROW EXECUTE FUNCTION note();
CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  PERFORM pg_advisory_xact_lock(8786) FROM tweets_user
    WHERE id = NEW.user_id AND handle = 'gullrock_keeper';
  RETURN NEW;
END $$;
CREATE TRIGGER wait BEFORE INSERT ON prediction_signature
  FOR EACH ROW EXECUTE FUNCTION wait();
"""
WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE wait_event = 'advisory' AND datname = current_database()
"""
OF_ONE = "user_id = (SELECT id FROM tweets_user WHERE handle = 'gullrock_keeper')"
BEGUN = """
SELECT count(*) FROM prediction_signature signature
JOIN prediction_background background ON background.id = background_id
WHERE NOT is_current
"""
BEGUN_OF_ONE = f"{BEGUN} AND {OF_ONE}"


@pytest.fixture
def site(tmp_path: Path) -> Installation:
    if connection.vendor != "postgresql":
        pytest.skip("workers read from PostgreSQL")
    site = Installation(tmp_path, after=DEMO, INDEX_DIR=str(tmp_path / "index"))
    site.sql(WATCH)
    return site


def test_what_two_killed_workers_had_is_built_once_and_equal_to_the_local_build(
    site: Installation, tmp_path: Path
) -> None:
    here = site.copy(tmp_path, INDEX_DIR=str(tmp_path / "here"))
    here.run("build_signatures", "--all", "--jobs", "1")
    with ProcessCluster(tmp_path, site.environment) as cluster:
        cluster.add(4)
        with gate(site) as let_go:
            rebuild = start(site, cluster)
            for kills in (1, 2):
                cluster.kill(holder(site, cluster, waiting=kills))
            holder(site, cluster, waiting=3)
            let_go()
            out, err = rebuild.communicate(timeout=PATIENCE)
    assert rebuild.returncode == 0, err
    assert json.loads(out) == {"built": 8}
    assert site.sql(STORED) == here.sql(STORED)
    builds = site.sql("SELECT * FROM builds")
    assert len(builds) == len(set(builds)) == 8
    assert site.rows("prediction_background") == 1


def test_what_an_ended_rebuild_stored_is_not_built_again(
    site: Installation, tmp_path: Path
) -> None:
    with ProcessCluster(tmp_path, site.environment) as cluster:
        cluster.add(1)
        with gate(site) as let_go:
            rebuild = start(site, cluster)
            holder(site, cluster, waiting=1)
            rebuild.send_signal(signal.SIGINT)
            _, err = rebuild.communicate(timeout=PATIENCE)
            assert rebuild.returncode == 1
            assert "Stopped. What is stored stays" in err
            let_go()
        wait_until(lambda: site.sql(BEGUN_OF_ONE) == [(1,)])
        with gate(site):
            site.sql(f"DELETE FROM prediction_signature WHERE {OF_ONE}")  # noqa: S608
            rebuild = start(site, cluster)
            holder(site, cluster, waiting=1)
            cluster.scheduler.kill()
            _, err = rebuild.communicate(timeout=PATIENCE)
    assert rebuild.returncode == 1
    assert f"The scheduler at {cluster.address} is gone." in err
    ((begun,),) = site.sql(BEGUN)
    done = site.run("build_signatures", "--all", "--jobs", "1", "--json")
    assert json.loads(done) == {"built": 8 - begun}


def test_a_sweep_on_a_cluster_finds_what_it_finds_here(
    site: Installation, tmp_path: Path
) -> None:
    sweep = (
        *("evaluate", "--json", "--engines", "signature"),
        *("--sample", "4", "--train", "20", "--test", "10", "--seed", "1", "2"),
    )
    here = site.run(*sweep)
    with ProcessCluster(tmp_path, site.environment) as cluster:
        cluster.add(2)
        there = site.run(*sweep, "--scheduler", cluster.address)
    assert figures(there) == figures(here)


def figures(printed: str) -> dict[str, Any]:
    """Returns what does not depend on how fast a machine is."""
    (setting,) = json.loads(printed)["settings"]
    measures: dict[str, Any] = setting["engines"]["signature"]
    for name in ("seconds_to_fit", "ms_per_prediction"):
        del measures[name]
    return measures


def start(site: Installation, cluster: ProcessCluster) -> Any:
    return site.start(
        "build_signatures", "--all", "--json", "--scheduler", cluster.address
    )


@contextmanager
def gate(site: Installation) -> Iterator[Callable[[], None]]:
    """Nobody stores the one person's signature until the yielded function is called."""
    url = site.environment["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as holding:
        holding.execute("SELECT pg_advisory_lock(%s)", [GATE])
        yield holding.close


def holder(site: Installation, cluster: ProcessCluster, waiting: int) -> str:
    """Returns the worker that stores the one person's, once so many connections, of
    killed workers too, wait with it and no other worker has anything to do."""
    wait_until(lambda: site.sql(WAITING) == [(waiting,)])
    wait_until(lambda: len(cluster.processing()) == 1)
    (name,) = cluster.processing()
    return name
