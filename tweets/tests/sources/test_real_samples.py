"""Real files from elsewhere, if they are present."""

from collections import Counter
from pathlib import Path

import pytest

from tweets.sources.read_source import read_source
from tweets.sources.records import SourceError, TweetRecord

SAMPLES = Path(__file__).parents[3] / "../shared/samples"

pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the real samples are not here"
)


def counted(name: str) -> dict[str, int]:
    kinds = Counter(
        ("retweet" if item.is_retweet else "reply" if item.is_reply else "post")
        if isinstance(item, TweetRecord)
        else "problem"
        for item in read_source(SAMPLES / name)
    )
    return dict(kinds)


@pytest.mark.parametrize(
    ("name", "format", "kinds"),
    [
        ("twarc_v2/noflat.jsonl", "v2", {"retweet": 47, "post": 21, "reply": 32}),
        ("twarc_v2/flat.jsonl", "v2-flat", {"retweet": 47, "post": 21, "reply": 32}),
        ("twarc_v2/two_tweets.jsonl", "v2", {"retweet": 1}),
        ("twarc_v2/quoted_edit.jsonl", "v2", {"reply": 1}),
        ("twarc_v2/geo_tweets.jsonl", "v2", {"post": 1, "reply": 1}),
        (
            "twarc_v2/streaming_output_with_error.jsonl",
            "v2",
            {"post": 4, "reply": 3, "problem": 1},
        ),
        (
            "v11_json/dogsheep_tweets.json",
            "v1.1",
            {"post": 1, "reply": 1, "retweet": 1},
        ),
    ],
)
def test_real_tweets_are_all_read(
    name: str,
    format: str,  # noqa: A002
    kinds: dict[str, int],
) -> None:
    assert counted(name) == kinds
    assert read_source(SAMPLES / name).format == format


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("counts.jsonl", "counts of tweets"),
        ("lists.jsonl", "lists of users"),
        ("tweets_compliance.jsonl", "compliance data"),
    ],
)
def test_real_files_that_look_like_tweets_are_refused(name: str, what: str) -> None:
    with pytest.raises(SourceError, match=what):
        read_source(SAMPLES / "twarc_v2" / name)


def test_pages_and_flat_tweets_of_one_search_are_the_same() -> None:
    def known(name: str) -> set:
        return {
            (item.x_id, item.handle, item.text, item.posted_at)
            for item in read_source(SAMPLES / "twarc_v2" / name)
        }

    assert known("flat.jsonl") == known("noflat.jsonl")
