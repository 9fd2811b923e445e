"""Keeps what was used last in memory, up to a size."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class BoundedCache(Generic[Key, Value]):
    """What was not used for longest goes first. Keys must name their value for good,
    so that nothing in here is ever out of date."""

    def __init__(self, max_size: int) -> None:
        self.max_size = max_size
        self.size = 0
        self.hits = 0
        self.misses = 0
        self._kept: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> Value | None:
        with self._lock:
            if key not in self._kept:
                self.misses += 1
                return None
            self.hits += 1
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def put(self, key: Key, value: Value, size: int) -> None:
        """Keeps the value, unless it is larger than the whole cache."""
        with self._lock:
            if key in self._kept or size > self.max_size:
                return
            self._kept[key] = (value, size)
            self.size += size
            while self.size > self.max_size:
                _, (_, freed) = self._kept.popitem(last=False)
                self.size -= freed

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self.size = 0
