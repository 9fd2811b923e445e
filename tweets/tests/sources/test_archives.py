"""X archives: all generations, as zip, folder or single file."""

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tweets.sources.io.limits import Limits
from tweets.sources.read_source import read_source
from tweets.sources.records import SourceError, TweetRecord
from tweets.tests.sources.writing import (
    account,
    archive,
    archive_tweet,
    mixed,
    records,
    write,
    ytd,
    zip_of,
)

SVELTE = [
    TweetRecord(
        text=text,
        handle="ada",
        author_x_id=42,
        author_name="Ada L.",
        x_id=1_000_000_000_000 + number,
        posted_at=datetime(2023, 2, 1, 10, 0, number, tzinfo=UTC),
        is_reply=number == 3,
        is_retweet=number == 1,
    )
    for number, text in [(2, "Tea & engines"), (1, "RT @bob: weaving"), (3, "@bob no")]
]


def without_lines(found: list[TweetRecord]) -> list[TweetRecord]:
    return [
        TweetRecord(
            **{name: getattr(item, name) for name in item.__slots__ if name != "line"}
        )
        for item in found
    ]


def unpack(files: dict[str, str], folder: Path) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_a_zip_is_read_with_its_owner_and_without_deleted_tweets(
    tmp_path: Path,
) -> None:
    source = zip_of(tmp_path / "x", archive())
    assert without_lines(records(source)) == SVELTE
    assert read_source(source).format == "archive"


def test_the_folder_and_its_data_folder_read_like_the_zip(tmp_path: Path) -> None:
    folder = unpack(archive(), tmp_path / "archive")
    assert without_lines(records(folder)) == SVELTE
    assert without_lines(records(folder / "data")) == SVELTE


def test_a_zip_with_a_folder_around_it_is_read_as_well(tmp_path: Path) -> None:
    files = {f"twitter-2023/{name}": text for name, text in archive().items()}
    assert without_lines(records(zip_of(tmp_path / "x.zip", files))) == SVELTE


def test_a_single_file_needs_its_owner_given(tmp_path: Path) -> None:
    single = write(tmp_path / "anything", archive()["data/tweets.js"] + ";\n")
    with pytest.raises(SourceError, match="give the author's handle"):
        read_source(single)
    assert {item.handle for item in records(single, handle="@Grace")} == {"Grace"}


def test_every_part_of_a_large_archive_is_read(tmp_path: Path) -> None:
    parts = {
        f"tweets-part{n}": ytd("tweets", [archive_tweet(n, f"part {n}")], n)
        for n in (1, 2, 10)
    }
    found = records(zip_of(tmp_path / "x.zip", archive(**parts)))
    assert [item.text for item in found][3:] == ["part 1", "part 2", "part 10"]


def test_the_second_generation_is_read_with_bare_items(tmp_path: Path) -> None:
    bare = [archive_tweet(1, "bare")["tweet"], archive_tweet(2, "wrapped")]
    files = {"tweet.js": ytd("tweet", bare), "account.js": account()}
    found = records(zip_of(tmp_path / "x.zip", files))
    assert [(item.handle, item.text) for item in found] == [
        ("ada", "bare"),
        ("ada", "wrapped"),
    ]


def test_the_oldest_generation_is_read_month_by_month(tmp_path: Path) -> None:
    tweet = {"id": 5, "text": "old &lt;3", "created_at": "2013-01-31 23:59:59 +0000"}
    month = f"Grailbird.data.tweets_2013_01 = \n {json.dumps([tweet])}"
    details = 'var user_details = {"screen_name": "ada", "id": "42"}'
    files = {
        "data/js/tweets/2013_01.js": month,
        "data/js/user_details.js": details,
        "tweets.csv": "tweet_id,text\n5,old\n",
    }
    (found,) = records(zip_of(tmp_path / "x.zip", files))
    assert (found.text, found.handle, found.x_id, found.line) == ("old <3", "ada", 5, 2)
    assert found.posted_at == datetime(2013, 1, 31, 23, 59, 59, tzinfo=UTC)


def test_a_reply_to_a_user_alone_is_a_reply(tmp_path: Path) -> None:
    tweet = archive_tweet(1, "hi", in_reply_to_user_id_str="9")
    files = archive(tweets=ytd("tweets", [tweet]))
    assert records(zip_of(tmp_path / "x.zip", files))[0].is_reply


def note(text: str, second: int = 2) -> dict[str, object]:
    made = f"2023-02-01T10:00:{second:02}.000Z"
    return {
        "noteTweet": {"noteTweetId": "7", "createdAt": made, "core": {"text": text}}
    }


def test_long_posts_come_in_full(tmp_path: Path) -> None:
    begun = "Once upon a time & far away " * 9
    cut = archive_tweet(2, f"{begun.replace('&', '&amp;')[:270]}… https://t.co/abc")
    whole = begun + "they lived happily"
    files = archive(
        tweets=ytd("tweets", [cut, archive_tweet(3, "short")]),
        **{"note-tweet": ytd("note_tweet", [note("Other words"), note(whole)])},
    )
    found = records(zip_of(tmp_path / "x.zip", files))
    assert [item.text for item in found] == [whole, "short"]


