"""`manage.py evaluate`."""

import json
import subprocess
import sys
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
def test_evaluate_writes_every_probability_and_no_text(tmp_path: Path) -> None:
    file = tmp_path / "predictions.jsonl"
    small = ("--train", 20, "--test", 10, "--engines", "signature", "majority")
    result = json.loads(run("evaluate", *small, "--predictions", file, "--json"))
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert len(rows) == 2 * 3 * 10
    for name, figures in result["engines"].items():
        own = [row for row in rows if row["engine"] == name]
        right = [row["handle"] == row["predicted"] for row in own]
        assert sum(right) / len(right) == pytest.approx(figures["accuracy"])
        assert {row["none_of_these"] is None for row in own} == {name == "majority"}
    for row in rows:
        assert row.keys() == {
            *("engine", "handle", "position", "predicted", "probabilities"),
            "none_of_these",
        }
        assert 0 <= row["position"] < 10
        assert set(row["probabilities"]) == set(HANDLES)
        assert sum(row["probabilities"].values()) == pytest.approx(1)


@pytest.mark.usefixtures("cast")
def test_evaluate_gives_users_of_a_mixed_group_different_counts() -> None:
    arguments = ("--mixed", "--test", 10, "--engines", "majority")
    result = json.loads(run("evaluate", *arguments, "--json"))
    assert result["train"] is None
    assert [level["users"] for level in result["engines"]["majority"]["levels"]]
    assert run("evaluate", *arguments).startswith("3 users, 20 to 3,200 training")


def test_asking_for_help_does_not_load_scikit_learn() -> None:
    code = (
        "import sys; from django.core.management import ManagementUtility as M\n"
        "try: M(['manage.py', 'evaluate', '--help']).execute()\n"
        "except SystemExit: print(*[m for m in sys.modules if m == 'sklearn'], 'end')"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert shown.startswith("usage: manage.py evaluate")
    assert shown.splitlines()[-1].strip() == "end"


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
    for option in ("--report", "--predictions"):
        assert str(page) in str(refused("evaluate", *few, option, page))


SWEEP = ("--train", 10, 20, "--test", 10, "--engines", "signature", "majority")


@pytest.mark.usefixtures("cast")
def test_evaluate_tries_several_values_and_says_mean_and_spread() -> None:
    arguments = ("--sample", 2, 3, "--seed", 1, 2, 3, *SWEEP)
    report = json.loads(run("evaluate", *arguments, "--json"))
    tried = [(each["sample"], each["train"]) for each in report["settings"]]
    assert tried == [(2, 10), (2, 20), (3, 10), (3, 20)]
    for each in report["settings"]:
        assert each["seeds"] == [1, 2, 3]
        assert each["users"] == [each["sample"]] * 3
        for figures in each["engines"].values():
            assert figures["accuracy"]["mean"] == pytest.approx(
                sum(figures["accuracy"]["values"]) / 3
            )
    alone = ("--sample", 3, "--train", 20, "--test", 10, "--seed", 2)
    single = json.loads(run("evaluate", *alone, *SWEEP[-3:], "--json"))
    accuracy = report["settings"][3]["engines"]["signature"]["accuracy"]
    assert accuracy["values"][1] == single["engines"]["signature"]["accuracy"]
    assert not Signature.objects.exists()


@pytest.mark.usefixtures("cast")
def test_evaluate_prints_a_line_for_each_setting_and_engine() -> None:
    lines = run("evaluate", "--seed", 1, 2, *SWEEP).splitlines()
    assert [line.split()[:4] for line in lines[1:]] == [
        ["3", "10", "2", "signature"],
        ["3", "10", "2", "majority"],
        ["3", "20", "2", "signature"],
        ["3", "20", "2", "majority"],
    ]
    assert all("±" in line for line in lines[1:])


@pytest.mark.usefixtures("cast")
def test_evaluate_says_what_goes_with_several_values(tmp_path: Path) -> None:
    for option in ("--report", "--predictions"):
        error = refused("evaluate", *SWEEP, option, tmp_path / "file")
        assert "one value of each option" in str(error)
        assert error.returncode == 2
    error = refused("evaluate", "--scheduler", "tcp://127.0.0.1:1")
    assert "several values" in str(error)
    assert error.returncode == 2


def test_evaluate_needs_two_users() -> None:
    assert refused("evaluate").returncode == 2
