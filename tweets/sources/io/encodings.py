"""Detects encodings: UTF-8, UTF-16 or UTF-32, else Windows-1252."""

import codecs
from collections.abc import Iterable

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NAMES = {"utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}


def marked_encoding(head: bytes) -> str | None:
    """Return the encoding that the first bytes reveal, if they do."""
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    return _unmarked_utf16(head)


def _unmarked_utf16(head: bytes) -> str | None:
    pairs = len(head) // 2
    if pairs < 4:
        return None
    if head[1::2].count(0) > 0.6 * pairs and head[::2].count(0) == 0:
        return "utf-16-le"
    if head[::2].count(0) > 0.6 * pairs and head[1::2].count(0) == 0:
        return "utf-16-be"
    return None


def find_encoding(chunks: Iterable[bytes]) -> tuple[str, list[str]]:
    """Read all bytes of a file; return its encoding, and notes for the user.

    Few broken bytes among many good ones are damage in UTF-8; else it is Windows-1252.
    A character cut off by the end of the file counts as neither.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    broken = wide = 0
    for index, chunk in enumerate(chunks):
        if index == 0 and (marked := marked_encoding(chunk[:4096])):
            return marked, _notes(marked)
        if chunk.isascii() and not decoder.getstate()[0]:
            continue
        text = decoder.decode(chunk)
        broken += text.count("\ufffd") - chunk.count(b"\xef\xbf\xbd")
        wide += len(text) - len(text.encode("ascii", "ignore"))
    if broken <= 0:
        return "utf-8", []
    if wide > 10 * broken:
        return "utf-8", [f"{broken} broken characters shown as �"]
    return "cp1252", ["read as Windows-1252"]


def _notes(encoding: str) -> list[str]:
    return [f"read as {_NAMES[encoding]}"] if encoding in _NAMES else []
