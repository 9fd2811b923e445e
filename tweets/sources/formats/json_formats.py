"""Detects the format of JSON values and reads the tweets in them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from tweets.sources.formats import api_v1, api_v2, archive_item, plain_json, snscrape
from tweets.sources.formats.not_tweets import describe
from tweets.sources.io.json_values import JsonValue
from tweets.sources.records import Problem, RawTweet, SourceError

_CHECKED_FIRST = 50


@dataclass(frozen=True, slots=True)
class JsonFormat:
    """A JSON format of tweets: how to recognise and how to read a value."""

    name: str
    recognises: Callable[[object], bool]
    read: Callable[[Any, int | None], Iterator[RawTweet]]


def _one(
    read: Callable[[Any, int | None], RawTweet],
) -> Callable[[Any, int | None], Iterator[RawTweet]]:
    return lambda value, line: iter((read(value, line),))


# The first format that recognises a value reads it: the most specific come first.
JSON_FORMATS = (
    JsonFormat("v2", api_v2.is_page, api_v2.page_tweets),
    JsonFormat("snscrape", snscrape.is_tweet, _one(snscrape.raw_tweet)),
    JsonFormat("v2-flat", api_v2.is_tweet, _one(api_v2.flat_tweet)),
    JsonFormat("v1.1", api_v1.is_tweet, _one(api_v1.raw_tweet)),
    JsonFormat("archive", archive_item.is_tweet, _one(archive_item.raw_tweet)),
    JsonFormat("json", plain_json.is_tweet, _one(plain_json.raw_tweet)),
)


def find_format(values: Iterable[JsonValue | Problem], wanted: str) -> str:
    """Return the format of the first value that is a tweet.

    Raises SourceError if none of the first values is; the message says what they are.
    """
    first = list(islice(values, _CHECKED_FIRST))
    for item in first:
        found = isinstance(item, JsonValue) and _reader(item.value, wanted)
        if found:
            return found.name
    raise SourceError(_refusal(first, wanted))


def _refusal(first: list[JsonValue | Problem], wanted: str) -> str:
    values = [item.value for item in first if isinstance(item, JsonValue)]
    if values and wanted == "auto":
        return f"This file holds {describe(values[0])}, not tweets."
    if values:
        return f"This file holds no tweets in the format {wanted}."
    if first and isinstance(first[0], Problem):
        return f"This looks like JSON but cannot be read: {first[0].why}."
    return "This file holds no tweets."


def json_tweets(
    values: Iterable[JsonValue | Problem], wanted: str
) -> Iterator[RawTweet | Problem]:
    """Read the tweets in JSON values, each in its own format."""
    for item in values:
        if isinstance(item, Problem):
            yield item
        elif found := _reader(item.value, wanted):
            yield from found.read(item.value, item.line)
        else:
            yield Problem(item.line, f"not a tweet: {describe(item.value)}")


def _reader(value: object, wanted: str) -> JsonFormat | None:
    for candidate in JSON_FORMATS:
        if wanted in {"auto", candidate.name} and candidate.recognises(value):
            return candidate
    return None
