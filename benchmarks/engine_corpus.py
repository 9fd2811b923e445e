"""Tweets for the engine's benchmarks, from a JSON lines file, gzipped or not.

Each line has at least ``user`` and ``text``; a user's lines with a numeric ``id`` are
sorted by it.
"""

import gzip
import html
import json
from pathlib import Path

from common.texts import MIN_WORDS, word_count
from prediction.engine.evaluation.splitting import without_repeats


def read(path: Path) -> dict[str, list[str]]:
    """Return each user's eligible tweets, oldest first."""
    rows: dict[str, list[tuple[int, str]]] = {}
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        for line in lines:
            tweet = json.loads(line)
            row = int(tweet.get("id") or 0), html.unescape(tweet["text"])
            rows.setdefault(tweet["user"], []).append(row)
    return {
        user: without_repeats([text for _, text in sorted(tweets) if _eligible(text)])
        for user, tweets in rows.items()
    }


def _eligible(text: str) -> bool:
    return not text.startswith(("RT @", "@")) and word_count(text) >= MIN_WORDS
