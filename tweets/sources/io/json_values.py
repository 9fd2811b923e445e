"""Reads the values of JSON lines or of one large JSON document, one at a time.

ijson reads a plain list faster and pages of API 2 slower, and it has no line numbers,
no NaN, no integers of more than 64 bits, and no objects separated by commas.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

from tweets.sources.io.limits import Limits
from tweets.sources.io.lines import bounded_lines
from tweets.sources.records import Problem

_BLANK = " \t\r\n"
_CHUNK = 65_536
# Texts may contain other line ends, such as U+2028.
_LINE_END = re.compile(r"[\r\n]+")
_decoder = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class JsonValue:
    """A value, and the line on which it begins."""

    line: int
    value: object


def is_json(head: str) -> bool:
    """Return whether a text that begins like this is JSON at all."""
    return head.lstrip(_BLANK + "\0").startswith(("{", "["))


def json_values(
    stream: TextIO, head: str, limits: Limits
) -> Iterator[JsonValue | Problem]:
    """Read JSON lines, the elements of an array, or objects over several lines."""
    if _has_one_a_line(head):
        return _values_by_line(stream, limits)
    return document_values(stream, limits)


def _has_one_a_line(head: str) -> bool:
    """Return whether these are JSON lines; a single object on one line counts.

    A broken first line is still a line where the next one begins an object as well.
    """
    lines = [line.strip(_BLANK + "\0") for line in _LINE_END.split(head)]
    lines = [line for line in lines if line]
    if not lines or not lines[0].startswith("{"):
        return False
    if len(lines) == 1 or isinstance(_decoded(lines[0]), dict):
        return True
    return lines[0] != "{" and lines[1].startswith("{")


def _decoded(text: str) -> object:
    """Decode a JSON value; return a Problem without a line if it is broken."""
    try:
        return json.loads(text)
    except RecursionError:
        return Problem(None, "the JSON is nested too deeply")
    except ValueError as error:
        return Problem(None, f"broken JSON: {_reason(error)}")


def _pieces(text: str) -> int:
    """Return at least how many elements the values of a text have."""
    return sum(map(text.count, "[{,"))


def _too_many(limits: Limits) -> str:
    return f"one value has more than {limits.pieces:,} elements"


def _reason(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg.lower()} (character {error.pos + 1})"
    return "a number that is far too long"


def _values_by_line(stream: TextIO, limits: Limits) -> Iterator[JsonValue | Problem]:
    for number, line in enumerate(bounded_lines(stream, limits.line), start=1):
        if line is None:
            yield Problem(number, f"longer than {limits.line:,} characters")
        elif _pieces(line) > limits.pieces:
            yield Problem(number, _too_many(limits))
        elif text := line.strip(_BLANK + "\0"):
            value = _decoded(text)
            if isinstance(value, Problem):
                yield Problem(number, value.why)
            else:
                yield JsonValue(number, value)


def document_values(
    stream: TextIO, limits: Limits, line: int = 1
) -> Iterator[JsonValue | Problem]:
    """Read the elements of one array, or several objects.

    Reading ends where the text is broken or cut off, since the next element cannot be
    found. `line` is the line at which the stream is.
    """
    window = _Window(stream, line)
    while window.skip(_BLANK + "[,;]"):
        start = window.line
        value = _next_value(window, limits)
        if isinstance(value, Problem):
            yield Problem(start, value.why)
            return
        yield JsonValue(start, value)


def _next_value(window: "_Window", limits: Limits) -> object:
    """Decode the next value, reading on until it is complete."""
    while True:
        if window.pieces > limits.pieces:
            return Problem(None, _too_many(limits))
        try:
            value, end = _decoder.raw_decode(window.text, window.position)
        except RecursionError:
            return Problem(None, "the JSON is nested too deeply")
        except ValueError as error:
            if len(window.text) - window.position > limits.value:
                return Problem(None, f"longer than {limits.value:,} characters")
            if not window.grow():
                return Problem(None, f"broken or cut off JSON: {_reason(error)}")
            continue
        if end < len(window.text) or not window.grow():
            window.move_to(end)
            return value


class _Window:
    """The part of a text that is being read, with its position and line."""

    def __init__(self, stream: TextIO, line: int) -> None:
        self.text = ""
        self.pieces = 0
        self.position = 0
        self.line = line
        self._stream = stream

    def skip(self, characters: str) -> bool:
        """Move past these characters; return False at the end of the text."""
        while True:
            rest = self.text[self.position : self.position + 256]
            blank = len(rest) - len(rest.lstrip(characters))
            self.move_to(self.position + blank)
            if blank < len(rest):
                return True
            if not rest and not self.grow():
                return False

    def move_to(self, position: int) -> None:
        self.line += self.text.count("\n", self.position, position)
        self.position = position

    def grow(self) -> bool:
        """Read on, doubling the window, so that long values take linear time."""
        waiting = self.text[self.position :]
        more = self._stream.read(max(_CHUNK, len(waiting)))
        self.text = waiting + more
        self.pieces = _pieces(self.text)
        self.position = 0
        return bool(more)
