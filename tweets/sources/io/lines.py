"""Reads lines without holding a very long one in memory."""

from collections.abc import Iterator
from typing import TextIO


def bounded_lines(stream: TextIO, limit: int) -> Iterator[str | None]:
    """Yield each line with its end; None for a line longer than `limit` characters."""
    while line := stream.readline(limit + 1):
        if len(line) <= limit:
            yield line
            continue
        while line and not line.endswith(("\n", "\r")):
            line = stream.readline(limit + 1)
        yield None
