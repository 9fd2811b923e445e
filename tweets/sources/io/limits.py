"""Limits that protect the machine from hostile or huge sources."""

from dataclasses import dataclass

MIB = 1024**2
MAX_TEXT = 25_000
MAX_NAME = 100
MAX_BIO = 200
MAX_IMAGE = 4 * MIB


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one source, in bytes unless noted.

    `ratio` is unpacked over packed size, checked once `ratio_from` bytes have been
    unpacked. `line` and `value` are in characters: one line of text, and one JSON value
    inside a larger document. `pieces` are the elements of one of these: each takes some
    100 bytes of memory, however few characters it has.
    """

    file: int = 65_536 * MIB
    unpacked: int = 4096 * MIB
    ratio: int = 250
    ratio_from: int = 32 * MIB
    entries: int = 100_000
    line: int = 32 * MIB
    value: int = 64 * MIB
    pieces: int = 2_000_000
