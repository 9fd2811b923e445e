"""Rebuilds that meet, and what they leave on the disk, lost or damaged."""

from pathlib import Path

import pytest
from pytest_django import Settings

from prediction.serving import loader, predictor, ranking_index
from tests.faults.site import Site
from tests.faults.traffic import Traffic
from tests.patience import PATIENCE
from tweets.tests.cast import KEEPER, make_cast

pytestmark = [pytest.mark.django_db, pytest.mark.processes]
TEXT = "Log. Wind SW 6, sea moderate, visibility good. Lamp lit."
CURRENT = """
SELECT count(DISTINCT background.id), count(signature.id)
FROM prediction_background background
LEFT JOIN prediction_signature signature ON background_id = background.id
WHERE is_current
"""


def test_two_rebuilds_at_once_leave_one_whole_version(tmp_path: Path) -> None:
    with Site(tmp_path) as site, Traffic(site.port, 2, pause=0.05) as traffic:
        traffic.wait_for(5, 200)
        both = [site.start("build_signatures", "--all") for _ in range(2)]
        for rebuild in both:
            _, said = rebuild.communicate(timeout=PATIENCE)
            assert rebuild.returncode == 0, said
        assert site.sql(CURRENT) == [(1, 3)]
        assert site.rows("prediction_background") == 1
        assert site.rows("prediction_signature") == 3
    assert {answer.status for answer in traffic.answers} == {200}


@pytest.mark.parametrize("harm", ["lost", "cut", "nonsense at its end"])
def test_an_index_that_is_gone_or_damaged_is_written_anew(
    harm: str, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.INDEX_DIR = tmp_path
    monkeypatch.setattr(loader, "LARGE", 2)
    cast = make_cast(40)
    before = predictor.predict(cast, TEXT)
    ranking_index._opened.cache_clear()
    (index,) = tmp_path.glob("*.index")
    if harm == "lost":
        for path in tmp_path.iterdir():
            if path.is_file():
                path.unlink()
    elif harm == "cut":
        index.write_bytes(index.read_bytes()[:-7])
    else:
        index.write_bytes(index.read_bytes()[:-9] + b"?" + index.read_bytes()[-8:])
    after = predictor.predict(cast, TEXT)
    assert after.best.user.handle == before.best.user.handle == KEEPER
    assert after.best.probability == pytest.approx(before.best.probability)
