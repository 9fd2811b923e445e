"""Many texts at once."""

import csv
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from prediction.pages.batch_files import MAX_TEXTS, BatchError, texts_of_file
from prediction.tests.pages.conftest import HANDLES, LAMP
from tweets.models import User
from tweets.tests.cast import KEEPER

TEXTS = f"{LAMP}\n\nWhat a match"


@pytest.mark.django_db
def test_every_line_gets_an_answer(client: Client, cast: list[User]) -> None:
    page = client.post("/batch/", {"users": HANDLES, "texts": TEXTS})
    rows = page.context["rows"]
    assert [row.line for row in rows] == [1, 2]
    assert rows[0].result.best.user.handle == KEEPER
    assert "2 answers" in page.content.decode()


@pytest.mark.django_db
def test_the_table_comes_as_csv_too(client: Client, cast: list[User]) -> None:
    asked = {"users": HANDLES, "texts": f"{LAMP}\n=1+1 is a sum;=2", "as": "csv"}
    answer = client.post("/batch/", asked)
    rows = list(csv.DictReader(StringIO(answer.content.decode())))
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert rows[0]["predicted"] == KEEPER
    assert 0 < float(rows[0]["probability"]) <= 1
    assert rows[1]["text"] == "'=1+1 is a sum;'=2"


@pytest.mark.django_db
def test_one_bad_text_does_not_stop_the_others(
    client: Client, cast: list[User]
) -> None:
    texts = f"{LAMP}\n{'a' * 5_001}\n{LAMP}"
    rows = client.post("/batch/", {"users": HANDLES, "texts": texts}).context["rows"]
    assert [bool(row.result) for row in rows] == [True, False, True]
    assert "At most 5,000 characters" in rows[1].problem


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tweets.txt", f"{LAMP}\nWhat a match\n"),
        ("tweets.csv", f'id,text\n1,"{LAMP}"\n2,What a match\n'),
        ("tweets.csv", f'"{LAMP}"\nWhat a match\n'),
        ("tweets.jsonl", f'"{LAMP}"\n{{"text": "What a match"}}\n'),
    ],
)
def test_texts_come_from_a_file(
    client: Client, cast: list[User], name: str, content: str
) -> None:
    file = SimpleUploadedFile(name, content.encode())
    page = client.post("/batch/", {"users": HANDLES, "file": file})
    assert [row.text for row in page.context["rows"]] == [LAMP, "What a match"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"users": HANDLES}, "Enter at least one text"),
        ({"users": HANDLES, "texts": "\n \n"}, "Enter at least one text"),
        ({"users": HANDLES, "texts": "a b c\n" * 501}, "At most 500 texts"),
        ({"users": [KEEPER], "texts": LAMP}, "Pick at least two users"),
    ],
)
def test_bad_input_is_explained(
    client: Client, cast: list[User], asked: dict[str, object], message: str
) -> None:
    answer = client.post("/batch/", asked)
    assert answer.status_code == 422
    assert message in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"{nonsense", b"[1, 2]", b""])
def test_an_unreadable_file_is_explained(
    client: Client, cast: list[User], content: bytes
) -> None:
    file = SimpleUploadedFile("tweets.jsonl", content)
    answer = client.post("/batch/", {"users": HANDLES, "file": file})
    assert answer.status_code == 422
    assert 'id="file-errors"' in answer.content.decode()


@given(st.sampled_from(["a.txt", "a.csv", "a.jsonl", "a", ""]), st.binary(max_size=500))
def test_any_file_is_read_or_refused(name: str, content: bytes) -> None:
    try:
        texts = texts_of_file(name, content)
    except BatchError:
        return
    assert 1 <= len(texts) <= MAX_TEXTS
