"""Texts, ids, handles and dates as files spell them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tweets.sources.fields.checker import Checker
from tweets.sources.fields.cleaning import clean_text
from tweets.sources.fields.dates import parse_date
from tweets.sources.fields.identifiers import (
    is_x_handle,
    parse_handle,
    parse_post_link,
    parse_x_id,
)
from tweets.sources.io.limits import MAX_TEXT
from tweets.sources.records import Problem, RawTweet, TweetRecord


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a &amp; b &lt;3 &#39;&#x27;", "a & b <3 ''"),
        ("&amp;amp;", "&amp;"),
        ("AT&T ?a=1&copy=2 &nosuch;", "AT&T ?a=1&copy=2 &nosuch;"),
        ("a\0b", "ab"),
        ("lone \ud83d end", "lone \ufffd end"),
        ("\ud83d\ude00", "😀"),
        (" spaces\r\nstay\u202e ", " spaces\r\nstay\u202e "),
    ],
)
def test_text_is_unescaped_once_and_otherwise_unchanged(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_any_cleaned_text_can_be_stored(text: str) -> None:
    clean = clean_text(text)
    clean.encode()
    assert "\0" not in clean


@given(
    st.text(
        st.characters(exclude_characters="&\0", exclude_categories=["Cs"]), max_size=60
    )
)
def test_text_without_entities_is_unaltered(text: str) -> None:
    assert clean_text(text) == text


@pytest.mark.parametrize(
    ("raw", "x_id"),
    [
        ("1169246717864136705", 1169246717864136705),
        (20, 20),
        (" 20 ", 20),
        (str(2**63 - 1), 2**63 - 1),
        ("1.169246717864136e+18", None),
        (1.1e18, None),
        ("12.0", None),
        ("", None),
        (None, None),
        (True, None),
        (0, None),
        (-5, None),
        ("٣", None),
        ("abc", None),
        ([1], None),
    ],
)
def test_only_exact_ids_are_read(raw: object, x_id: int | None) -> None:
    assert parse_x_id(raw) == x_id


@pytest.mark.parametrize(
    "raw",
    [2**63, str(2**63), "9" * 5000, 10**5000],
    ids=["int", "text", "long text", "vast int"],
)
def test_ids_beyond_64_bits_are_a_problem(raw: object) -> None:
    with pytest.raises(ValueError, match="too large"):
        parse_x_id(raw)


@pytest.mark.parametrize(
    ("raw", "handle"),
    [
        (" @Ada ", "Ada"),
        ("@@ada", "ada"),
        ("a.b-c_1", "a.b-c_1"),
        (123, "123"),
        ("x" * 50, "x" * 50),
        ("", None),
        (" @ ", None),
        (None, None),
        ({"a": 1}, None),
    ],
)
def test_handles_lose_their_at_sign(raw: object, handle: str | None) -> None:
    assert parse_handle(raw) == handle


@pytest.mark.parametrize("raw", ["a b", ".a", "é", "a\nb", "x" * 51, "a/b", "ada\n!"])
def test_an_invalid_handle_is_a_problem(raw: str) -> None:
    with pytest.raises(ValueError, match="is not a handle"):
        parse_handle(raw)


def test_what_is_said_of_a_handle_can_be_printed_and_stored() -> None:
    with pytest.raises(ValueError, match="“a b” is not a handle"):
        parse_handle("a\0 \ud800\u202eb")


def test_x_itself_is_stricter_about_handles() -> None:
    assert is_x_handle("Ada_1")
    assert not any(map(is_x_handle, ["a.b", "x" * 16, "", "ada\n", "é"]))


@pytest.mark.parametrize(
    ("link", "parts"),
    [
        ("https://twitter.com/Ada/status/12", ("Ada", "12")),
        ("http://mobile.twitter.com/Ada/statuses/12?s=20", ("Ada", "12")),
        ("x.com/Ada/status/12/photo/1", ("Ada", "12")),
        ("https://twitter.com/i/status/12", (None, "12")),
        ("https://example.org/Ada/status/12", (None, None)),
        ("", (None, None)),
    ],
)
def test_links_to_posts_name_author_and_id(link: str, parts: tuple) -> None:
    assert parse_post_link(link) == parts


NOON = datetime(2020, 6, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [
        "2020-06-01T12:00:00Z",
        "2020-06-01T12:00:00.000Z",
        "2020-06-01T14:00:00+02:00",
        "2020-06-01 12:00",
        "2020-06-01 12:00:00",
        "2020-06-01 14:00:00 +0200",
        "Mon Jun 01 12:00:00 +0000 2020",
        "Mon Jun 01 08:00:00 -0400 2020",
        "Mon, 01 Jun 2020 12:00:00 GMT",
        "2020-06-01 12:00:00 UTC",
        "2020-06-01 05:00:00 MST",
        "2020-06-01 05:00:00 PDT",
        "2020-06-01 05:00:00 Pacific Daylight Time",
        "2020-06-01 14:00:00 CEST",
        "2020-06-01 12:00:00 Nowhere",
        "2020/06/01 12:00:00",
        "1.6.2020, 12:00",
        "01.06.20 12:00",
        "Jun 1, 2020 12:00",
        "Mon, Jun 1, 2020, 12:00 PM",
        "June 1, 2020 at 12:00 PM",
        "Jun 1, 2020 · 12:00 PM UTC",
        "12:00 PM · Jun 1, 2020",
        "1 June 2020 12:00:00",
        "1. Jun 2020, 12:00",
        "1591012800",
        "1591012800000",
        1591012800,
        1591012800.0,
        1591012800000,
    ],
)
def test_dates_are_read_in_every_usual_way(raw: object) -> None:
    assert parse_date(raw) == NOON


def test_a_day_alone_is_its_midnight() -> None:
    assert parse_date("2020-06-01") == datetime(2020, 6, 1, tzinfo=UTC)
    assert parse_date("Mon, Jun 1, 2020") == datetime(2020, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "soon",
        "1/2/2020",
        "1-2-2020",
        "Foo 1, 2020",
        "Jun 31, 2020",
        "2020-13-01",
        "0001-01-01T00:00:00+14:00",
        None,
        True,
        5,
        float("nan"),
        float("inf"),
        "Mon Foo 01 12:00:00 +0000 2020",
        "2020-06-01 12:00:00 +9999",
        [],
    ],
)
def test_an_unreadable_date_is_none(raw: object) -> None:
    assert parse_date(raw) is None


@given(st.text(max_size=40) | st.floats() | st.integers())
def test_no_date_raises(raw: object) -> None:
    found = parse_date(raw)
    assert found is None or found.tzinfo is UTC


def check(raw: RawTweet, handle: str | None = "ada") -> TweetRecord | Problem:
    return Checker(handle).check(raw)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "no text"),
        (" \n", "no text"),
        ("\0", "no text"),
        (5, "the text is not text"),
        ("x" * (MAX_TEXT + 1), "the text is longer than 25,000 characters"),
    ],
)
def test_a_text_that_cannot_be_used_says_why(text: object, why: str) -> None:
    assert check(RawTweet(text=text, line=3)) == Problem(3, why)


def test_a_text_of_the_greatest_length_is_kept() -> None:
    assert isinstance(check(RawTweet(text="x" * MAX_TEXT)), TweetRecord)


def test_the_default_author_is_for_tweets_without_one() -> None:
    assert check(RawTweet(text="x")).handle == "ada"
    assert check(RawTweet(text="x", handle="bob")).handle == "bob"
    assert check(RawTweet(text="x"), handle=None) == Problem(None, "no author")


def test_the_default_author_has_one_id_only() -> None:
    checker = Checker("ada")
    found = [checker.check(RawTweet(text="x", author_x_id=x)) for x in (1, 2, 1)]
    assert [item.handle for item in found] == ["ada", None, "ada"]


def test_replies_and_retweets_show_by_their_text_where_no_field_tells() -> None:
    assert check(RawTweet(text="@bob hi")).is_reply
    assert not check(RawTweet(text="@bob hi", is_reply=False)).is_reply
    assert check(RawTweet(text="RT @bob: hi")).is_retweet
    assert not check(RawTweet(text="RTFM")).is_retweet


def test_names_are_shortened_to_one_line() -> None:
    raw = RawTweet(text="x", author_name=" Ada\n&amp;  Co " + "o" * 200)
    assert check(raw).author_name.startswith("Ada & Co o")
    assert len(check(raw).author_name) == 100
