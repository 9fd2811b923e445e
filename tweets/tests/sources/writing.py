"""Small files of every format, written by the tests themselves."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

from tweets.sources.io.limits import Limits
from tweets.sources.read_source import read_source
from tweets.sources.records import Problem, TweetRecord


def records(path: Path, **options: object) -> list[TweetRecord]:
    """Read a file that is expected to be without problems."""
    found = list(read_source(path, **options))
    assert not [item for item in found if isinstance(item, Problem)], found
    return found


def mixed(
    path: Path, handle: str | None = None, limits: Limits | None = None
) -> tuple[list[TweetRecord], list[Problem]]:
    """Read a file; give its records and its problems."""
    found = list(read_source(path, handle=handle, limits=limits))
    good = [item for item in found if isinstance(item, TweetRecord)]
    return good, [item for item in found if isinstance(item, Problem)]


def write(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path.write_bytes(
        content if isinstance(content, bytes) else content.encode(encoding)
    )
    return path


def json_lines(*values: object) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


def zip_of(path: Path, files: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return path


def archive_tweet(number: int, text: str, **details: object) -> dict[str, object]:
    """Make a tweet as today's archives write it."""
    tweet = {
        "id_str": str(1_000_000_000_000 + number),
        "id": str(1_000_000_000_000 + number),
        "full_text": text,
        "created_at": f"Wed Feb 01 10:00:{number % 60:02} +0000 2023",
        "retweeted": False,
        "truncated": False,
        "entities": {},
    }
    return {"tweet": tweet | details}


def ytd(kind: str, items: object, part: int = 0) -> str:
    """Make an archive's JavaScript file."""
    return f"window.YTD.{kind}.part{part} = {json.dumps(items, indent=2)}"


def account(handle: str = "ada", x_id: int = 42) -> str:
    owner = {
        "email": "ada@example.org",
        "username": handle,
        "accountId": str(x_id),
        "accountDisplayName": "Ada L.",
    }
    return ytd("account", [{"account": owner}])


def archive(**more: str) -> dict[str, str]:
    """Make a small archive of today; `more` maps file stems to contents."""
    files = {
        "data/manifest.js": "window.__THAR_CONFIG = {}",
        "data/account.js": account(),
        "data/tweets.js": ytd(
            "tweets",
            [
                archive_tweet(2, "Tea &amp; engines"),
                archive_tweet(1, "RT @bob: weaving"),
                archive_tweet(3, "@bob no", in_reply_to_user_id_str="7"),
            ],
        ),
        "data/deleted-tweets.js": ytd(
            "deleted_tweets", [archive_tweet(9, "deleted words")]
        ),
        "data/direct-messages.js": ytd("direct_messages", [{"dmConversation": {}}]),
        "data/assets/images/logo.svg": "<svg/>",
    }
    return files | {f"data/{stem}.js": text for stem, text in more.items()}