def test_a_note_of_another_moment_or_beginning_is_not_joined(tmp_path: Path) -> None:
    files = archive(
        tweets=ytd("tweets", [archive_tweet(2, "Once upon…")]),
        **{
            "note-tweet": ytd(
                "note_tweet", [note("Once upon a time", 3), note("Twice upon a time")]
            )
        },
    )
    assert records(zip_of(tmp_path / "x.zip", files))[0].text == "Once upon…"


def test_a_truncated_archive_loses_only_the_last_tweet(tmp_path: Path) -> None:
    files = archive(tweets=archive()["data/tweets.js"][:-40])
    good, bad = mixed(zip_of(tmp_path / "x.zip", files))
    assert [item.text for item in good] == ["Tea & engines", "RT @bob: weaving"]
    assert len(bad) == 1


@pytest.mark.parametrize(
    "kind", ["like", "direct_messages", "deleted_tweets", "account"]
)
def test_other_files_of_an_archive_are_refused_by_name(
    tmp_path: Path, kind: str
) -> None:
    single = write(tmp_path / "x.js", ytd(kind, [{kind: {"fullText": "x"}}]))
    with pytest.raises(SourceError, match=kind.replace("_", " ")):
        read_source(single, handle="ada")


# Tricks and limits


def refused(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(SourceError) as caught:
        list(read_source(path, handle="ada", limits=limits))
    return str(caught.value)


@pytest.mark.parametrize(
    "name", ["../data/tweets.js", "/etc/tweets.js", "C:\\tweets.js"]
)
def test_paths_outside_of_the_zip_are_refused(tmp_path: Path, name: str) -> None:
    assert "outside of itself" in refused(zip_of(tmp_path / "x.zip", {name: "x"}))


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    files = {"data/tweets.js": "a", "data\\tweets.js": "b"}
    assert "same name" in refused(zip_of(tmp_path / "x.zip", files))


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "x.zip", archive())
    assert "more than 3 files" in refused(path, Limits(entries=3))


def test_a_huge_directory_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "x.zip", archive())
    content = bytearray(path.read_bytes())
    end = content.rfind(b"PK\x05\x06")
    content[end + 12 : end + 16] = (2**31).to_bytes(4, "little")
    assert "far more files" in refused(write(tmp_path / "y.zip", bytes(content)))


def test_a_zip_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    files = archive(tweets=ytd("tweets", [archive_tweet(1, "a" * 3_000_000)]))
    path = zip_of(tmp_path / "x.zip", files)
    assert "far more than" in refused(path, Limits(ratio_from=1_000_000))


def test_too_much_text_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "x.zip", archive())
    assert "unpack to more than" in refused(path, Limits(unpacked=100))


def test_a_zip_within_a_zip_is_refused(tmp_path: Path) -> None:
    inner = zip_of(tmp_path / "x.zip", archive()).read_bytes()
    assert "zip" in refused(zip_of(tmp_path / "y.zip", {"x.zip": inner}))
    both = {"x.zip": inner, "readme": "x"}
    assert "another zip" in refused(zip_of(tmp_path / "z.zip", both))


def test_two_archives_in_one_zip_are_refused(tmp_path: Path) -> None:
    files = {f"{top}/{name}": t for top in "ab" for name, t in archive().items()}
    assert "several archives" in refused(zip_of(tmp_path / "x.zip", files))


def test_a_zip_with_a_password_is_refused(tmp_path: Path) -> None:
    content = bytearray(zip_of(tmp_path / "x.zip", archive()).read_bytes())
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 1)
    assert "password" in refused(write(tmp_path / "y.zip", bytes(content)))


def test_a_truncated_zip_is_refused(tmp_path: Path) -> None:
    content = zip_of(tmp_path / "x.zip", archive()).read_bytes()
    assert "damaged" in refused(write(tmp_path / "y.zip", content[:-30]))


def test_an_export_of_mastodon_is_named(tmp_path: Path) -> None:
    files = {"outbox.json": '{"orderedItems": []}', "actor.json": "{}"}
    with pytest.raises(SourceError, match="Mastodon"):
        read_source(zip_of(tmp_path / "x.zip", files))


def test_an_excel_file_is_named(tmp_path: Path) -> None:
    files = {"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>"}
    assert "Excel" in refused(zip_of(tmp_path / "x.csv", files))


def test_a_zip_or_folder_without_tweets_is_no_archive(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "x.zip", {"a.txt": "x", "b.txt": "y"})
    assert "no X archive" in refused(path)
    assert "no X archive" in refused(tmp_path)


def test_a_zip_of_one_table_is_read(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "x.zip", {"tweets-of-all.csv": "user,text\nada,tea\n"})
    assert [item.text for item in records(path)] == ["tea"]


def test_a_link_in_a_folder_is_not_followed(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret", archive()["data/tweets.js"])
    folder = tmp_path / "archive"
    folder.mkdir()
    (folder / "tweets.js").symlink_to(secret)
    assert "no X archive" in refused(folder)


def test_an_unusual_compression_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as packed:
        packed.writestr("data/tweets.js", archive()["data/tweets.js"])
    assert "unusual compression" in refused(path)
