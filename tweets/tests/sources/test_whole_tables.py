"""What only a whole table can tell: how its quotes, dates and ids are meant."""

import csv
from collections.abc import Iterable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from tweets.sources.io.limits import Limits
from tweets.sources.read_source import read_source
from tweets.sources.records import TweetRecord
from tweets.tests.sources.writing import mixed, records, write, zip_of

GETOLDTWEETS = (
    "username;date;retweets;favorites;text;geo;mentions;hashtags;id;permalink"
)
QUOTED = ['She said "no"; really', '"From the start" and on', 'to the end "again"']
ID = 1_235_223_632_540_610_683


def old_tweet(text: str, number: int) -> str:
    link = f"https://twitter.com/ada/status/{number}"
    return f'ada;2016-11-07 16:59;3;4;"{text}";;@x;#y;"{number}";{link}'


def table(rows: Iterable[Iterable[object]]) -> str:
    out = StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def read(
    tmp_path: Path, content: str, **options: object
) -> tuple[list[TweetRecord], list[str]]:
    path = write(tmp_path / "x", content)
    source = read_source(path, **options)
    found = list(source)
    assert all(isinstance(item, TweetRecord) for item in found), found
    return found, source.notes


def test_quotes_that_are_not_doubled_are_noticed_wherever_they_stand(
    tmp_path: Path,
) -> None:
    plain = [f"filler {number} {'word ' * 20}end" for number in range(600)]
    texts = [*plain, *QUOTED]
    rows = [old_tweet(text, number) for number, text in enumerate(texts, 50)]
    found, notes = read(tmp_path, "\n".join([GETOLDTWEETS, *rows, ""]))
    assert [item.text for item in found] == texts
    assert "quotes inside texts are not doubled: read line by line" in notes


def test_texts_of_several_lines_with_doubled_quotes_stay_whole(tmp_path: Path) -> None:
    texts = [
        'multi\nline "quoted" text, yes',
        '"word" here\n"again", and "twice" more',
        'a\n"b" c,2020-01-01,e',
        '"all of it"',
    ]
    rows = [["user", "date", "text"], *(["ada", "2020-01-01", text] for text in texts)]
    found, _ = read(tmp_path, table(rows))
    assert [item.text for item in found] == texts


def test_a_glued_first_row_may_have_quotes_and_semicolons(tmp_path: Path) -> None:
    texts = [QUOTED[0], "b", *QUOTED]
    rows = [old_tweet(text, number) for number, text in enumerate(texts, 50)]
    found, notes = read(tmp_path, GETOLDTWEETS + "\n".join(rows) + "\n")
    assert [item.text for item in found] == texts
    assert [item.line for item in found] == [1, 2, 3, 4, 5]
    assert any("first row stood" in note for note in notes)


@pytest.mark.parametrize(
    ("dates", "read_as", "note"),
    [
        # Australian browsers write AM and PM, and begin with the day.
        (["3/4/2024, 3:20 pm", "18/4/2024, 9:00 am"], ["2024-04-03", "2024-04-18"], ""),
        (["3/4/2024, 3:20 PM", "18/4/2024, 9:00 AM"], ["2024-04-03", "2024-04-18"], ""),
        (["3/4/2024, 3:20 pm"], [None], "two ways"),
        (["3-4-2024", "18-04-2024 15:20"], ["2024-04-03", "2024-04-18"], ""),
        (
            ["13/2/2024", "2/14/2024", "3/4/2024"],
            ["2024-02-13", "2024-02-14", None],
            "some dates begin with the day and some with the month",
        ),
    ],
)
def test_the_whole_column_decides_what_a_date_means(
    tmp_path: Path, dates: list[str], read_as: list[str | None], note: str
) -> None:
    rows = [["user", "text", "date"], *(["ada", f"tea {d}", d] for d in dates)]
    found, notes = read(tmp_path, table(rows))
    days = [item.posted_at and f"{item.posted_at:%Y-%m-%d}" for item in found]
    assert days == read_as
    assert any(note in said for said in notes) or not note


def test_a_column_of_times_holds_dates_where_no_other_does(tmp_path: Path) -> None:
    (found,) = records(
        write(tmp_path / "x", "user,text,time\nada,tea,2017-03-01 12:34 +0000\n")
    )
    assert found.posted_at == datetime(2017, 3, 1, 12, 34, tzinfo=UTC)


@pytest.mark.parametrize("columns", [None, {"text": "text", "x_id": "id"}])
def test_few_rounded_ids_are_left_out_also_where_columns_were_named(
    tmp_path: Path, columns: dict[str, str] | None
) -> None:
    rows = [["id", "text"], *([f"123522363254{n}0000", f"tea {n}"] for n in (101, 102))]
    found, notes = read(tmp_path, table(rows), handle="ada", columns=columns)
    assert {item.x_id for item in found} == {None}
    assert "ids rounded by a spreadsheet, left out" in notes


