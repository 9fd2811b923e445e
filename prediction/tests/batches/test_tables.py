"""Tables of texts are read with all of their columns, or refused with a reason."""

import gzip
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prediction.batches.tables import (
    MAX_TEXTS,
    BatchError,
    Columns,
    read_file,
    read_lines,
)

NAMES = ["a.txt", "a.csv", "a.tsv", "a.jsonl", "a.json", "a", "", "a.csv.gz"]


@given(st.sampled_from(NAMES), st.binary(max_size=500))
def test_any_file_is_read_or_refused(name: str, content: bytes) -> None:
    check(name, content)


@given(
    st.sampled_from(NAMES),
    st.text(st.sampled_from('text,author;\t|"\n\r\\{}[]:1aé\u2028\0'), max_size=200),
    st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]),
)
def test_anything_like_a_table_is_read_or_refused(
    name: str, content: str, encoding: str
) -> None:
    check(name, content.encode(encoding))


def check(name: str, content: bytes) -> None:
    try:
        table = read_file(name, content)
    except BatchError:
        return
    assert 1 <= len(table.rows) <= MAX_TEXTS
    assert {len(row) for row in table.rows} == {len(table.header)}
    assert any(text.strip() for text in table.texts)
    assert not any("\0" in cell for row in table.rows for cell in row)


def test_line_breaks_within_a_text_stay() -> None:
    table = read_file("a.csv", b'text,n\r\n"one\ntwo",1\r\n')
    assert table.texts == ["one\ntwo"]


def test_the_author_is_a_column_that_says_so() -> None:
    table = read_file("a.csv", b"user,text,true author\nann,x y, @Bob \n")
    assert table.authors == ["bob"]
    table = read_file("a.csv", b"user,text\n@Ann,x y\n")
    assert table.authors == ["ann"]
    named = Columns(author="Who")
    table = read_file("a.csv", b"user,text,WHO\nann,x y,bob\n", named)
    assert table.authors == ["bob"]


def test_objects_become_rows_of_all_their_keys() -> None:
    lines = b'{"text": "a b", "n": 12345678901234567890}\n{"text": "c", "deep": [1]}\n'
    table = read_file("a.jsonl", lines)
    assert table.header == ["text", "n", "deep"]
    assert table.rows == [["a b", "12345678901234567890", ""], ["c", "", "[1]"]]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.xlsx", b"PK\x03\x04rest", "Excel"),
        ("a.csv", b"text,n\nwell, well, well\n", "Row 1 has 3 cells"),
        ("a.csv", ",".join(f"c{n}" for n in range(101)).encode(), "100 columns"),
        ("a.pdf", b"%PDF-1.7", "a PDF"),
        ("a.json", b'[{"words": "a b"}]', "found “words”"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(
    name: str, content: bytes, reason: str
) -> None:
    with pytest.raises(BatchError, match=reason):
        read_file(name, content)


def test_packed_files_are_unpacked_within_limits() -> None:
    assert read_file("a.csv.gz", gzip.compress(b"text,n\na b,1\n")).texts == ["a b"]
    with pytest.raises(BatchError, match="unpacks to"):
        read_file("a.txt.gz", gzip.compress(b"a b c\n" * 2_000_000))


def test_pasted_lines_are_texts_whatever_they_hold() -> None:
    assert read_lines("id,text\n\n 1,a \n").texts == ["id,text", " 1,a "]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", b"a\n" * 900_000),
        ("a.csv", b"text\n" + b"a\n" * 900_000),
        ("a.json.gz", gzip.compress(b"[" + b"{}," * 1_000_000 + b"{}]")),
    ],
)
def test_far_too_much_is_refused_without_reading_all_of_it(
    name: str, content: bytes
) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(BatchError):
            read_file(name, content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # What it unpacks to, decoded, and copied once or twice.
    assert peak < 30_000_000
