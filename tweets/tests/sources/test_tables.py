"""Tables of tweets, and the files that are none."""

import gzip
import tarfile
import time
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from random import Random

import pytest

from tweets.sources.read_source import read_source
from tweets.sources.records import SourceError, TweetRecord
from tweets.tests.sources.writing import mixed, records, write

# Without a time stamp, so that every process collects the same tests.
TWICE_PACKED = gzip.compress(gzip.compress(b"user,text\n", mtime=0), mtime=0)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_usual_delimiter_is_detected(
    tmp_path: Path, delimiter: str, end: str
) -> None:
    rows = [["User", "Text"], ["ada", "tea"], ["bob", '"two\nlines"'], ["", ""]]
    table = end.join(delimiter.join(row) for row in rows)
    found = records(write(tmp_path / "x", table))
    assert [(item.handle, item.text) for item in found] == [
        ("ada", "tea"),
        ("bob", "two\nlines"),
    ]


@pytest.mark.parametrize(
    "header",
    ["user,text", "username,tweet", "author,content", " Screen Name , FULL_TEXT "],
)
def test_headers_are_matched_without_case_and_spaces(
    tmp_path: Path, header: str
) -> None:
    found = records(write(tmp_path / "x", f"{header}\nada,tea\n"))
    assert found == [TweetRecord("tea", "ada", line=2)]


def test_twint_is_read_with_its_zone_names_and_replies(tmp_path: Path) -> None:
    table = (
        "id,conversation_id,created_at,date,time,timezone,user_id,username,name,"
        "tweet,language,retweet\n"
        "12,12,2016-11-07 16:59:57 MST,2016-11-07,16:59:57,MST,42,ada,Ada,tea,en,\n"
        "13,12,2016-11-07 16:59:58 MST,2016-11-07,16:59:58,MST,42,ada,Ada,yes,en,True\n"
    )
    path = write(tmp_path / "x", table)
    first, second = records(path)
    moment = datetime(2016, 11, 7, 23, 59, 57, tzinfo=UTC)
    assert first == TweetRecord("tea", "ada", 42, "Ada", 12, moment, line=2)
    assert (second.is_reply, second.is_retweet) == (True, True)
    assert read_source(path).format == "twint"


def test_a_time_in_a_column_of_its_own_belongs_to_the_date(tmp_path: Path) -> None:
    table = "date,time,timezone,username,tweet\n2016-11-07,16:59:57,MST,ada,tea\n"
    (found,) = records(write(tmp_path / "x", table))
    assert found.posted_at == datetime(2016, 11, 7, 23, 59, 57, tzinfo=UTC)


def test_getoldtweets_is_read_with_its_semicolons(tmp_path: Path) -> None:
    table = (
        "username;date;retweets;favorites;text;geo;mentions;hashtags;id;permalink\n"
        'ada;2016-11-07 16:59;3;4;"tea; please";;;;"12";https://twitter.com/ada/status/12\n'
    )
    path = write(tmp_path / "x", table)
    (found,) = records(path)
    assert (found.text, found.x_id, found.is_retweet) == ("tea; please", 12, False)
    assert read_source(path).format == "getoldtweets"


GETOLDTWEETS = (
    "username;date;retweets;favorites;text;geo;mentions;hashtags;id;permalink"
)


def old_tweet(text: str, number: int) -> str:
    link = f"https://twitter.com/ada/status/{number}"
    return f'ada;2016-11-07 16:59;3;4;"{text}";;@x;#y;"{number}";{link}'


ODD_TEXTS = [
    'She said "no" and left',
    '"Quoted from the start',
    'to the end "again"',
    "plain; with semicolons",
    '"all of it"',
    "tea",
]


def test_quotes_that_are_not_doubled_stay_as_they_are(tmp_path: Path) -> None:
    rows = [old_tweet(text, number) for number, text in enumerate(ODD_TEXTS, 10)]
    source = read_source(write(tmp_path / "x", "\n".join([GETOLDTWEETS, *rows, ""])))
    found = [item for item in source if isinstance(item, TweetRecord)]
    assert [item.text for item in found] == ODD_TEXTS
    assert [item.x_id for item in found] == list(range(10, 16))
    assert "quotes inside texts are not doubled: read line by line" in source.notes


def test_doubled_quotes_are_single_ones(tmp_path: Path) -> None:
    rows = [old_tweet(text.replace('"', '""'), 12) for text in ODD_TEXTS]
    found = records(write(tmp_path / "x", "\n".join([GETOLDTWEETS, *rows, ""])))
    assert [item.text for item in found] == ODD_TEXTS


