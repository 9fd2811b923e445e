"""X archives of all generations.

Opens only the tweets, the notes with their long texts, and the owner's name, id, bio
and picture; never messages or deleted tweets.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from tweets.sources.formats import api_v1, archive_item
from tweets.sources.formats.archive_js import js_values
from tweets.sources.formats.note_tweets import NoteTweets
from tweets.sources.io.containers import Container
from tweets.sources.io.json_values import JsonValue
from tweets.sources.io.text_input import TextInput
from tweets.sources.records import Problem, RawTweet, SourceError

_PART = re.compile(r"tweets?(?:-part(?P<number>\d+))?\.js")
_MONTH = re.compile(r"\d{4}_\d\d\.js")
_NOTES = re.compile(r"note-tweets?(?:-part\d+)?\.js")
_MOST_PARTS = 1_000


@dataclass(frozen=True, slots=True)
class Owner:
    """The user whose archive it is."""

    handle: object
    x_id: object
    name: object


@dataclass(frozen=True, slots=True)
class ArchiveFiles:
    """The names of the files that are read; images are those of the owner's profile."""

    parts: list[str]
    notes: list[str]
    owner: str | None
    profile: str | None
    images: list[str]


def find_archive(container: Container, unpacked: int) -> ArchiveFiles | None:
    """Find an archive's files by their names; None where there is no archive.

    Raises SourceError for several archives, or for more than `unpacked` bytes.
    """
    folder, parts = _folder_of_parts(container.names)
    if not parts:
        return None
    if len(parts) > _MOST_PARTS:
        raise SourceError(f"The archive has more than {_MOST_PARTS:,} files of tweets.")
    beside = [name for name in container.names if _folder(name) == folder]
    notes = sorted(name for name in beside if _NOTES.fullmatch(_base(name)))
    if sum(map(container.size, parts + notes)) > unpacked:
        raise SourceError(
            f"The archive's tweets unpack to more than {unpacked // 1024**2:,} MB."
        )
    profile = next((name for name in beside if _base(name) == "profile.js"), None)
    media = folder / "profile_media"
    images = [name for name in container.names if _folder(name) == media]
    owner = _owner_file(container.names, folder)
    return ArchiveFiles(parts, notes, owner, profile, images)


def _folder_of_parts(names: list[str]) -> tuple[PurePosixPath, list[str]]:
    """Find the topmost folder with files of tweets."""
    parts = [name for name in names if _PART.fullmatch(_base(name))]
    if not parts:
        parts = [
            name
            for name in names
            if _MONTH.fullmatch(_base(name)) and _folder(name).name in {"tweets", ""}
        ]
    folders = sorted({_folder(name) for name in parts}, key=_depth)
    if not folders:
        return PurePosixPath(), []
    if len(folders) > 1 and _depth(folders[0]) == _depth(folders[1]):
        raise SourceError("It contains several archives: import them one by one.")
    chosen = [name for name in parts if _folder(name) == folders[0]]
    return folders[0], sorted(chosen, key=_part_order)


def _owner_file(names: list[str], folder: PurePosixPath) -> str | None:
    candidates = (folder / "account.js", folder.parent / "user_details.js")
    return next((str(path) for path in candidates if str(path) in names), None)


def _part_order(name: str) -> tuple[int, str]:
    found = _PART.fullmatch(_base(name))
    return int((found and found["number"]) or 0), name


def _base(name: str) -> str:
    return PurePosixPath(name).name


def _folder(name: str) -> PurePosixPath:
    return PurePosixPath(name).parent


def _depth(folder: PurePosixPath) -> int:
    return len(folder.parts)


def read_owner(text: TextInput) -> Owner | None:
    """Read the owner from the account file, or from its older form."""
    for item in js_values(text):
        value = item.value if isinstance(item, JsonValue) else None
        if isinstance(value, dict):
            return _owner(value)
    return None


def _owner(value: dict[str, object]) -> Owner | None:
    account = value.get("account")
    if isinstance(account, dict):
        name = account.get("accountDisplayName")
        return Owner(account.get("username"), account.get("accountId"), name)
    if "screen_name" in value:
        return Owner(value["screen_name"], value.get("id"), value.get("full_name"))
    return None


def archive_tweets(
    parts: list[TextInput], notes: list[TextInput], owner: Owner | None
) -> Iterator[RawTweet | Problem]:
    """Read the tweets of all files, with the full text of long ones."""
    long_texts = NoteTweets(item for note in notes for item in js_values(note))
    for part in parts:
        for item in js_values(part):
            tweet = _tweet(item)
            if isinstance(tweet, RawTweet):
                tweet = long_texts.in_full(_owned(tweet, owner))
            yield tweet


def _tweet(item: JsonValue | Problem) -> RawTweet | Problem:
    if isinstance(item, Problem):
        return item
    value = item.value if isinstance(item.value, dict) else {}
    if archive_item.is_tweet(value):
        return archive_item.raw_tweet(value, item.line)
    if isinstance(api_v1.full_text(value), str):
        return api_v1.raw_tweet(value, item.line)
    return Problem(item.line, "not a tweet")


def _owned(tweet: RawTweet, owner: Owner | None) -> RawTweet:
    if owner is None or tweet.handle:
        return tweet
    return replace(
        tweet, handle=owner.handle, author_x_id=owner.x_id, author_name=owner.name
    )
