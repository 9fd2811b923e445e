"""Files that say who people are: CSV or JSON with handle, name and bio."""

import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tweets.sources.fields.cleaning import one_line
from tweets.sources.fields.columns import plain_name
from tweets.sources.fields.identifiers import parse_handle
from tweets.sources.io.json_values import JsonValue, is_json, json_values
from tweets.sources.io.limits import MAX_BIO, MAX_NAME, MIB, Limits
from tweets.sources.io.text_input import ByteStream, TextInput, unpacked_opener
from tweets.sources.records import Introduction, Problem, SourceError

_HANDLE = ("handle", "username", "screenname", "user")
_NAME = ("name", "displayname")
_BIO = ("bio", "description", "about")
_LIMITS = Limits(file=64 * MIB, unpacked=256 * MIB)
_DELIMITERS = ",;\t|"

People = Iterator[Introduction | Problem]


def read_people(path: Path) -> People:
    """Read people from CSV with a header line, JSON lines or a JSON array.

    A broken row does not affect the others. Raises SourceError if the file cannot be
    read, or if nothing in it names a handle.
    """
    try:
        if path.stat().st_size > _LIMITS.file:
            raise SourceError(f"{path} is larger than {_LIMITS.file // MIB} MB.")
        text = TextInput(_opener(path), path.stat().st_size, _LIMITS)
    except OSError as error:
        reason = error.strerror or error
        raise SourceError(f"{path} cannot be read: {reason}.") from error
    return _json_people(text) if is_json(text.head()) else _table_people(text)


def _opener(path: Path) -> Callable[[], ByteStream]:
    def open_file() -> ByteStream:
        return path.open("rb")

    return unpacked_opener(open_file)


def _json_people(text: TextInput) -> People:
    with text.open() as stream:
        for item in json_values(stream, text.head(), text.limits):
            if isinstance(item, Problem):
                yield item
            elif isinstance(item, JsonValue) and isinstance(item.value, dict):
                yield _person(item.value, item.line)
            else:
                yield Problem(item.line, "not an object with a handle")


def _table_people(text: TextInput) -> People:
    head = text.head().lstrip("\ufeff")
    first = next((line for line in head.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    if not {plain_name(name) for name in first.split(delimiter)} & set(_HANDLE):
        raise SourceError(
            "The first line must name the columns: handle, and name or bio."
        )
    with text.open() as stream:
        reader = csv.DictReader(stream, delimiter=delimiter)
        while True:
            line = reader.line_num + 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Problem(line, f"broken table row: {error}")
            else:
                yield _person({k: v for k, v in row.items() if k}, line)


def _person(row: Mapping[str, object], line: int) -> Introduction | Problem:
    values = {plain_name(name): value for name, value in row.items()}
    try:
        handle = parse_handle(_first(values, _HANDLE))
    except ValueError as error:
        return Problem(line, str(error))
    if handle is None:
        return Problem(line, "no handle")
    name = one_line(_first(values, _NAME), MAX_NAME)
    bio = one_line(_first(values, _BIO), MAX_BIO)
    return Introduction(handle, name=name, bio=bio, line=line)


def _first(values: Mapping[str, object], names: tuple[str, ...]) -> object:
    return next((values[name] for name in names if values.get(name)), None)
