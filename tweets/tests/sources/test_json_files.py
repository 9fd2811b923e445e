"""JSON in every form that tweets come in."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tweets.sources.io.limits import Limits
from tweets.sources.read_source import read_source
from tweets.sources.records import Problem, SourceError, TweetRecord
from tweets.tests.sources.writing import json_lines, mixed, records, write

ADA = {"user": "ada", "id": "12", "created_at": "2020-06-01T12:00:00Z", "text": "tea"}
NOON = datetime(2020, 6, 1, 12, tzinfo=UTC)
TEA = TweetRecord("tea", "ada", x_id=12, posted_at=NOON, line=1)


def texts(path: Path, **options: object) -> list[str]:
    return [item.text for item in records(path, **options)]


def test_json_lines_are_read_line_by_line(tmp_path: Path) -> None:
    path = write(tmp_path / "x", json_lines(ADA, {**ADA, "text": "2"}))
    assert records(path)[0] == TEA
    assert records(path)[1].line == 2
    assert read_source(path).format == "json"


def test_a_source_can_be_read_again(tmp_path: Path) -> None:
    source = read_source(write(tmp_path / "x", json_lines(ADA)))
    assert list(source) == list(source) == [TEA]


@pytest.mark.parametrize(
    "written",
    [
        json.dumps([ADA, ADA]),
        json.dumps([ADA, ADA], indent=2),
        json.dumps(ADA, indent=2) + "\n" + json.dumps(ADA, indent=2),
        json.dumps(ADA) + "\r\n\r\n" + json.dumps(ADA),
        json.dumps(ADA) + "\r" + json.dumps(ADA),
        "\ufeff" + json_lines(ADA, ADA),
    ],
)
def test_arrays_and_pretty_objects_read_like_lines(
    tmp_path: Path, written: str
) -> None:
    assert texts(write(tmp_path / "x", written)) == ["tea", "tea"]


def test_an_array_longer_than_any_buffer_is_read_whole(tmp_path: Path) -> None:
    tweets = [{**ADA, "text": f"{n} " + "é" * (n % 700)} for n in range(3000)]
    path = write(tmp_path / "x", json.dumps(tweets, ensure_ascii=False))
    assert texts(path) == [tweet["text"] for tweet in tweets]


@pytest.mark.parametrize(
    "author",
    [
        {"user": "ada"},
        {"Username": "@ada"},
        {"screen_name": "ada"},
        {"handle": "ada"},
        {"author": "ada"},
        {"user": {"screen_name": "ada"}},
        {"user": {"username": "ada", "name": "A"}},
        {"url": "https://twitter.com/ada/status/1"},
    ],
)
@pytest.mark.parametrize("text", ["text", "tweet", "content", "full_text"])
def test_the_usual_names_of_fields_are_known(
    tmp_path: Path, author: dict, text: str
) -> None:
    (found,) = records(write(tmp_path / "x", json_lines({**author, text: "tea"})))
    assert (found.handle, found.text) == ("ada", "tea")


def test_broken_lines_do_not_affect_others(tmp_path: Path) -> None:
    lines = [
        json.dumps(ADA),
        '{"user": "ada", "te',
        "[" * 100_000,
        "7",
        '{"id": 1' + "0" * 5000 + "}",
        json.dumps({**ADA, "user": "no body"}),
        json.dumps({**ADA, "id": 2**63}),
        json.dumps({"user": "ada"}),
        json.dumps({**ADA, "text": "last"}),
        '{"user": "ada", "text": "cut o',
    ]
    good, bad = mixed(write(tmp_path / "x", "\n".join(lines)))
    assert [item.text for item in good] == ["tea", "last"]
    assert [item.line for item in bad] == [2, 3, 4, 5, 6, 7, 8, 10]
    assert all(item.why for item in bad)


def test_line_ends_of_unicode_end_no_line(tmp_path: Path) -> None:
    lines = ['{"user": "ada", "text": "one\u2028two"}', "{broken", json.dumps(ADA)]
    good, bad = mixed(write(tmp_path / "x", "\n".join(lines)))
    assert [item.line for item in good] == [1, 3]
    assert [item.line for item in bad] == [2]


def test_a_line_that_is_too_long_does_not_affect_others(tmp_path: Path) -> None:
    long = json.dumps({**ADA, "text": "x" * 5000})
    path = write(tmp_path / "x", f"{json.dumps(ADA)}\n{long}\n{json.dumps(ADA)}\n")
    good, bad = mixed(path, limits=Limits(line=1000))
    assert [item.line for item in good] == [1, 3]
    assert [item.line for item in bad] == [2]


def test_a_truncated_array_keeps_what_came_before(tmp_path: Path) -> None:
    written = json.dumps([ADA, ADA, ADA], indent=1)[:-20]
    good, bad = mixed(write(tmp_path / "x", written))
    assert len(good) == 2
    assert bad[0].line == 14


def test_a_broken_date_loses_nothing_else_and_is_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "x", json_lines({**ADA, "created_at": "soon"}, ADA))
    source = read_source(path)
    assert [item.posted_at for item in source] == [None, NOON]
    assert source.notes == ["dates that could not be read: 1"]


def test_gzip_is_unpacked_while_reading(tmp_path: Path) -> None:
    path = write(tmp_path / "x", gzip.compress(json_lines(ADA).encode()))
    assert records(path) == [TEA]


def test_truncated_gzip_keeps_what_came_before(tmp_path: Path) -> None:
    lines = json_lines(*({**ADA, "id": n, "text": f"{n**5}"} for n in range(1, 20_000)))
    packed = gzip.compress(lines.encode())
    good, bad = mixed(write(tmp_path / "x", packed[: len(packed) // 2]))
    assert 1000 < len(good) < 19_999
    assert "damaged" in bad[-1].why


def test_a_gzip_bomb_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress(json_lines(*[ADA] * 100_000).encode())
    path = write(tmp_path / "x", packed)
    with pytest.raises(SourceError, match="far more than"):
        read_source(path, limits=Limits(ratio=50, ratio_from=1_000_000))


# X's own formats


V2 = {
    "id": "12",
    "text": "cut…",
    "author_id": "42",
    "created_at": "2020-06-01T12:00:00.000Z",
    "conversation_id": "12",
}
V2_USER = {"id": "42", "username": "ada", "name": "Ada"}


def v2_page(*tweets: dict, **more: object) -> dict:
    return {"data": list(tweets), "includes": {"users": [V2_USER]}, **more}


def test_pages_of_api_2_give_their_tweets_and_not_those_included(
    tmp_path: Path,
) -> None:
    page = v2_page(V2, {**V2, "id": "13"})
    page["includes"]["tweets"] = [{**V2, "id": "14", "author_id": "5"}]
    found = records(write(tmp_path / "x", json_lines(page)))
    assert [(item.x_id, item.handle) for item in found] == [(12, "ada"), (13, "ada")]
    assert found[0].author_name == "Ada"


@pytest.mark.parametrize("note", ["note_tweet", "note_post"])
def test_long_posts_of_api_2_come_in_full(tmp_path: Path, note: str) -> None:
    tweet = {**V2, note: {"text": "whole &amp; long"}}
    path = write(tmp_path / "x", json_lines(v2_page(tweet)))
    assert texts(path) == ["whole & long"]


@pytest.mark.parametrize("key", ["referenced_tweets", "referenced_posts"])
@pytest.mark.parametrize(
    ("kind", "is_reply", "is_retweet"),
    [
        ("replied_to", True, False),
        ("retweeted", False, True),
        ("reposted", False, True),
        ("quoted", False, False),
    ],
)
def test_replies_and_retweets_of_api_2_are_recognised(
    tmp_path: Path, key: str, kind: str, is_reply: bool, is_retweet: bool
) -> None:
    tweet = {**V2, "text": "@x", key: [{"type": kind, "id": "1"}]}
    (found,) = records(write(tmp_path / "x", json_lines(v2_page(tweet))))
    assert (found.is_reply, found.is_retweet) == (is_reply, is_retweet)


def test_pages_without_users_keep_the_authors_id(tmp_path: Path) -> None:
    (found,) = records(write(tmp_path / "x", json_lines({"data": [V2]})))
    assert (found.handle, found.author_x_id) == (None, 42)


def test_empty_pages_and_single_tweets_of_api_2_are_fine(tmp_path: Path) -> None:
    empty = {"meta": {"result_count": 0}}
    single = {"data": V2, "includes": {"users": [V2_USER]}}
    path = write(tmp_path / "x", json_lines(empty, single))
    assert texts(path) == ["cut…"]


def test_flat_tweets_of_twarc_carry_their_author(tmp_path: Path) -> None:
    path = write(tmp_path / "x", json_lines({**V2, "author": V2_USER}))
    assert records(path)[0].handle == "ada"
    assert read_source(path).format == "v2-flat"


V1 = {
    "created_at": "Mon Jun 01 12:00:00 +0000 2020",
    "id": 1169246717864136700,
    "id_str": "1169246717864136705",
    "full_text": "tea &amp; more",
    "user": {"screen_name": "ada", "id_str": "42", "name": "Ada"},
    "in_reply_to_user_id": None,
    "retweeted": True,
}


def test_tweets_of_api_1_are_read_with_their_exact_ids(tmp_path: Path) -> None:
    path = write(tmp_path / "x", json.dumps([V1]))
    (found,) = records(path)
    assert (found.x_id, found.author_x_id) == (1169246717864136705, 42)
    assert (found.text, found.posted_at) == ("tea & more", NOON)
    assert not found.is_retweet
    assert read_source(path).format == "v1.1"


def test_replies_and_retweets_of_api_1_are_recognised(tmp_path: Path) -> None:
    retweet = {**V1, "retweeted_status": {"id": 5}}
    reply = {**V1, "in_reply_to_user_id": 5}
    found = records(write(tmp_path / "x", json_lines(retweet, reply)))
    assert [(item.is_retweet, item.is_reply) for item in found] == [
        (True, False),
        (False, True),
    ]


def test_extended_tweets_of_the_stream_come_in_full(tmp_path: Path) -> None:
    stream = {**V1, "text": "cut…", "extended_tweet": {"full_text": "whole"}}
    del stream["full_text"]
    assert texts(write(tmp_path / "x", json_lines(stream))) == ["whole"]


def snscrape_tweet(**details: object) -> dict:
    return {
        "_type": "snscrape.modules.twitter.Tweet",
        "id": 12,
        "date": "2020-06-01T12:00:00+00:00",
        "user": {"username": "ada", "id": 42, "displayname": "Ada"},
        "inReplyToTweetId": None,
        "retweetedTweet": None,
        **details,
    }


@pytest.mark.parametrize("key", ["rawContent", "content"])
def test_snscrape_is_read_in_the_encoding_of_powershell(
    tmp_path: Path, key: str
) -> None:
    tweets = json.dumps(snscrape_tweet(**{key: "thé 😀"}), ensure_ascii=False)
    source = read_source(write(tmp_path / "x", tweets + "\r\n", "utf-16"))
    (found,) = source
    assert found == TweetRecord("thé 😀", "ada", 42, "Ada", 12, NOON, line=1)
    assert (source.format, source.notes) == ("snscrape", ["read as UTF-16"])


def test_replies_and_retweets_of_snscrape_are_recognised(tmp_path: Path) -> None:
    reply = snscrape_tweet(rawContent="x", inReplyToTweetId=5)
    retweet = snscrape_tweet(rawContent="x", retweetedTweet={"id": 5})
    found = records(write(tmp_path / "x", json_lines(reply, retweet)))
    assert [(item.is_reply, item.is_retweet) for item in found] == [
        (True, False),
        (False, True),
    ]


# Choosing


def test_no_other_format_than_the_given_one_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "x", json_lines(V1, ADA))
    found = list(read_source(path, format="v1.1"))
    assert isinstance(found[0], TweetRecord)
    assert isinstance(found[1], Problem)
    with pytest.raises(SourceError, match="snscrape"):
        read_source(path, format="snscrape")
    with pytest.raises(SourceError, match="There is no format"):
        read_source(path, format="word")


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({"data": [{"start": "", "end": "", "tweet_count": 3}]}, "counts of tweets"),
        ({"data": [{"id": "1", "member_count": 3}]}, "lists of users"),
        ({"id": "1", "action": "delete", "reason": "x"}, "compliance data"),
        ({"data": [{"id": "1", "username": "ada"}]}, "users without tweets"),
        ({"errors": [{"title": "x"}]}, "an error message from X"),
        ({"like": {"tweetId": "1", "fullText": "x"}}, "likes"),
        ({"dmConversation": {}}, "private messages"),
        ({"a": 1}, "without a tweet's text"),
        ([[1, 2]], "not an object"),
    ],
)
def test_files_without_tweets_are_described(
    tmp_path: Path, value: object, name: str
) -> None:
    path = write(tmp_path / "x", json_lines(value))
    with pytest.raises(SourceError, match=name):
        read_source(path, handle="ada")


def test_tweets_without_an_author_need_one_given(tmp_path: Path) -> None:
    path = write(tmp_path / "x", json_lines({"text": "tea"}))
    with pytest.raises(SourceError, match="give the author's handle"):
        read_source(path)
    assert records(path, handle="@ada")[0].handle == "ada"
    with pytest.raises(SourceError, match="is not a handle"):
        read_source(path, handle="a d a")
