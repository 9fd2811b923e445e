"""`manage.py import_tweets`"""

import csv
import gzip
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tweets.models import Tweet, User
from tweets.tests.cast import make_user

pytestmark = pytest.mark.django_db
CORPORA = Path(__file__).resolve().parents[3] / "shared" / "data"
LINES = [
    {
        "user": "ann",
        "id": "11",
        "created_at": "2026-01-02T03:04:05Z",
        "text": "Tea &amp; fog",
    },
    {"user": "ann", "id": "12", "text": "RT @bob: something"},
    {"user": "bob", "id": "13", "text": "@ann no"},
    {"user": "bob", "id": "14", "text": "A quiet night at the harbour"},
]


def run(*arguments: object) -> tuple[str, str]:
    """What the command printed on stdout and stderr."""
    out, err = StringIO(), StringIO()
    call_command("import_tweets", *map(str, arguments), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def run_json(*arguments: object) -> dict[str, Any]:
    return json.loads(run(*arguments, "--json")[0])


@pytest.fixture
def jsonl(tmp_path: Path) -> Path:
    path = tmp_path / "tweets.jsonl"
    path.write_text("\n".join(map(json.dumps, LINES)), encoding="utf-8")
    return path


def test_it_stores_original_posts_and_explains_the_rest(jsonl: Path) -> None:
    document = run_json(jsonl)
    assert document["files"][0]["skipped"] == {"retweet": 1, "reply": 1}
    assert (document["users"], document["stored"]) == (2, 2)
    assert Tweet.objects.get(x_id=11).text == "Tea & fog"


def test_a_second_run_stores_nothing(jsonl: Path) -> None:
    run(jsonl)
    document = run_json(jsonl)
    assert document["stored"] == 0
    assert document["files"][0]["skipped"]["duplicate"] == 2


def test_gzip_is_detected(jsonl: Path, tmp_path: Path) -> None:
    packed = tmp_path / "whatever.bin"
    packed.write_bytes(gzip.compress(jsonl.read_bytes()))
    assert run_json(packed)["stored"] == 2


def test_a_csv_with_text_over_several_lines(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["username", "tweet"], ["ann", "one\ntwo, three"]])
    run(path)
    assert Tweet.objects.get().text == "one\ntwo, three"


def test_a_file_without_authors_takes_the_one_named(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("text\nHello from the harbour\n", encoding="utf-8")
    with pytest.raises(CommandError):
        run(path)
    run(path, "--user", "@ann")
    assert User.objects.get().handle == "ann"


def test_a_broken_line_is_reported_and_skipped(tmp_path: Path, capsys: object) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(f"{json.dumps(LINES[0])}\n{{broken\n{json.dumps(LINES[3])}")
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("import_tweets", str(path), "--json", stdout=out, stderr=err)
    assert caught.value.returncode == 1
    report = json.loads(out.getvalue())["files"][0]
    assert (report["read"], report["stored"]) == (3, 2)
    assert [error["line"] for error in report["errors"]] == [2]
    assert f"{path}:2:" in err.getvalue()


def test_one_bad_file_does_not_stop_the_others(jsonl: Path, tmp_path: Path) -> None:
    out, err = StringIO(), StringIO()
    missing = str(tmp_path / "missing.csv")
    with pytest.raises(CommandError):
        call_command("import_tweets", missing, str(jsonl), stdout=out, stderr=err)
    assert Tweet.objects.count() == 2
    assert "missing.csv" in err.getvalue()


def test_a_dry_run_stores_nothing(jsonl: Path) -> None:
    document = run_json(jsonl, "--dry-run")
    assert document["stored"] == 2
    assert not User.objects.exists()


def test_an_invalid_user_is_wrong_usage(jsonl: Path) -> None:
    with pytest.raises(CommandError) as caught:
        run(jsonl, "--user", "not a handle")
    assert caught.value.returncode == 2


@pytest.mark.skipif(not CORPORA.is_dir(), reason=f"{CORPORA.name} is not beside here")
@pytest.mark.parametrize(
    ("name", "lines"), [("politicians", 45_000), ("celebrities", 48_973)]
)
def test_a_real_corpus_is_read_completely(name: str, lines: int) -> None:
    report = run_json(CORPORA / f"{name}.jsonl.gz")["files"][0]
    assert report["read"] == lines
    assert report["stored"] + sum(report["skipped"].values()) == lines
    assert not report["errors"]


def test_an_import_shows_whose_tweets_it_found(tmp_path: Path) -> None:
    make_user("bob", ["zero zero zero"])
    path = tmp_path / "t.csv"
    rows = [f"ada,tea number {n}" for n in range(5)] + ["Bob,one two three"]
    path.write_text("\n".join(["user,text", *rows]))
    out, _ = run(path, "--dry-run")
    assert "ada, new here, 5: tea number 0 · tea number 1 · tea number 2" in out
    assert "bob, 1: one two three" in out
    (file,) = run_json(path)["files"]
    assert [author["author"] for author in file["authors"]] == ["ada", "bob"]
    assert (file["authors"][0]["is_new"], file["new_users"]) == (True, 1)


def test_many_new_people_in_one_file_are_pointed_out(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("user,text\n" + "".join(f"word{n},a b c\n" for n in range(60)))
    out, _ = run(path)
    assert "60 people who were not here before" in out
    assert "and 52 more people" in out
    assert "not here before" not in run(path)[0]