def test_one_intact_id_shows_that_no_spreadsheet_was_there(tmp_path: Path) -> None:
    ids = [1235223632541010000, 1235223632541020000, ID]
    rows = [["id", "user", "text"], *([n, "ada", f"tea {n}"] for n in ids)]
    found, _ = read(tmp_path, table(rows))
    assert [item.x_id for item in found] == ids


def test_numbers_of_rows_are_no_ids(tmp_path: Path) -> None:
    rows = [["id", "user", "text"], *([n, "ada", f"tea {n}"] for n in range(30))]
    found, notes = read(tmp_path, table(rows))
    assert {item.x_id for item in found} == {None}
    assert "ids that only number the rows, left out" in notes


def test_a_damaged_id_is_taken_from_the_link(tmp_path: Path) -> None:
    link = f"https://x.com/ada/status/{ID}"
    found, notes = read(tmp_path, f"id,text,link\n1.23522E+18,tea,{link}\n")
    assert [(item.handle, item.x_id) for item in found] == [("ada", ID)]
    assert not notes


@pytest.mark.parametrize("damaged", ["1.16E+18", "1,23457E+18", "1.23457E+018"])
def test_every_way_to_write_a_damaged_id_is_said(tmp_path: Path, damaged: str) -> None:
    _, notes = read(tmp_path, f"id;user;text\n{damaged};ada;tea\n")
    assert notes == ["ids that a spreadsheet damaged, left out: 1"]


def test_a_user_of_snscrape_in_a_table_is_read(tmp_path: Path) -> None:
    user = str({"_type": "User", "username": "ada_l", "displayname": "Ada Lace"})
    found, _ = read(tmp_path, table([["content", "user"], ["tea", user]]))
    assert [item.handle for item in found] == ["ada_l"]


def test_columns_named_by_hand_are_those_that_the_preview_shows(
    tmp_path: Path,
) -> None:
    rows = [["a;b;c;d", "ada", "x; y; z; and; more"], ["q", "bob", "tea"]]
    path = write(tmp_path / "x", table(rows))
    source = read_source(path, columns={"handle": "2", "text": "3"})
    assert [(item.handle, item.text) for item in source] == [
        ("ada", "x; y; z; and; more"),
        ("bob", "tea"),
    ]
    assert source.first_rows == rows


def test_columns_named_by_hand_keep_quotes_that_are_not_doubled(
    tmp_path: Path,
) -> None:
    lines = [f'ada;"{text}";2016-11-07' for text in QUOTED]
    columns = {"handle": "1", "text": "2", "posted_at": "3"}
    found, _ = read(tmp_path, "\n".join(lines), columns=columns)
    assert [item.text for item in found] == QUOTED


def test_a_table_in_a_zip_takes_columns_as_well(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "t.zip", {"t.csv": "7;ada;tea\n8;bob;more\n"})
    found = list(read_source(path, columns={"handle": "2", "text": "3"}))
    assert [item.handle for item in found] == ["ada", "bob"]


def test_line_ends_of_unicode_end_no_row(tmp_path: Path) -> None:
    rows = [["k", "b"], ["ada", "one\u2028two, three\x85"], ["bob", "tea"]]
    source = read_source(
        write(tmp_path / "x", table(rows)), columns={"handle": "k", "text": "b"}
    )
    assert [item.text for item in source] == ["one\u2028two, three\x85", "tea"]
    assert source.first_rows == rows


def test_quotes_around_texts_are_theirs_where_other_texts_have_none(
    tmp_path: Path,
) -> None:
    texts = ['"Tea" she said, tea', '"all of it"', "plain words", 'ends in "tea"']
    lines = [f"ada\t2020-01-01\t{text}" for text in texts]
    found, _ = read(tmp_path, "\n".join(["user\tdate\ttext", *lines, ""]))
    assert [item.text for item in found] == texts


def test_texts_keep_their_quotes_where_many_are_never_closed(tmp_path: Path) -> None:
    lines = [f'ada,2020-01-01,"open {number}' for number in range(30)]
    path = write(tmp_path / "x", "\n".join(["user,date,text", *lines, ""]))
    good, bad = mixed(path)
    assert len(bad) == 20
    assert [item.text for item in good] == [f'"open {n}' for n in range(20, 30)]


def test_a_line_that_is_too_long_is_said(tmp_path: Path) -> None:
    path = write(tmp_path / "x", f"user,text\nada,tea\nada,{'x' * 300}\nbob,more\n")
    good, bad = mixed(path, limits=Limits(line=200))
    assert [item.text for item in good] == ["tea", "more"]
    assert [(item.line, item.why) for item in bad] == [(3, "the line is too long")]


def test_a_line_that_names_the_delimiter_is_no_row(tmp_path: Path) -> None:
    found, _ = read(tmp_path, "sep=;\nuser;text\nada;sep=;\nbob;more\n")
    assert [(item.line, item.text) for item in found] == [(3, "sep="), (4, "more")]