def test_a_row_on_the_line_of_the_column_names_is_read(tmp_path: Path) -> None:
    rows = [old_tweet(text, number) for number, text in enumerate("abc", 10)]
    table = GETOLDTWEETS + "\n".join(rows) + "\n"
    source = read_source(write(tmp_path / "x", table))
    found = [item for item in source if isinstance(item, TweetRecord)]
    assert [(item.text, item.line) for item in found] == [("a", 1), ("b", 2), ("c", 3)]
    assert any("first row stood" in note for note in source.notes)


@pytest.mark.parametrize(
    ("header", "row", "handle", "name"),
    [
        ("username,userscreenname,text", "Ada Lace,ada_l,tea", "ada_l", ""),
        ("user_name,screen_name,text", "Ada,ada_l,tea", "ada_l", "Ada"),
        ("user.name,user.screen_name,text", "Ada,ada_l,tea", "ada_l", "Ada"),
        ("User Name,Handle,Text", "Ada,@ada_l,tea", "ada_l", "Ada"),
        ("name,username,text", "Ada,ada_l,tea", "ada_l", "Ada"),
        ("text,from_user,time", "tea,ada_l,", "ada_l", ""),
        (",user,text", "0,ada_l,tea", "ada_l", ""),
        ("Unnamed: 0,user,text", "0,ada_l,tea", "ada_l", ""),
    ],
)
def test_screen_names_are_authors_and_displayed_names_never(
    tmp_path: Path, header: str, row: str, handle: str, name: str
) -> None:
    (found,) = records(write(tmp_path / "x", f"{header}\n{row}\n"))
    assert (found.handle, found.author_name) == (handle, name)


def test_a_displayed_name_alone_is_no_author(tmp_path: Path) -> None:
    path = write(tmp_path / "x", "user_name,text\nada,tea\n")
    with pytest.raises(SourceError, match="give the author's handle"):
        read_source(path)


def test_analytics_take_the_author_from_their_links(tmp_path: Path) -> None:
    table = (
        '"Tweet id","Tweet permalink","Tweet text","time","impressions"\n'
        '"12","https://twitter.com/ada/status/12","tea","2016-11-07 16:59 +0000","5"\n'
    )
    (found,) = records(write(tmp_path / "x", table))
    assert (found.handle, found.x_id, found.text) == ("ada", 12, "tea")


def test_sentiment140_has_no_column_names(tmp_path: Path) -> None:
    row = '"0","12","Mon Apr 06 22:19:45 PDT 2009","NO_QUERY","ada","tea, ""please"""\n'
    path = write(tmp_path / "x", row * 3)
    found = records(path)
    assert (len(found), read_source(path).format) == (3, "sentiment140")
    assert (found[0].handle, found[0].text) == ("ada", 'tea, "please"')
    assert found[0].posted_at == datetime(2009, 4, 7, 5, 19, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    ("dates", "first", "left_out"),
    [
        (["3/4/2024, 3:20:00 PM", "4/18/2024, 12:05:00 AM"], (2024, 3, 4, 15, 20), 0),
        (["03/04/2024 15:20", "18/04/2024 09:00"], (2024, 4, 3, 15, 20), 0),
        (["3/4/24 15:20"] * 60 + ["4/18/24 9:00"], (2024, 3, 4, 15, 20), 0),
        (["3.4.2024", "24.11.2023 10:00"], (2024, 4, 3, 0, 0), 0),
        (["3/4/2024", "4/5/2024"], None, 2),
    ],
)
def test_dates_are_read_as_their_column_says(
    tmp_path: Path, dates: list[str], first: tuple[int, ...] | None, left_out: int
) -> None:
    rows = [f'ada,tea {number},"{date}"' for number, date in enumerate(dates)]
    source = read_source(write(tmp_path / "x", "\n".join(["user,text,date", *rows])))
    found = [item for item in source if isinstance(item, TweetRecord)]
    assert found[0].posted_at == (first and datetime(*first, tzinfo=UTC))
    assert sum(item.posted_at is None for item in found) == left_out
    assert any("two ways" in note for note in source.notes) == (left_out > 0)


