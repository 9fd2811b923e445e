"""Whatever a file holds, reading it raises nothing but SourceError."""

import csv
import gzip
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tweets.sources.fields.columns import find_columns
from tweets.sources.formats import api_v1, api_v2, snscrape
from tweets.sources.formats.json_formats import JSON_FORMATS
from tweets.sources.io.limits import Limits
from tweets.sources.read_source import FORMATS, read_source
from tweets.sources.records import Problem, SourceError, TweetRecord
from tweets.tests.sources.writing import (
    account,
    archive,
    archive_tweet,
    json_lines,
    write,
    ytd,
    zip_of,
)
from tweets.x.api.errors import XError
from tweets.x.api.responses import read_page, read_posts, read_usage, read_users

SMALL = Limits(line=5_000, value=5_000, entries=50, unpacked=1_000_000)
PAGE = {
    "data": [{"id": "1", "text": "tea", "author_id": "4", "created_at": "2020-01-01"}],
    "includes": {"users": [{"id": "4", "username": "ada", "name": "Ada"}]},
    "meta": {"result_count": 1},
}
V1 = {"id_str": "1", "full_text": "tea", "user": {"screen_name": "ada"}}
SNSCRAPE = {"rawContent": "tea", "user": {"username": "ada"}, "date": "2020-01-01"}
TWINT = 'id,conversation_id,username,tweet,date\n1,1,ada,"te\na",2020-01-01\n'


def packed_archive() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        files = archive(tweet=ytd("tweet", [archive_tweet(1, "x")]), account=account())
        return zip_of(Path(folder) / "x.zip", files).read_bytes()


SEEDS = {
    "json lines": json_lines({"user": "ada", "text": "tea"}, PAGE, V1).encode(),
    "array": json.dumps([SNSCRAPE, V1, PAGE], indent=1).encode(),
    "utf-16": json_lines(SNSCRAPE).encode("utf-16"),
    "table": TWINT.encode(),
    "windows": "user;text\nada;thé\n".encode("cp1252"),
    "gzip": gzip.compress(TWINT.encode() * 20),
    "archive file": ytd("tweets", [archive_tweet(1, "tea")]).encode(),
    "oldest archive file": b'Grailbird.data.tweets_2013_01 = [{"id":1,"text":"x"}]',
    "zip": packed_archive(),
}


def read_whatever(content: bytes, format: str = "auto") -> None:  # noqa: A002
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "x", content)
        try:
            found = list(read_source(path, format, "ada", SMALL))
        except SourceError as error:
            assert str(error)  # noqa: PT017 - it may be raised or not
            return
    for item in found:
        assert isinstance(item, TweetRecord | Problem)
        if isinstance(item, TweetRecord):
            item.text.encode()
            assert item.text.strip()
            assert item.handle or item.author_x_id


@st.composite
def damaged(draw: st.DrawFn, seed: bytes) -> bytes:
    """Cut, overwrite, insert, repeat and remove pieces of a good file."""
    content = seed
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = draw(st.integers(start, min(len(content), start + 12)))
        way = draw(st.sampled_from(["replace", "cut", "repeat"]))
        if way == "replace":
            content = content[:start] + draw(st.binary(max_size=8)) + content[end:]
        elif way == "repeat":
            content = content[:start] + content[start:end] * 30 + content[end:]
        else:
            content = content[:start]
    return content


@given(st.binary(max_size=400), st.sampled_from(FORMATS))
def test_any_bytes(content: bytes, format: str) -> None:  # noqa: A002
    read_whatever(content, format)


@given(st.text(st.sampled_from('{}[]":,;|\t\n\r\\u0d8tex user@'), max_size=200))
def test_any_signs_of_json_and_tables(text: str) -> None:
    read_whatever(text.encode())
    read_whatever(b"user,text\n" + text.encode())
    read_whatever(b"window.YTD.tweets.part0 = " + text.encode())


@pytest.mark.parametrize("name", SEEDS)
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_damage_to_a_good_file(name: str, data: st.DataObject) -> None:
    read_whatever(data.draw(damaged(SEEDS[name])))


@given(st.binary(max_size=200))
def test_any_bytes_packed_as_gzip(content: bytes) -> None:
    read_whatever(gzip.compress(content))


KEYS = st.sampled_from(
    sorted(
        {*PAGE, *PAGE["data"][0], *V1, *V1["user"], *SNSCRAPE, "tweet", "users"}
        | {"errors", "note_tweet", "referenced_tweets", "type", "url", "username"}
    )
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5)
    ),
    max_leaves=25,
)


@given(st.lists(st.dictionaries(KEYS, JSON, max_size=6), max_size=3))
def test_any_json_with_the_keys_of_tweets(values: list[dict]) -> None:
    read_whatever(json_lines(*values).encode())
    read_whatever(("window.YTD.tweets.part0 = " + json.dumps(values)).encode())


@given(st.dictionaries(KEYS, JSON, max_size=6))
@pytest.mark.parametrize("known", JSON_FORMATS, ids=lambda known: known.name)
def test_what_a_format_recognises_it_can_read(known: object, value: dict) -> None:
    if known.recognises(value):
        list(known.read(value, 1))
    api_v1.is_tweet(value), api_v2.is_page(value), snscrape.is_tweet(value)


ANSWERS: list[Callable[[dict], object]] = [
    read_page,
    read_usage,
    lambda answer: read_users(answer, ["ada", "4"]),
    lambda answer: read_posts(answer, [1, 4]),
]


@pytest.mark.parametrize("read", ANSWERS)
@given(answer=st.dictionaries(KEYS, JSON, max_size=6))
def test_any_answer_of_x_is_read_or_a_documented_error(
    read: Callable[[dict], object], answer: dict
) -> None:
    try:
        read(answer)
    except XError as error:
        assert error.message  # noqa: PT017 - it may be raised or not


@given(st.lists(st.text(max_size=12), max_size=6))
def test_any_header_is_searched(names: list[str]) -> None:
    find_columns(names)


def test_the_process_wide_limit_of_csv_is_never_lowered() -> None:
    before = csv.field_size_limit()
    read_whatever(TWINT.encode())
    assert csv.field_size_limit() >= before
