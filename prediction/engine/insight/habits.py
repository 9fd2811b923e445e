"""Habits of writing that have a plain name, and how to recognise each."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from common.texts import LINK, MENTION

_TAIL = re.compile(rf"(?:\s|{LINK.pattern})+$", LINK.flags)
_SHORT_LINE = 40
_EMOJI = "\u2600-\u27bf\U0001f300-\U0001faff"

Places = Iterator[tuple[int, int]]
Finder = Callable[[str], Places]


class Habit(NamedTuple):
    """``says`` completes a sentence about the user; ``find`` yields where one tweet
    shows it: all of the tweet where no part of it does."""

    says: str
    find: Finder

    def spot(self, text: str) -> bool:
        """Return whether a tweet shows it."""
        return any(True for _ in self.find(text))


def _without_links(text: str) -> str:
    return LINK.sub(lambda link: " " * len(link[0]), text)


def _has(pattern: str) -> Finder:
    compiled = re.compile(pattern)

    def find(text: str) -> Places:
        return (found.span() for found in compiled.finditer(_without_links(text)))

    return find


def _matches(pattern: re.Pattern[str]) -> Finder:
    return lambda text: (found.span() for found in pattern.finditer(text))


def _first(found: re.Match[str] | None) -> Places:
    return iter([found.span()] if found else [])


def _ends(pattern: str) -> Finder:
    compiled = re.compile(f"(?:{pattern})$")
    return lambda text: _first(compiled.search(_TAIL.sub("", text)))


def _starts(pattern: str, flags: int = 0) -> Finder:
    compiled = re.compile(f"\\s*(?:{pattern})", flags)
    return lambda text: _first(compiled.match(text))


def _overall(test: Callable[[str], bool]) -> Finder:
    return lambda text: iter([(0, len(text))] if test(text) else [])


def _never_capitalises(text: str) -> bool:
    plain = _without_links(text)
    return plain == plain.lower() and plain != plain.upper()


def _shouts_throughout(text: str) -> bool:
    plain = MENTION.sub(" ", _without_links(text))
    return plain == plain.upper() and sum(map(str.isupper, plain)) > 7


def _in_short_lines(text: str) -> bool:
    lines = [line for line in text.splitlines() if line.strip()]
    return len(lines) > 2 and sum(map(len, lines)) <= _SHORT_LINE * len(lines)


def _starts_small(text: str) -> Places:
    start = len(text) - len(text.lstrip())
    is_small = text[start : start + 1].islower() and not LINK.match(text, start)
    return iter([(start, start + 1)] if is_small else [])


def _ends_with_link(text: str) -> Places:
    links = LINK.finditer(text)
    return (link.span() for link in links if link.end() == len(text))


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
    Habit("never capitalises", _overall(_never_capitalises)),
    Habit("starts with a lower-case letter", _starts_small),
    Habit("starts with a hashtag", _starts(r"[#\uff03]\w")),
    Habit("starts with a link", _starts(LINK.pattern, LINK.flags)),
    Habit("starts with an emoji", _starts(f"[{_EMOJI}]")),
    Habit("starts with a quotation mark", _starts("[\"\u201c\u2018']")),
    Habit("shouts a word in capitals", _has(r"\b[^\W\d_a-z]{4,}\b")),
    Habit("shouts throughout", _overall(_shouts_throughout)),
    Habit("uses hashtags", _has(r"[#\uff03]\w")),
    Habit("uses three hashtags or more", _has(r"(?:[#\uff03]\w+[^#\uff03]*){3}")),
    Habit("mentions others", _matches(MENTION)),
    Habit("uses emoji", _has(f"[{_EMOJI}]")),
    Habit("types smileys such as :-)", _has(r"(?<!\w)[:;]['-]?[()DPp](?!\w)")),
    Habit("shares links", _matches(LINK)),
    Habit("uses quotation marks", _has('["\u201c\u201d]')),
    Habit("uses brackets", _has(r"\([^)]+\)")),
    Habit("uses dashes", _has(r" - |--|[\u2013\u2014]")),
    Habit("uses semicolons", _has(r"(?<=\w);")),
    Habit("uses colons", _has(r"(?<=\w):(?!\w)")),
    Habit("writes “&” for “and”", _has(r"&")),
    Habit("breaks lines", _has(r"\n")),
    Habit("writes in short lines", _overall(_in_short_lines)),
    Habit("puts two spaces between sentences", _has(r"[.!?]  \S")),
    Habit("uses numbers", _has(r"\d")),
    Habit("types out laughter", _has(r"(?i)\b(?:a*(?:ha){2,}h?|lo+l|lmao|hehe+)\b")),
    Habit("says “I”", _has(r"\bI\b")),
    Habit("writes “i” in lower case", _has(r"(?<!\w)i(?![\w.])")),
    Habit("says “we”", _has(r"\b[Ww]e\b")),
    Habit("says “you”", _has(r"\b(?:[Yy]ou|u|ya)\b")),
    Habit("drops apostrophes", _has(r"(?i)\b(?:dont|cant|im|ive|didnt|thats|isnt)\b")),
    Habit("stretches words", _has(r"([A-Za-z])\1\1")),
    Habit("stays under 50 characters", _overall(lambda text: len(text) < 50)),
    Habit("goes over 200 characters", _overall(lambda text: len(text) > 200)),
)
