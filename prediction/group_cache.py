"""Keeps the groups asked about last in memory, up to a number of bytes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar

from prediction.engine.group import Group

Key = TypeVar("Key", bound=Hashable)


class GroupCache:
    """Least recently used groups go first. Keys must name a group's content, so that
    nothing in here is ever out of date."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self.hits = 0
        self.misses = 0
        self._groups: OrderedDict[Hashable, tuple[Group, int]] = OrderedDict()
        self._lock = Lock()

    def get_or_make(self, key: Key, make: Callable[[Key], tuple[Group, int]]) -> Group:
        """The group of this key; `make` gives it with its size in bytes."""
        with self._lock:
            if key in self._groups:
                self.hits += 1
                self._groups.move_to_end(key)
                return self._groups[key][0]
            self.misses += 1
        group, size = make(key)
        with self._lock:
            self._keep(key, group, size)
        return group

    def clear(self) -> None:
        with self._lock:
            self._groups.clear()
            self.bytes = 0

    def _keep(self, key: Hashable, group: Group, size: int) -> None:
        if key in self._groups or size > self.max_bytes:
            return
        self._groups[key] = (group, size)
        self.bytes += size
        while self.bytes > self.max_bytes:
            _, (_, freed) = self._groups.popitem(last=False)
            self.bytes -= freed
