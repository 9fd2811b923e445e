"""The definitions of links, mentions, numbers and words, and of "the same text".

Free of Django, so that the engine, the sources and the store share these rules. Hashes
of `same_text_key` are stored with every tweet: a change to it needs a data migration.
"""

import re
from collections.abc import Iterable

# A text with fewer words of its own is shown but never used for training.
MIN_WORDS = 3
# Fewer different texts are too few to learn an author's style from.
MIN_TWEETS = 10
# Authors with fewer texts that really differ post one text again and again: 2 of 194
# real people did. What they stand for is that text's form.
MIN_DIFFERENT = 12
_SHARED_AT_MOST = 0.5

LINK = re.compile(r"https?://\S+|\bwww\.\S+", re.IGNORECASE)
MENTION = re.compile(r"(?<!\w)@\w{1,50}")
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")

# Scripts written without spaces: there, each character counts as a word.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+(?:['’-][^\W_{UNSPACED}]+)*")


def words(text: str) -> list[str]:
    """Return the words of a text, without links and mentions."""
    return _WORD.findall(MENTION.sub(" ", LINK.sub(" ", text)))


def word_count(text: str) -> int:
    """Count the words of a text, without links and mentions."""
    return len(words(text))


def same_text_key(text: str) -> str:
    """Return a key that is equal for texts that differ only in details.

    Details are links, who is mentioned, numbers, case and spacing. A decimal such as
    1.5 is one number.
    """
    bare = NUMBER.sub("0", MENTION.sub("@", LINK.sub("", text)))
    return " ".join(bare.casefold().split())


def count_different(texts: Iterable[str], most: int) -> int:
    """Count texts that really differ, at most so many.

    A text that shares half of its words or more with one that was counted does not
    count; links, mentions and numbers are no words here.
    """
    counted: list[set[str]] = []
    for text in texts:
        own = {word.casefold() for word in words(NUMBER.sub(" ", text))}
        if own and not any(_much_alike(own, other) for other in counted):
            counted.append(own)
        if len(counted) == most:
            break
    return len(counted)


def _much_alike(one: set[str], other: set[str]) -> bool:
    return len(one & other) >= _SHARED_AT_MOST * len(one | other)
