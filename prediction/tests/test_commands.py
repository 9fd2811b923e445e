"""`predict`, `evaluate`, `build_signatures`, `export_model`, as operators use them."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from prediction.models import Background, Signature
from tests.commands import refused, run
from tweets.models import User
from tweets.tests.cast import CRITIC, FAN, KEEPER, make_cast, make_user

pytestmark = pytest.mark.django_db
HANDLES = (KEEPER, CRITIC, FAN)


@pytest.fixture
def cast() -> list[User]:
    return make_cast(40)


def predicted(*arguments: object) -> dict[str, Any]:
    return json.loads(run("predict", "--users", *HANDLES, "--json", *arguments))


@pytest.mark.usefixtures("cast")
def test_predict_prints_the_contract_s_json() -> None:
    answer = predicted("--text", "Log. Wind SW 4, lamp lit. 🌊")
    assert answer["predicted"] in HANDLES
    assert set(answer["none_of_these"]) == {"flag", "probability"}
    assert set(answer["held_out"]) == {"accuracy", "chance", "tweets"}
    for found in answer["evidence"]:
        assert answer["text"][found["start"] : found["end"]] == found["text"]
    assert sum(c["probability"] for c in answer["candidates"]) == pytest.approx(1)


@pytest.mark.usefixtures("cast")
def test_predict_tells_people_in_words() -> None:
    said = run(
        "predict", "--all-users", "--text", "Lamp\nlit.", "--top", 2
    ).splitlines()
    assert said[0] == "Lamp lit."
    assert {line.split("@")[1].split()[0] for line in said[1:3]} <= {*HANDLES}
    assert any("There is little to go by" in line for line in said[3:-1])
    assert said[-1].startswith("  On this group's newest ")
    assert "the model is right" in said[-1]


def test_a_text_of_nobody_s_is_told_as_such() -> None:
    make_cast(80)
    strange = "§1 Abs. 2: (a) [b] {c}; <b>HTML</b> & co; x=1;"
    said = run("predict", "--users", *HANDLES, "--text", strange)
    assert "Perhaps none of them wrote it." in said


@pytest.mark.usefixtures("cast")
def test_a_long_file_is_answered_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "texts.txt"
    path.write_text("".join(f"Lamp lit, day {day}.\n" for day in range(501)))
    users = ("--users", KEEPER, FAN)
    lines = run("predict", *users, "--file", path, "--json", "--top", 1).splitlines()
    assert [json.loads(line)["text"] for line in lines] == [
        f"Lamp lit, day {day}." for day in range(501)
    ]


@pytest.mark.usefixtures("cast")
def test_top_keeps_the_likeliest() -> None:
    assert len(predicted("--text", "Lamp lit.", "--top", 1)["candidates"]) == 1


@pytest.mark.usefixtures("cast")
def test_a_file_gives_one_answer_a_line_and_names_bad_lines(tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text('"Lamp lit."\n{"text": "WHAT A GOAL"}\n{"no": 1}\nbroken\n""\n')
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError) as caught:
        call_command(
            "predict",
            "--users",
            *HANDLES,
            "--file",
            path,
            "--json",
            stdout=out,
            stderr=err,
        )
    assert caught.value.returncode == 1
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [answer["text"] for answer in answers] == ["Lamp lit.", "WHAT A GOAL"]
    assert [f"line {n}:" in err.getvalue() for n in (3, 4, 5)] == [True] * 3


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--users", KEEPER, "--text", "x"], "Pick at least two users"),
        (["--users", KEEPER, KEEPER, "--text", "x"], "two different users"),
        (["--users", KEEPER, "nobody", "--text", "x"], "Not known here: @nobody"),
        (["--users", KEEPER, FAN, "--text", "  "], "Enter a tweet"),
        (["--users", KEEPER, FAN, "--text", "x", "--top", "0"], "--top"),
        (["--users", KEEPER, FAN, "--file", "not/there.txt"], "not/there.txt"),
        (
            ["--model", "x", "--engine", "vectors", "--text", "x"],
            "an engine of its own",
        ),
    ],
)
def test_wrong_usage_is_told_and_exits_with_2(arguments: list[str], words: str) -> None:
    error = refused("predict", *arguments)
    assert words in str(error)
    assert error.returncode == 2


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


def test_a_damaged_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model"
    path.write_bytes(b"nothing of the kind")
    assert "not a model" in str(refused("predict", "--model", path, "--text", "x"))
    path.unlink()
    assert str(path) in str(refused("predict", "--model", path, "--text", "x"))


@pytest.mark.usefixtures("cast")
def test_an_export_that_cannot_be_is_told(tmp_path: Path) -> None:
    nowhere = tmp_path / "no folder" / "model"
    assert str(nowhere) in str(refused("export_model", "--all-users", "-o", nowhere))
    one = refused("export_model", "--users", KEEPER, "-o", tmp_path / "model")
    assert one.returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_without_tweets_there_is_nothing_to_export(tmp_path: Path) -> None:
    empty = refused("export_model", "--all-users", "-o", tmp_path / "model")
    assert empty.returncode == 2


@pytest.mark.usefixtures("cast")
def test_evaluate_leaves_what_is_stored_alone() -> None:
    arguments = ("--train", 20, "--test", 10, "--seed", 1, "--json")
    report = json.loads(run("evaluate", *arguments))
    assert set(report["engines"]) == {
        "signature",
        "linear-svm",
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
def test_evaluate_tells_whom_it_left_out() -> None:
    make_user("newcomer", ["one two three"] * 1)
    User.objects.filter(handle="newcomer").update(eligible_count=12)
    report = json.loads(run("evaluate", "--train", 20, "--test", 10, "--json"))
    assert [skipped["handle"] for skipped in report["skipped"]] == ["newcomer"]


@pytest.mark.usefixtures("cast")
def test_evaluate_tells_people_a_line_for_each_engine() -> None:
    arguments = ("--train", 20, "--test", 10, "--engines", "signature", "majority")
    said = run("evaluate", "--sample", 2, *arguments).splitlines()
    assert said[0].startswith("2 users, 20 training tweets each, 10 test tweets each")
    assert [line.split()[0] for line in said[1:]] == ["engine", "signature", "majority"]


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("wrong", [("--train", 0), ("--test", 0), ("--sample", 1)])
def test_evaluate_tells_wrong_usage(wrong: tuple[str, int]) -> None:
    error = refused("evaluate", *wrong)
    assert wrong[0] in str(error)
    assert error.returncode == 2


@pytest.mark.usefixtures("cast")
def test_evaluate_needs_enough_tweets_and_a_place_for_its_page(tmp_path: Path) -> None:
    assert "two users" in str(refused("evaluate", "--train", 200)).lower()
    page = tmp_path / "no folder" / "page.html"
    few = ("--train", 20, "--test", 10, "--engines", "majority")
    assert str(page) in str(refused("evaluate", *few, "--report", page))


def test_evaluate_needs_two_users() -> None:
    assert refused("evaluate").returncode == 2


@pytest.mark.usefixtures("cast")
def test_build_signatures_builds_what_is_stale_and_then_nothing() -> None:
    assert "3 signatures built" in run("build_signatures", "--jobs", 1)
    assert "0 signatures built" in run("build_signatures", "--jobs", 1)
    assert "1 signatures built" in run("build_signatures", KEEPER, "--jobs", 1)


@pytest.mark.usefixtures("cast")
def test_rebuilding_all_switches_to_a_new_version() -> None:
    run("build_signatures", "--jobs", 1)
    before = Background.objects.get().pk
    run("build_signatures", "--all", "--jobs", 1)
    background = Background.objects.get()
    assert background.pk != before
    assert background.is_current
    assert background.signatures.count() == 3


@pytest.mark.usefixtures("cast")
def test_a_rebuild_that_was_killed_is_gone_on_with() -> None:
    from prediction.training import backgrounds, signatures
    from prediction.training.tweet_features import TweetFeatures

    run("build_signatures", "--jobs", 1)
    begun = backgrounds.prepare_background(TweetFeatures())
    signatures.build_one(User.objects.get(handle=KEEPER).pk, begun.pk, TweetFeatures())
    assert "2 signatures built" in run("build_signatures", "--all", "--jobs", 1)
    assert Background.objects.get().pk == begun.pk


def test_build_signatures_needs_two_users() -> None:
    assert "Fewer than two users" in str(refused("build_signatures"))


@pytest.mark.usefixtures("cast")
def test_unknown_handles_are_named() -> None:
    assert "nobody" in str(refused("build_signatures", "nobody"))


@pytest.mark.usefixtures("cast")
def test_who_has_too_few_tweets_is_named() -> None:
    make_user("newcomer", ["one two three"])
    told = str(refused("build_signatures", KEEPER, "newcomer"))
    assert "@newcomer has 1; 10 are needed" in told
    assert refused("build_signatures", "--jobs", 0).returncode == 2
    assert "Not everybody" in str(refused("build_vectors", KEEPER, "newcomer"))
