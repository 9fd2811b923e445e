"""Masks links, and with ``style_only`` also mentions, hashtags and numbers.

What is left with ``style_only`` is how something was said and not about whom.
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from common import texts

LINK, MENTION, HASHTAG, NUMBER = "\ue000", "\ue001", "\ue002", "\ue003"
START, END = "\ue00e", "\ue00f"

_RESERVED = re.compile("[\x00\ue000-\ue00f]")
_LINK = re.compile(f"(?P<link>{texts.LINK.pattern})", re.IGNORECASE)
_MASKED = re.compile(
    rf"{_LINK.pattern}|(?P<mention>{texts.MENTION.pattern})"
    rf"|(?P<hashtag>[#\uff03]\w+)|(?P<number>{texts.NUMBER.pattern})",
    re.IGNORECASE,
)
_MARKERS = {"link": LINK, "mention": MENTION, "hashtag": HASHTAG, "number": NUMBER}


def _marker(match: re.Match[str]) -> str:
    return _MARKERS[match.lastgroup or "link"]


def _pattern(style_only: bool) -> re.Pattern[str]:
    return _MASKED if style_only else _LINK


def masked(text: str, style_only: bool) -> str:
    """Return ``text`` with markers for what is masked, and without NUL."""
    return _pattern(style_only).sub(_marker, _RESERVED.sub("", text))


@dataclass(frozen=True)
class View:
    """A masked text and the position of each of its characters in the original.

    ``starts[i]`` and ``ends[i]`` bound, in the original text, character ``i`` of
    ``text``.
    """

    text: str
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, original: str, style_only: bool) -> "View":
        """Mask ``original`` and remember the positions."""
        kept = np.array(
            [i for i, c in enumerate(original) if not _RESERVED.match(c)],
            dtype=np.int64,
        )
        clean = _RESERVED.sub("", original)
        starts: list[NDArray[np.int64]] = []
        ends: list[NDArray[np.int64]] = []
        position = 0
        for match in _pattern(style_only).finditer(clean):
            plain = kept[position : match.start()]
            starts += [plain, kept[match.start() : match.start() + 1]]
            ends += [plain + 1, kept[match.end() - 1 : match.end()] + 1]
            position = match.end()
        starts.append(kept[position:])
        ends.append(kept[position:] + 1)
        return cls(
            masked(original, style_only), np.concatenate(starts), np.concatenate(ends)
        )
