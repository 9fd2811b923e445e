"""Queries asked so often that writing their SQL anew each time costs more than they do.

Django composes the SQL of a query set whenever it is asked; for small look-ups that is
most of the time they take. Here it is composed once for each number of values.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import QuerySet

Value = TypeVar("Value", bound=int | str)


class Prepared(Generic[Value]):
    """A query over a list of values that all differ.

    `build` gives the query set for a list; `stand_in` gives, for each number, a value
    that the query leaves as it is and that stands in none of its own conditions.
    """

    def __init__(
        self,
        build: Callable[[list[Value]], QuerySet[Any, Any]],
        stand_in: Callable[[int], Value],
    ) -> None:
        self._build = build
        self._stand_in = stand_in
        self._composed = lru_cache(maxsize=128)(self._compose)

    def sql(self, values: Sequence[Value]) -> tuple[str, tuple[Any, ...]]:
        """The statement and its parameters; there must be a value at least."""
        statement, parameters = self._composed(connection.vendor, len(values))
        numbered = {self._stand_in(number): v for number, v in enumerate(values)}
        return statement, tuple(numbered.get(p, p) for p in parameters)

    def rows(self, values: Sequence[Value]) -> list[tuple[Any, ...]]:
        """What the database answers, as it spells it."""
        with connection.cursor() as cursor:
            cursor.execute(*self.sql(values))
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def _compose(self, vendor: str, count: int) -> tuple[str, tuple[Any, ...]]:
        asked = self._build([self._stand_in(number) for number in range(count)])
        statement, parameters = asked.query.sql_with_params()
        return statement, tuple(parameters)
