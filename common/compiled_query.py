"""Queries whose SQL is compiled once and then run with different values.

Django compiles the SQL of a query set each time it runs; for small look-ups that takes
longer than the database does. Neither Django nor a library keeps compiled queries.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import QuerySet

Value = TypeVar("Value", bound=int | str)


class CompiledQuery(Generic[Value]):
    """A query over a list of distinct values.

    `build` returns the query set for a list of values. `placeholder` returns a distinct
    value for each number, which the query must pass to the database unchanged and which
    none of its own conditions may contain.
    """

    def __init__(
        self,
        build: Callable[[list[Value]], QuerySet[Any, Any]],
        placeholder: Callable[[int], Value],
    ) -> None:
        self._build = build
        self._placeholder = placeholder
        self._compiled = lru_cache(maxsize=128)(self._compile)

    def sql(self, values: Sequence[Value]) -> tuple[str, tuple[Any, ...]]:
        """Return the statement and its parameters for one value or more."""
        statement, parameters = self._compiled(connection.vendor, len(values))
        by_placeholder = {self._placeholder(n): v for n, v in enumerate(values)}
        return statement, tuple(by_placeholder.get(p, p) for p in parameters)

    def rows(self, values: Sequence[Value]) -> list[tuple[Any, ...]]:
        """Return the rows as the database driver gives them, without conversion."""
        with connection.cursor() as cursor:
            cursor.execute(*self.sql(values))
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def _compile(self, vendor: str, count: int) -> tuple[str, tuple[Any, ...]]:
        placeholders = [self._placeholder(number) for number in range(count)]
        statement, parameters = self._build(placeholders).query.sql_with_params()
        return statement, tuple(parameters)
