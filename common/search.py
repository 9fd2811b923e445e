"""Turns what was typed into a search into a query."""

from django.db.models import Q


def search_words(typed: str) -> list[str]:
    """Split a search into words, without NUL, which PostgreSQL does not accept."""
    return typed.replace("\0", "").split()


def contains_all(words: list[str], *fields: str) -> Q:
    """Return a condition: each word occurs in one of the fields, in any case."""
    condition = Q()
    for word in words:
        anywhere = Q()
        for field in fields:
            anywhere |= Q(**{f"{field}__icontains": word})
        condition &= anywhere
    return condition
