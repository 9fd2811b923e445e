"""One way of storing arrays: safetensors, with a format number and a checksum.

The metadata hold one entry: a CRC-32 of all other bytes, then JSON with the kind of
thing stored, its format number and plain values. Nothing is ever unpickled.
"""

import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save
from scipy import sparse

from prediction.engine.errors import DamagedModelError
from prediction.engine.features.ngrams import N_FEATURES

UNFINISHED = ".part"

_ENTRY = "hypotweet"
_MARK = f'"{_ENTRY}":"'.encode()
_NO_CHECKSUM = "0" * 8
_MAX_BYTES = 1 << 31
_MAX_HEADER = 1 << 20


class Frame(NamedTuple):
    """A stored model: plain values and arrays."""

    values: dict[str, Any]
    arrays: dict[str, NDArray]


def pack(
    kind: str,
    format_number: int,
    values: Mapping[str, Any],
    arrays: Mapping[str, NDArray],
) -> bytes:
    """Return a frame as bytes; the same content always gives the same bytes."""
    about = {"kind": kind, "format": format_number, "values": dict(values)}
    text = json.dumps(about, sort_keys=True, separators=(",", ":"))
    contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    data = save(contiguous, metadata={_ENTRY: _NO_CHECKSUM + text})
    start = data.index(_MARK) + len(_MARK)
    checksum = f"{zlib.crc32(data):08x}".encode()
    return data[:start] + checksum + data[start + len(checksum) :]


def unpack(data: bytes, kind: str, format_number: int) -> Frame:
    """Read a frame that `pack` wrote.

    Raises
    ------
    DamagedModelError
        The bytes are truncated, altered, too large, or of another kind or format.
    """
    if not 8 <= len(data) <= _MAX_BYTES:
        raise DamagedModelError(f"a stored {kind} cannot have {len(data)} bytes")
    header = data[8 : 8 + min(int.from_bytes(data[:8], "little"), _MAX_HEADER)]
    place = header.find(_MARK)
    if place < 0:
        raise DamagedModelError(f"these bytes are not a stored {kind}")
    start = 8 + place + len(_MARK)
    end = start + len(_NO_CHECKSUM)
    if data[start:end] != _checksum(data, start, end):
        raise DamagedModelError(f"the stored {kind} was altered or cut short")
    try:
        about = json.loads(json.loads(header)["__metadata__"][_ENTRY][8:])
        found, values = (about["kind"], about["format"]), about["values"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DamagedModelError(f"the stored {kind} has no readable header") from error
    if found != (kind, format_number) or not isinstance(values, dict):
        raise DamagedModelError(
            f"expected a {kind} of format {format_number}, found {found[0]!r:.40} of "
            f"format {found[1]!r:.40}"
        )
    try:
        return Frame(values, load(data))
    except (SafetensorError, KeyError, ValueError) as error:
        raise DamagedModelError(f"the stored {kind} lists a bad array") from error


def _checksum(data: bytes, start: int, end: int) -> bytes:
    """Return the checksum of ``data`` as if none were stored in ``data[start:end]``."""
    view = memoryview(data)
    before = zlib.crc32(_NO_CHECKSUM.encode(), zlib.crc32(view[:start]))
    return f"{zlib.crc32(view[end:], before):08x}".encode()


def require(condition: bool, kind: str, what: str) -> None:
    """Raise `DamagedModelError` unless ``condition`` holds."""
    if not condition:
        raise DamagedModelError(f"the stored {kind} has {what}")


def in_range(values: NDArray, size: int) -> bool:
    """Say whether every value is one of ``0 .. size - 1``."""
    return not len(values) or (int(values.min()) >= 0 and int(values.max()) < size)


def matrix_arrays(matrix: sparse.csr_matrix) -> dict[str, NDArray]:
    """Split a feature matrix into arrays to `pack`; values are kept as float16."""
    return {
        "indptr": matrix.indptr.astype("<i4"),
        "indices": matrix.indices.astype("<i4"),
        "data": matrix.data.astype("<f2"),
    }


def read_matrix(arrays: Mapping[str, NDArray], kind: str) -> sparse.csr_matrix:
    """Check and rebuild a matrix of shape ``(rows, N_FEATURES)``.

    Raises
    ------
    DamagedModelError
        Something is missing, out of bounds or not finite.
    """
    names = {"indptr": "<i4", "indices": "<i4", "data": "<f2"}
    for name, dtype in names.items():
        found = arrays.get(name)
        require(
            found is not None and found.dtype.str == dtype and found.ndim == 1,
            kind,
            f"no proper {name}",
        )
    indptr, indices, data = arrays["indptr"], arrays["indices"], arrays["data"]
    require(len(indptr) > 0 and indptr[0] == 0, kind, "bad row bounds")
    require(bool((np.diff(indptr) >= 0).all()), kind, "bad row bounds")
    require(len(indices) == len(data) == int(indptr[-1]), kind, "a wrong length")
    require(in_range(indices, N_FEATURES), kind, "columns out of range")
    require(bool(np.isfinite(data).all()), kind, "values that are not finite")
    shape = (len(indptr) - 1, N_FEATURES)
    return sparse.csr_matrix((data.astype(np.float32), indices, indptr), shape=shape)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a new file to write, which replaces ``path`` once the block ends.

    Readers see the old file or the whole new one, and processes that write at the
    same time do not disturb each other. Raises OSError.
    """
    own = path.with_name(f"{path.name}.{uuid4().hex}{UNFINISHED}")
    try:
        yield own
        own.replace(path)
    finally:
        own.unlink(missing_ok=True)
