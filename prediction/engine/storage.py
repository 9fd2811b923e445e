"""A frame of named arrays as bytes: raw little-endian data behind a JSON header.

Layout: magic, header length (4 bytes), CRC-32 of what follows (4 bytes), header,
arrays, each padded to 8 bytes. Reading copies nothing and never unpickles.
"""

import json
import struct
import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from prediction.engine.errors import DamagedModelError

_MAGIC = b"HYPOTWT1"
_PREFIX = struct.Struct("<8sII")
_DTYPES = frozenset({"<f2", "<f4", "<f8", "<i4", "<i8", "<u2", "<u4", "|u1", "|i1"})
_MAX_BYTES = 1 << 31
_MAX_HEADER = 1 << 20


class Frame(NamedTuple):
    """What a stored model holds: its format number, plain values and arrays."""

    format: int
    values: dict[str, Any]
    arrays: dict[str, NDArray]


def _padding(size: int) -> bytes:
    return bytes(-size % 8)


def pack(
    kind: str,
    format_number: int,
    values: Mapping[str, Any],
    arrays: Mapping[str, NDArray],
) -> bytes:
    """Write a frame; the same content always gives the same bytes."""
    parts = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    plain = {
        name: array.astype(array.dtype.newbyteorder("<"), copy=False)
        for name, array in parts.items()
    }
    header = {
        "kind": kind,
        "format": format_number,
        "values": dict(values),
        "arrays": [[n, a.dtype.str, list(a.shape)] for n, a in plain.items()],
    }
    text = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    body = [text]
    for array in plain.values():
        raw = array.tobytes()
        body += [raw, _padding(len(raw))]
    joined = b"".join(body)
    return _PREFIX.pack(_MAGIC, len(text), zlib.crc32(joined)) + joined


def unpack(data: bytes | memoryview, kind: str, format_number: int) -> Frame:
    """Read a frame that `pack` wrote.

    Raises
    ------
    DamagedModelError
        The bytes are truncated, altered, too large, or of another kind or format.
    """
    view = memoryview(data)
    if not _PREFIX.size <= len(view) <= _MAX_BYTES:
        raise DamagedModelError(f"a stored {kind} cannot have {len(view)} bytes")
    magic, header_length, checksum = _PREFIX.unpack_from(view)
    if magic != _MAGIC or header_length > _MAX_HEADER:
        raise DamagedModelError(f"these bytes are not a stored {kind}")
    body = view[_PREFIX.size :]
    if zlib.crc32(body) != checksum:
        raise DamagedModelError(f"the stored {kind} was altered or cut short")
    header = _read_header(body[:header_length], kind, format_number)
    arrays = _read_arrays(header["arrays"], body[header_length:], kind)
    return Frame(header["format"], header["values"], arrays)


def _read_header(data: memoryview, kind: str, format_number: int) -> dict[str, Any]:
    try:
        header = json.loads(bytes(data))
        found = header["kind"], header["format"]
        well_formed = isinstance(header["values"], dict)
        well_formed &= isinstance(header["arrays"], list)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DamagedModelError(f"the stored {kind} has no readable header") from error
    if found != (kind, format_number) or not well_formed:
        raise DamagedModelError(
            f"expected a {kind} of format {format_number}, found {found[0]!r:.40} of "
            f"format {found[1]!r:.40}"
        )
    return header


def _read_arrays(
    described: list[Any], data: memoryview, kind: str
) -> dict[str, NDArray]:
    arrays: dict[str, NDArray] = {}
    position = 0
    for entry in described:
        name, dtype, shape = _checked(entry, kind)
        count = int(np.prod(shape, dtype=object))
        size = count * np.dtype(dtype).itemsize
        if position + size > len(data):
            raise DamagedModelError(f"the stored {kind} is cut short at {name!r:.40}")
        array = np.frombuffer(data, dtype=dtype, count=count, offset=position)
        arrays[name] = array.reshape(shape)
        position += size + (-size % 8)
    return arrays


def _checked(entry: Any, kind: str) -> tuple[str, str, list[int]]:
    try:
        name, dtype, shape = entry
        known = isinstance(name, str) and dtype in _DTYPES
        bounded = all(isinstance(n, int) and 0 <= n <= _MAX_BYTES for n in shape)
    except (ValueError, TypeError) as error:
        raise DamagedModelError(f"the stored {kind} lists a bad array") from error
    if not (known and bounded and len(shape) <= 2):
        raise DamagedModelError(f"the stored {kind} lists a bad array")
    return name, dtype, shape


def require(condition: bool, kind: str, what: str) -> None:
    """Raise `DamagedModelError` unless ``condition`` holds."""
    if not condition:
        raise DamagedModelError(f"the stored {kind} has {what}")
