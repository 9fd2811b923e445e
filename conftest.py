"""Which tests a database needs, their order, and the examples of property tests."""

import os
from collections import defaultdict
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import settings

WORKERS = "PYTEST_XDIST_WORKER_COUNT"

# The same examples at every run of continuous integration; new ones at home.
settings.register_profile("same-every-time", derandomize=True, deadline=None)
settings.register_profile("anything", deadline=None)
settings.load_profile("same-every-time" if os.environ.get("CI") else "anything")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What uses no database promises the same on any; what takes long comes first."""
    for item in items:
        uses_one = "db" in getattr(item, "fixturenames", [])
        if not (uses_one or item.get_closest_marker("django_db")):
            item.add_marker(pytest.mark.any_database)
    items[:] = _long_ones_first(items, int(os.environ.get(WORKERS, "1")))


def _long_ones_first(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Puts what starts processes at the head of each worker's part of the list.

    Workers begin with equal parts and end by stealing from each other, a test at a
    time: a long one among the last would keep the others waiting. Tests of one module
    stay together, since they share what it prepares.
    """
    long_ones: dict[Path, list[pytest.Item]] = defaultdict(list)
    rest: list[pytest.Item] = []
    for item in items:
        is_long = item.get_closest_marker("processes") is not None
        (long_ones[item.path] if is_long else rest).append(item)
    parts: list[list[pytest.Item]] = [[] for _ in range(workers)]
    for of_a_module in long_ones.values():
        min(parts, key=len).extend(of_a_module)
    for number, part in enumerate(parts):
        size = sum(map(len, parts[number:])) + len(rest)
        fill = max(size // (workers - number) - len(part), 0)
        part.extend(rest[:fill])
        del rest[:fill]
    return [*chain.from_iterable(parts), *rest]
