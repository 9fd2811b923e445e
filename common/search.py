"""Search boxes and search parameters: what was typed, turned into a query."""

from django.db.models import Q


def search_words(typed: str) -> list[str]:
    """Splits a search into words; drops NUL, which PostgreSQL does not accept."""
    return typed.replace("\0", "").split()


def contains_all(words: list[str], *fields: str) -> Q:
    """A condition that every word occurs in at least one of the fields, in any case."""
    condition = Q()
    for word in words:
        anywhere = Q()
        for field in fields:
            anywhere |= Q(**{f"{field}__icontains": word})
        condition &= anywhere
    return condition
