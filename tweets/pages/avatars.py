"""What stands for a User in lists and pickers: a coloured disc with initials."""

import re
from zlib import crc32

from tweets.models import User

HUES = 8
INNER_CAPITAL = re.compile(r"([a-z])([A-Z])")


def hue(user: User) -> int:
    """The same colour wherever this user appears."""
    return crc32(user.handle.lower().encode()) % HUES


def initials(name: str) -> str:
    """Two letters at most: of the first and the last word that begin with one. Words
    are also told apart by capitals, as in SuchHandles."""
    spaced = INNER_CAPITAL.sub(r"\1 \2", name.replace("_", " "))
    letters = [word[0] for word in spaced.split() if word[0].isalnum()]
    return "".join(letters[:1] + letters[1:][-1:]).upper() or "?"


def face(user: User) -> dict[str, str | int]:
    """What a picker needs to show this user."""
    name = user.name or user.handle
    return {
        "handle": user.handle,
        "name": name,
        "initials": initials(name),
        "hue": hue(user),
        "tweets": user.tweet_count,
    }
