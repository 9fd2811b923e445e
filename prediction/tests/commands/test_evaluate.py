"""`manage.py evaluate`."""

import json
from pathlib import Path

import pytest

from prediction.models import Background, Signature
from tests.commands import refused, run
from tweets.models import User
from tweets.tests.cast import CRITIC, FAN, KEEPER, make_user

pytestmark = pytest.mark.django_db
HANDLES = (KEEPER, CRITIC, FAN)


@pytest.mark.usefixtures("cast")
def test_evaluate_changes_nothing_stored() -> None:
    arguments = ("--train", 20, "--test", 10, "--seed", 1, "--json")
    report = json.loads(run("evaluate", *arguments))
    assert set(report["engines"]) == {
        "signature",
        "linear-svm",
        "char-lr",
        "naive-bayes",
        "majority",
    }
    assert report["engines"]["majority"]["accuracy"] == pytest.approx(1 / 3)
    assert not Signature.objects.exists()
    assert not Background.objects.exists()


@pytest.mark.usefixtures("cast")
def test_evaluate_writes_a_page(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    run(
        "evaluate",
        *("--train", 20, "--test", 10, "--engines", "signature", "majority"),
        *("--report", page),
    )
    text = page.read_text(encoding="utf-8")
    assert "<svg" in text
    assert KEEPER in text


@pytest.mark.usefixtures("cast")
def test_evaluate_names_users_it_leaves_out() -> None:
    make_user("newcomer", ["one two three"] * 1)
    User.objects.filter(handle="newcomer").update(eligible_count=12)
    report = json.loads(run("evaluate", "--train", 20, "--test", 10, "--json"))
    assert [skipped["handle"] for skipped in report["skipped"]] == ["newcomer"]


@pytest.mark.usefixtures("cast")
def test_evaluate_prints_a_line_for_each_engine() -> None:
    arguments = ("--train", 20, "--test", 10, "--engines", "signature", "majority")
    said = run("evaluate", "--sample", 2, *arguments).splitlines()
    assert said[0].startswith("2 users, 20 training tweets each, 10 test tweets each")
    assert [line.split()[0] for line in said[1:]] == ["engine", "signature", "majority"]


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("wrong", [("--train", 0), ("--test", 0), ("--sample", 1)])
def test_evaluate_explains_wrong_usage(wrong: tuple[str, int]) -> None:
    error = refused("evaluate", *wrong)
    assert wrong[0] in str(error)
    assert error.returncode == 2


@pytest.mark.usefixtures("cast")
def test_evaluate_needs_enough_tweets_and_a_writable_report(tmp_path: Path) -> None:
    assert "two users" in str(refused("evaluate", "--train", 200)).lower()
    page = tmp_path / "no folder" / "page.html"
    few = ("--train", 20, "--test", 10, "--engines", "majority")
    assert str(page) in str(refused("evaluate", *few, "--report", page))


def test_evaluate_needs_two_users() -> None:
    assert refused("evaluate").returncode == 2
