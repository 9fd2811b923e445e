"""`manage.py predict`."""

import json
import signal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.commands import refused, run
from tests.installation import DEMO, Installation
from tests.patience import PATIENCE
from tweets.tests.cast import CRITIC, FAN, KEEPER, make_cast, make_user

pytestmark = pytest.mark.django_db
HANDLES = (KEEPER, CRITIC, FAN)


def predicted(*arguments: object) -> dict[str, Any]:
    return json.loads(run("predict", "--users", *HANDLES, "--json", *arguments))


@pytest.mark.usefixtures("cast")
def test_predict_prints_the_documented_json() -> None:
    answer = predicted("--text", "Log. Wind SW 4, lamp lit. 🌊")
    assert answer["predicted"] in HANDLES
    assert set(answer["none_of_these"]) == {"flag", "probability", "reason"}
    assert set(answer["held_out"]) == {"accuracy", "chance", "tweets"}
    for found in answer["evidence"]:
        assert answer["text"][found["start"] : found["end"]] == found["text"]
    assert sum(c["probability"] for c in answer["candidates"]) == pytest.approx(1)


@pytest.mark.usefixtures("cast")
def test_predict_prints_words_for_people() -> None:
    said = run(
        "predict", "--all-users", "--text", "Lamp\nlit.", "--top", 2
    ).splitlines()
    assert said[0] == "Lamp lit."
    assert {line.split("@")[1].split()[0] for line in said[1:3]} <= {*HANDLES}
    assert any("There is little to go by" in line for line in said[3:-1])
    assert said[-1].startswith("  On this group's newest ")
    assert "the model is right" in said[-1]


@pytest.mark.usefixtures("cast")
def test_predict_says_why_if_asked() -> None:
    text = "Log. Wind SW 4, lamp lit. A restored print (two stars) UP THE PLUMS!!!"
    plain, asked = predicted("--text", text), predicted("--text", text, "--why")
    assert plain["change"] is None
    assert set(asked["change"]) == {"start", "end", "text", "predicted", "smallest"}
    assert asked["change"]["predicted"] != asked["predicted"]
    assert any(found["why"] and found["tweets"] for found in asked["evidence"])
    same = ("start", "end", "text", "weight", "toward", "strength")
    for one, other in zip(plain["evidence"], asked["evidence"], strict=True):
        assert one["why"] is None
        assert [one[key] for key in same] == [other[key] for key in same]
    said = run("predict", "--users", *HANDLES, "--text", text, "--why")
    assert "” speaks " in said
    assert f"Without “{asked['change']['text']}” it would be @" in said


@pytest.mark.usefixtures("cast")
def test_predict_recognises_what_is_stored_even_of_unlisted_people() -> None:
    text = "The moon owes me an apology"
    make_user("hidden", [text], is_listed=False)
    assert predicted("--text", text)["verbatim"]["handle"] == "hidden"
    said = run("predict", "--all-users", "--text", text).splitlines()
    assert said[1] == "  @hidden really wrote this: https://x.com/hidden/status/1"


def test_predict_says_which_script_nobody_writes() -> None:
    make_cast(80)
    strange = "今朝もまた電車に乗り遅れて、会社まで走る羽目になった。"
    nobody = predicted("--users", *HANDLES, "--text", strange)["none_of_these"]
    assert (nobody["flag"], nobody["reason"]) == (True, "script")


@pytest.mark.usefixtures("cast")
def test_predict_verifies_one_user() -> None:
    text = "Log. Wind SW 4, lamp lit, and the gull is back."
    answer = json.loads(run("predict", "--user", KEEPER, "--text", text, "--json"))
    assert answer["handle"] == KEEPER
    assert answer["log_likelihood_ratio"] > 0
    said = run("predict", "--user", KEEPER, "--text", text).splitlines()
    assert said[0] == text
    assert said[1].startswith(f"  {answer['words'].capitalize()}: ")
    assert said[1].endswith(f"times as likely from @{KEEPER}.")


@pytest.mark.usefixtures("cast")
def test_a_file_of_texts_is_verified_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "texts.txt"
    path.write_text("Lamp lit tonight.\nWHAT A GOAL LADS\n")
    out = run("predict", "--user", KEEPER, "--file", path, "--json").splitlines()
    assert [json.loads(line)["handle"] for line in out] == [KEEPER] * 2


def test_predict_says_when_nobody_wrote_it() -> None:
    make_cast(80)
    strange = "§1 Abs. 2: (a) [b] {c}; <b>HTML</b> & co; x=1;"
    said = run("predict", "--users", *HANDLES, "--text", strange)
    assert "Nobody here writes like this: " in said


@pytest.mark.usefixtures("cast")
def test_every_line_of_a_long_file_is_answered(tmp_path: Path) -> None:
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
def test_a_file_gets_one_answer_per_line_and_bad_lines_are_named(
    tmp_path: Path,
) -> None:
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
        (["--user", "nobody", "--text", "x"], "Not known here: @nobody"),
        (["--user", KEEPER, "--text", " "], "Enter a tweet"),
        (["--user", KEEPER, "--text", "x", "--top", "2"], "no --top"),
        (["--user", KEEPER, "--text", "x", "--engine", "vectors"], "no --engine"),
        (
            ["--model", "x", "--engine", "vectors", "--text", "x"],
            "an engine of its own",
        ),
    ],
)
def test_wrong_usage_is_explained_and_exits_with_2(
    arguments: list[str], words: str
) -> None:
    error = refused("predict", *arguments)
    assert words in str(error)
    assert error.returncode == 2


@pytest.mark.processes
@pytest.mark.any_database
def test_a_reader_who_has_enough_ends_it_quietly(tmp_path: Path) -> None:
    texts = tmp_path / "texts.txt"
    texts.write_text("One lamp lit tonight, and the sea is calm.\n" * 400)
    site = Installation(tmp_path, after=DEMO)
    process = site.start("predict", "--all-users", "--file", str(texts), "--json")
    assert process.stdout
    assert process.stdout.readline().startswith("{")
    process.stdout.close()
    assert process.wait(timeout=PATIENCE) == 128 + signal.SIGPIPE
    assert process.stderr
    assert process.stderr.read() == ""
