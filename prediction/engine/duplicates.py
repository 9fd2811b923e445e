"""Texts that say the same: equal but for links, mentions, numbers or case."""

import re
from collections.abc import Iterable

_MASK = re.compile(r"(?:https?://|www\.)\S+|@\w+|\d+", re.IGNORECASE)


def same_text_key(text: str) -> str:
    """Return a key that is equal for texts that differ only in such details."""
    return " ".join(_MASK.sub(" ", text).casefold().split())


def without_repeats(texts: Iterable[str], seen: set[str] | None = None) -> list[str]:
    """Keep the first text of every key that is not in ``seen``, in order."""
    known = set() if seen is None else set(seen)
    kept = []
    for text in texts:
        key = same_text_key(text)
        if key not in known:
            known.add(key)
            kept.append(text)
    return kept
