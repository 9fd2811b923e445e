"""Avatars: coloured discs with initials."""

import re
from zlib import crc32

from tweets.models import User

HUES = 8
INNER_CAPITAL = re.compile(r"([a-z])([A-Z])")


def hue(user: User) -> int:
    """Return the number of the user's colour, the same wherever they appear."""
    return crc32(user.handle.lower().encode()) % HUES


def initials(name: str) -> str:
    """Return the initials of the first and the last word that begin with one.

    A capital inside a word begins a word too, as in SuchHandles.
    """
    spaced = INNER_CAPITAL.sub(r"\1 \2", name.replace("_", " "))
    letters = [word[0] for word in spaced.split() if word[0].isalnum()]
    return "".join(letters[:1] + letters[1:][-1:]).upper() or "?"


def avatar(user: User) -> dict[str, str | int]:
    """Return what the picker's script needs to show this user."""
    name = user.name or user.handle
    return {
        "handle": user.handle,
        "name": name,
        "initials": initials(name),
        "hue": hue(user),
        "tweets": user.tweet_count,
    }
