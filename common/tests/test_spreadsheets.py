"""No text becomes a formula in a spreadsheet."""

import csv
import time
from io import BytesIO, StringIO
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.spreadsheets import MAX_CELL, as_csv, as_xlsx, harmless

SIGNS = "=+-@＝＋－＠"
# What a spreadsheet takes for the next cell or the next row.
SPLITS = [";", "\t", "|", "\n", "\r", "\r\n"]
TEXTS = st.text(st.sampled_from([*"=+-@＝\t\r\n;|,\"' ab", "\u2028"]))


def cells(table: str, separator: str) -> list[str]:
    """Splits a table as crudely as a program may: quotes hold nothing together."""
    found = [table]
    for split in [separator, "\r", "\n"]:
        found = [part for cell in found for part in cell.split(split)]
    return [cell.lstrip('" ') for cell in found]


@pytest.mark.parametrize("split", ["", *SPLITS, ';"', "; ", '\t""'])
@pytest.mark.parametrize("sign", SIGNS)
def test_no_separator_makes_a_formula(split: str, sign: str) -> None:
    text = f"a{split}{sign}1+1" if split else f"{sign}1+1"
    table = as_csv([[1, text, "b"]])
    for separator in [";", "\t", "|"]:
        assert [c for c in cells(table, separator) if c[:1] in SIGNS and c] == []


@given(TEXTS)
def test_no_text_makes_a_formula(text: str) -> None:
    table = as_csv([[text, 1]])
    for separator in [";", "\t", "|"]:
        assert [c for c in cells(table, separator) if c and c[0] in SIGNS] == []
    [row] = csv.reader(StringIO(table, newline=""))
    assert row == [harmless(text), "1"]
    assert row[0].replace("'", "") == text.replace("'", "")


def test_other_texts_and_numbers_stay_as_they_are() -> None:
    for text in ["a=b; c - d", "well, @ann, -5", "", "1;2", "it's"]:
        assert harmless(text) == text
    assert as_csv([["a", -0.5]]) == '"a",-0.5\r\n'


@given(st.lists(st.text(), min_size=1))
def test_cells_of_a_workbook_are_typed_as_text(texts: list[str]) -> None:
    with ZipFile(BytesIO(as_xlsx([[*texts, -1.5]]))) as archive:
        sheet = ElementTree.fromstring(archive.read("sheet.xml"))  # noqa: S314
    *written, number = sheet.findall(".//{*}c")
    assert [cell.get("t") for cell in written] == ["inlineStr"] * len(texts)
    assert number.get("t") is None
    assert number.findtext("{*}v") == "-1.5"
    assert sheet.findall(".//{*}f") == []


def test_a_workbook_holds_what_was_written() -> None:
    texts = ["=1+1", " <b>&amp; \r\n\tx ", "caf\u00e9 \U0001f469", "x" * (MAX_CELL + 1)]
    with ZipFile(BytesIO(as_xlsx([texts]))) as archive:
        sheet = ElementTree.fromstring(archive.read("sheet.xml"))  # noqa: S314
    found = [cell.text for cell in sheet.findall(".//{*}t")]
    assert found == [*texts[:3], "x" * MAX_CELL]


def test_long_texts_of_separators_take_no_time() -> None:
    text = "\t; " * 200_000
    started = time.process_time()
    assert harmless(text) == f"'{text}"
    assert time.process_time() - started < 1
