"""`manage.py export_model`, and `predict --model`."""

import json
from pathlib import Path

import pytest

from prediction.tests.commands.test_predict import predicted
from tests.commands import refused, run
from tweets.models import User
from tweets.tests.cast import CRITIC, FAN, KEEPER

pytestmark = pytest.mark.django_db
HANDLES = (KEEPER, CRITIC, FAN)


@pytest.mark.usefixtures("cast")
def test_a_model_predicts_without_the_database(tmp_path: Path) -> None:
    model = tmp_path / "three.hypotweet"
    run("export_model", "--users", *HANDLES, "-o", model)
    stored = predicted("--text", "Log. Wind SW 4, lamp lit.")
    User.objects.all().delete()
    text = "Log. Wind SW 4, lamp lit."
    portable = json.loads(run("predict", "--model", model, "--text", text, "--json"))
    assert portable["candidates"] == stored["candidates"]
    assert portable["evidence"] == stored["evidence"]


@pytest.mark.usefixtures("cast")
def test_a_model_says_what_would_change_the_answer_but_counts_no_tweets(
    tmp_path: Path,
) -> None:
    model = tmp_path / "three.hypotweet"
    run("export_model", "--users", *HANDLES, "-o", model)
    text = "Log. Wind SW 4, lamp lit. UP THE PLUMS!!!"
    stored = predicted("--text", text, "--why")
    User.objects.all().delete()
    asked = ("predict", "--model", model, "--text", text, "--why")
    portable = json.loads(run(*asked, "--json"))
    assert portable["change"] == stored["change"] is not None
    assert {found["why"] for found in portable["evidence"]} == {None}
    assert f"Without “{portable['change']['text']}” it would be @" in run(*asked)


def test_a_damaged_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model"
    path.write_bytes(b"nothing of the kind")
    assert "not a model" in str(refused("predict", "--model", path, "--text", "x"))
    path.unlink()
    assert str(path) in str(refused("predict", "--model", path, "--text", "x"))


@pytest.mark.usefixtures("cast")
def test_a_failed_export_is_explained(tmp_path: Path) -> None:
    nowhere = tmp_path / "no folder" / "model"
    assert str(nowhere) in str(refused("export_model", "--all-users", "-o", nowhere))
    one = refused("export_model", "--users", KEEPER, "-o", tmp_path / "model")
    assert one.returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_without_tweets_there_is_nothing_to_export(tmp_path: Path) -> None:
    empty = refused("export_model", "--all-users", "-o", tmp_path / "model")
    assert empty.returncode == 2
