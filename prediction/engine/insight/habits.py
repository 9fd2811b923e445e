"""Habits of writing that have a plain name, and how to recognise each."""

import re
from collections.abc import Callable
from typing import NamedTuple

from common.texts import LINK, MENTION

_TAIL = re.compile(rf"(?:\s|{LINK.pattern})+$", LINK.flags)
_EMOJI = "\u2600-\u27bf\U0001f300-\U0001faff"

Spotter = Callable[[str], bool]


class Habit(NamedTuple):
    """``says`` completes a sentence about the user; ``spot`` checks one tweet."""

    says: str
    spot: Spotter


def _has(pattern: str) -> Spotter:
    compiled = re.compile(pattern)
    return lambda text: compiled.search(LINK.sub(" ", text)) is not None


def _ends(pattern: str) -> Spotter:
    compiled = re.compile(f"(?:{pattern})$")
    return lambda text: compiled.search(_TAIL.sub("", text)) is not None


def _starts(pattern: str) -> Spotter:
    compiled = re.compile(f"\\s*(?:{pattern})")
    return lambda text: compiled.match(text) is not None


def _never_capitalises(text: str) -> bool:
    plain = LINK.sub(" ", text)
    return plain == plain.lower() and plain != plain.upper()


def _starts_small(text: str) -> bool:
    return text.lstrip()[:1].islower() and not LINK.match(text.lstrip())


def _ends_with_link(text: str) -> bool:
    return any(link.end() == len(text) for link in LINK.finditer(text))


HABITS = (
    Habit("ends with one exclamation mark", _ends(r"(?<!!)!")),
    Habit("ends with two exclamation marks", _ends(r"(?<!!)!!")),
    Habit("ends with three or more exclamation marks", _ends(r"!!!+")),
    Habit("ends with a question mark", _ends(r"\?+")),
    Habit("ends with a full stop", _ends(r"(?<!\.)\.")),
    Habit("trails off with dots", _ends(r"\.{2,}|\u2026")),
    Habit("ends without punctuation", _ends(r"\w")),
    Habit("ends with a hashtag", _ends(r"[#\uff03]\w+")),
    Habit("ends with an emoji", _ends(f"[{_EMOJI}][\ufe0f\u200d]*")),
    Habit("ends with a link", _ends_with_link),
    Habit("never capitalises", _never_capitalises),
    Habit("starts with a lower-case letter", _starts_small),
    Habit("starts with a hashtag", _starts(r"[#\uff03]\w")),
    Habit("starts with a link", lambda text: LINK.match(text.lstrip()) is not None),
    Habit("starts with an emoji", _starts(f"[{_EMOJI}]")),
    Habit("starts with a quotation mark", _starts("[\"\u201c\u2018']")),
    Habit("shouts a word in capitals", _has(r"\b[^\W\d_a-z]{4,}\b")),
    Habit("uses hashtags", _has(r"[#\uff03]\w")),
    Habit("uses three hashtags or more", _has(r"(?:[#\uff03]\w+[^#\uff03]*){3}")),
    Habit("mentions others", lambda text: MENTION.search(text) is not None),
    Habit("uses emoji", _has(f"[{_EMOJI}]")),
    Habit("types smileys such as :-)", _has(r"(?<!\w)[:;]['-]?[()DPp](?!\w)")),
    Habit("shares links", lambda text: LINK.search(text) is not None),
    Habit("uses quotation marks", _has('["\u201c\u201d]')),
    Habit("uses brackets", _has(r"\([^)]+\)")),
    Habit("uses dashes", _has(r" - |--|[\u2013\u2014]")),
    Habit("uses semicolons", _has(r"\w;")),
    Habit("uses colons", _has(r"\w:(?!\w)")),
    Habit("writes “&” for “and”", _has(r"&")),
    Habit("breaks lines", _has(r"\n")),
    Habit("puts two spaces between sentences", _has(r"[.!?]  \S")),
    Habit("uses numbers", _has(r"\d")),
    Habit("types out laughter", _has(r"(?i)\b(?:a*(?:ha){2,}h?|lo+l|lmao|hehe+)\b")),
    Habit("says “I”", _has(r"\bI\b")),
    Habit("writes “i” in lower case", _has(r"(?<!\w)i(?![\w.])")),
    Habit("says “we”", _has(r"\b[Ww]e\b")),
    Habit("says “you”", _has(r"\b(?:[Yy]ou|u|ya)\b")),
    Habit("drops apostrophes", _has(r"(?i)\b(?:dont|cant|im|ive|didnt|thats|isnt)\b")),
    Habit("stretches words", _has(r"([A-Za-z])\1\1")),
    Habit("stays under 50 characters", lambda text: len(text) < 50),
    Habit("goes over 200 characters", lambda text: len(text) > 200),
)