def test_ids_that_a_spreadsheet_damaged_are_left_out_and_said(tmp_path: Path) -> None:
    rounded = [
        f"116000000000{number}000,ada,tea {number}" for number in range(100, 109)
    ]
    source = read_source(write(tmp_path / "x", "\n".join(["id,user,text", *rounded])))
    assert {item.x_id for item in source} == {None}
    assert "ids rounded by a spreadsheet, left out" in source.notes
    source = read_source(write(tmp_path / "y", "id,user,text\n1.16E+18,ada,tea\n"))
    assert [item.x_id for item in source] == [None]
    assert "ids that a spreadsheet damaged, left out: 1" in source.notes


def test_the_author_is_taken_from_the_link(tmp_path: Path) -> None:
    table = (
        "date,content,url,hashtags\n"
        '2020-06-01 12:00:00+00:00,"many\r\nlines, \t""quoted""",'
        "https://twitter.com/ada/status/12,['x']\n"
    )
    (found,) = records(write(tmp_path / "x", table))
    assert (found.handle, found.x_id) == ("ada", 12)
    assert found.text == 'many\r\nlines, \t"quoted"'


def test_replies_and_retweets_are_recognised_by_columns(tmp_path: Path) -> None:
    table = (
        "user,text,in_reply_to_status_id,isRetweet\n"
        "ada,@bob a,,f\nada,b,5,False\nada,c,,t\n"
    )
    found = records(write(tmp_path / "x", table))
    assert [item.is_reply for item in found] == [False, True, False]
    assert [item.is_retweet for item in found] == [False, False, True]


def test_ids_rounded_by_a_spreadsheet_are_ignored(tmp_path: Path) -> None:
    (found,) = records(write(tmp_path / "x", "id,user,text\n1.16E+18,ada,tea\n"))
    assert found.x_id is None


def test_broken_rows_do_not_affect_others(tmp_path: Path) -> None:
    table = (
        "user,text\nada,one\nada,two, three\na d a,four\nada,\n,five\n"
        "ada,six\0\nada\nada,seven,,\n"
    )
    good, bad = mixed(write(tmp_path / "x", table))
    assert [item.text for item in good] == ["one", "six", "seven"]
    assert [item.line for item in bad] == [3, 4, 5, 6, 8]
    assert "quotes" in bad[0].why


def test_an_unclosed_quote_loses_only_its_own_line(tmp_path: Path) -> None:
    table = 'user,text\nada,one\nada,"two\n' + "ada,x\n" * 3000
    good, bad = mixed(write(tmp_path / "x", table))
    assert [item.line for item in bad] == [3]
    assert "not closed" in bad[0].why
    assert len(good) == 3001
    assert good[-1].line == 3003


@pytest.mark.parametrize("size", [1, 30])
def test_an_unclosed_quote_before_a_quoted_text_is_noticed(
    tmp_path: Path, size: int
) -> None:
    table = "user,text\n" + 'ada,"two\nada,"three, four"\nada,five\n' * size
    good, bad = mixed(write(tmp_path / "x", table))
    assert {item.text.strip() for item in good} >= {"three, four", "five"}
    assert all("not closed" in item.why for item in bad)


def test_many_unclosed_quotes_take_linear_time(tmp_path: Path) -> None:
    started = time.process_time()
    good, bad = mixed(write(tmp_path / "x", "user,text\n" + 'ada,"two\n' * 20_000))
    assert len(good) + len(bad) == 20_000
    assert time.process_time() - started < 20


def test_lines_of_a_text_may_look_like_rows(tmp_path: Path) -> None:
    table = 'user,text\nada,"a poem:\nroses, red\nviolets, blue"\nada,end\n'
    found = records(write(tmp_path / "x", table))
    assert [item.text for item in found] == [
        "a poem:\nroses, red\nviolets, blue",
        "end",
    ]


def test_cells_far_longer_than_a_tweet_do_no_harm(tmp_path: Path) -> None:
    table = f'user,text,media\nada,tea,"{"x" * 300_000}"\nada,more,\n'
    assert len(records(write(tmp_path / "x", table))) == 2


def test_a_table_without_column_names_lists_those_it_needs(tmp_path: Path) -> None:
    path = write(tmp_path / "x", "ada,I had some tea\nbob,me too\n")
    with pytest.raises(SourceError, match=r"text, tweet, content.*username, handle"):
        read_source(path)


def test_a_table_of_texts_alone_needs_the_author_given(tmp_path: Path) -> None:
    path = write(tmp_path / "x", "text\ntea\n")
    with pytest.raises(SourceError, match="give the author's handle"):
        read_source(path)
    assert records(path, handle="ada")[0].handle == "ada"


