"""Turns what was typed into a search into a query."""

from django.db.models import Q

# Each word is a condition that no index speeds up.
MAX_WORDS, MAX_CHARACTERS = 8, 100
NOTICE = (
    f"Only the first {MAX_WORDS} different words, of {MAX_CHARACTERS} characters "
    "together, were searched for."
)


def search_words(typed: str) -> list[str]:
    """Return the words that are searched for: the first different ones, without NUL,
    which PostgreSQL does not accept."""
    return _different(typed[:MAX_CHARACTERS])[:MAX_WORDS]


def search_notice(typed: str) -> str:
    """Return what to tell whoever typed more than is searched for, or nothing."""
    too_long = len(typed.strip()) > MAX_CHARACTERS
    return NOTICE if too_long or len(_different(typed)) > MAX_WORDS else ""


def _different(typed: str) -> list[str]:
    found: dict[str, str] = {}
    for word in typed.replace("\0", "").split():
        found.setdefault(word.lower(), word)
    return list(found.values())


def contains_all(words: list[str], *fields: str) -> Q:
    """Return a condition: each word occurs in one of the fields, in any case."""
    condition = Q()
    for word in words:
        anywhere = Q()
        for field in fields:
            anywhere |= Q(**{f"{field}__icontains": word})
        condition &= anywhere
    return condition
