"""Removes repeats: texts with an equal `same_text_key`."""

from collections.abc import Iterable

from common.texts import same_text_key


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