def test_lines_of_text_are_read_when_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path / "x", "[one]\r\n\r\n  {two}\n")
    found = records(path, format="lines", handle="ada")
    assert [(item.text, item.line) for item in found] == [("[one]", 1), ("  {two}", 3)]
    with pytest.raises(SourceError, match="give the author's handle"):
        read_source(path, format="lines")


# Encodings


@pytest.mark.parametrize(
    ("encoding", "notes"),
    [
        ("utf-8", []),
        ("utf-8-sig", []),
        ("utf-16", ["read as UTF-16"]),
        ("utf-16-le", ["read as UTF-16"]),
        ("utf-16-be", ["read as UTF-16"]),
        ("cp1252", ["read as Windows-1252"]),
    ],
)
def test_every_usual_encoding_is_detected(
    tmp_path: Path, encoding: str, notes: list[str]
) -> None:
    path = write(tmp_path / "x", "user,text\nada,thé – “ok”\n", encoding)
    source = read_source(path)
    assert [item.text for item in source] == ["thé – “ok”"]
    assert source.notes == notes


def test_a_broken_byte_does_not_change_the_encoding(tmp_path: Path) -> None:
    table = "user,text\n" + "ada,thé\n" * 50
    source = read_source(write(tmp_path / "x", table.encode() + b"ada,th\xff\n"))
    found = list(source)
    assert [found[0].text, found[-1].text] == ["thé", "th\ufffd"]
    assert source.notes == ["1 broken characters shown as \ufffd"]


def test_a_character_cut_off_at_the_end_does_not_change_the_encoding(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "x", "user,text\nada,é\nada,é".encode()[:-1])
    assert read_source(path).notes == []


# What is no file of tweets


def tar_of(name: str) -> bytes:
    out = BytesIO()
    with tarfile.open(fileobj=out, mode="w") as packed:
        packed.addfile(tarfile.TarInfo(name))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b" \n\xef\xbb\xbf\n", "empty"),
        (gzip.compress(b"", mtime=0), "empty"),
        (b"%PDF-1.4 ...", "a PDF"),
        (b"\x89PNG\r\n", "a picture"),
        (b"SQLite format 3\0", "SQLite"),
        (TWICE_PACKED, "packed twice"),
        (b"\0\1\2\3" * 50, "not a text"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b'<?xml version="1.0"?><rss version="2.0"><channel>', "RSS feed"),
        (b'{"type": "OrderedCollection", "orderedItems": [{}]}', "Mastodon"),
        (b'[{"content": "<p>tea", "account": {"acct": "ada"}}]', "Mastodon"),
        (b'{"$type": "app.bsky.feed.post", "text": "tea"}', "Bluesky"),
        (b'[{"uri": "at://did:plc:a/b/1", "value": {"text": "tea"}}]', "Bluesky"),
        (b'{"records": [{"uri": "at://did:plc:a/b/1"}], "cursor": "x"}', "Bluesky"),
        (b'{"feed": [{"post": {"uri": "at://did:plc:a/b/1"}}]}', "Bluesky"),
        (b"\x3a\xa2eroots\x81\xd8*X%\0\x01q\x12 gversion\x01", "Bluesky"),
        (b'[{"post": {"uri": "at://did:plc:a/b/1"}}]', "Bluesky"),
        (b"uri,author,text\nat://did:plc:a/b/1,ada.bsky.social,tea\n", "Bluesky"),
        (b'{"data": {"user": {"result": {"timeline": {}}}}}', "GraphQL"),
        (b'{"data": {"bookmark_timeline_v2": {"timeline": {}}}}', "GraphQL"),
        (b'{"__typename": "Tweet", "legacy": {"full_text": "tea"}}', "GraphQL"),
        pytest.param(tar_of("a.json"), "a tar archive", id="tar"),
        pytest.param(gzip.compress(tar_of("a.json")), "a tar archive", id="tgz"),
        pytest.param(Random(1).randbytes(5000), "not a text", id="random"),
        (b"Dear diary,\ntoday I had tea.\n", "first line"),
        (b'{"broken', "cannot be read"),
    ],
)
def test_other_files_are_refused_by_name(
    tmp_path: Path, content: bytes, why: str
) -> None:
    with pytest.raises(SourceError, match=why):
        read_source(write(tmp_path / "tweets.csv", content), handle="ada")


def test_missing_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        read_source(tmp_path / "nowhere")
    with pytest.raises(SourceError, match="neither a file"):
        read_source(Path("/dev/null"))
