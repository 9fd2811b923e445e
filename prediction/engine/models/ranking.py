"""An inverted index of signatures, which scores thousands of users at once.

For every feature the index lists the users with a weight on it, so that a text costs
as much as its own features have entries. The file is mapped into memory, and only the
pages that texts touch are read. Weights are rounded to 8 bits, with a scale per user.
Users are numbered in 16 bits within a part of the file, and there are as many parts as
it takes.

It is no safetensors file, since that library holds all arrays in memory to write them
and copies them to read them; nor has it a checksum, which would have to read all of it.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from prediction.engine.errors import DamagedModelError
from prediction.engine.features.idf import feature_sums
from prediction.engine.features.ngrams import FEATURES_VERSION, N_FEATURES
from prediction.engine.models.linear import LinearModel, used_columns

_KIND = "ranking index"
# Of the layout, and of the features.
_FORMAT = [3, FEATURES_VERSION]
_MOST_IN_PART = 1 << 16
_LARGEST = 127
_HEADER_BYTES = 4096
_USERS_AT_ONCE = 1_000


class _Size(NamedTuple):
    """Of a part: its users, and the entries of all its lists."""

    users: int
    entries: int

    @property
    def bytes(self) -> int:
        return 8 * (N_FEATURES + 1) + 12 * self.users + 3 * self.entries


def rounded(model: LinearModel) -> tuple[NDArray[np.int8], float]:
    """Return the model's weights in 8 bits, and the value of one step."""
    weights = model.weights.astype(np.float32)
    step = float(np.abs(weights).max(initial=0)) / _LARGEST or 1.0
    return np.rint(weights / np.float32(step)).astype(np.int8), step


class _Part:
    """Lists of up to 65,536 users: for each feature their numbers and weights."""

    def __init__(self, data: NDArray[np.uint8], size: _Size) -> None:
        """Divide the bytes of a part among its arrays, which share their memory."""
        constants = 8 * (N_FEATURES + 1)
        users = constants + 12 * size.users
        weights = users + 2 * size.entries
        self.bounds = data[:constants].view("<i8")
        self.constants = data[constants:users].view("<f4").reshape(-1, 3)
        self.users = data[users:weights].view("<u2")
        self.weights = data[weights:].view("|i1")

    def lists(self, columns: NDArray[np.integer]) -> Iterator[tuple[int, int]]:
        """Yield where the list of each feature begins and ends."""
        starts, ends = self.bounds[columns], self.bounds[columns + 1]
        return zip(starts.tolist(), ends.tolist(), strict=True)


class RankingIndex:
    """Models of many users in one mapped file, made by `write` and read by `open`."""

    def __init__(self, parts: Sequence[_Part]) -> None:
        self._parts = parts
        # Base weight, bias and step of each user, shape (users, 3).
        self._constants = np.concatenate([part.constants for part in parts])

    def __len__(self) -> int:
        return len(self._constants)

    @classmethod
    def write(cls, path: Path, models: Iterable[LinearModel]) -> None:
        """Write the index of ``models``, which is iterated once.

        One model at a time is in memory; those of a part are written to a temporary
        file beside ``path``, five bytes a weight, until the length of each list is
        known.
        """
        path.write_bytes(bytes(_HEADER_BYTES))
        rest = iter(models)
        sizes = [_append_part(path, rest)]
        while sizes[-1].users == _MOST_IN_PART:
            sizes.append(_append_part(path, rest))
        with path.open("r+b") as file:
            file.write(_header(sizes))

    @classmethod
    def open(cls, path: Path) -> Self:
        """Map an index that `write` wrote; further bytes in the file are ignored.

        Raises
        ------
        DamagedModelError
            It is cut short, unfinished, or of another format.
        """
        sizes = _read_header(path)
        starts = [_HEADER_BYTES]
        for size in sizes:
            starts.append(_aligned(starts[-1] + size.bytes))
        end = starts[-2] + sizes[-1].bytes
        if path.stat().st_size < end:
            raise DamagedModelError(f"the stored {_KIND} is cut short")
        data = np.memmap(path, dtype=np.uint8, mode="r", shape=(end,))
        return cls(
            [
                _read_part(data[start : start + size.bytes], size)
                for start, size in zip(starts, sizes, strict=False)
            ]
        )

    def decision_function(self, features: sparse.csr_matrix) -> NDArray[np.float64]:
        """Score weighted features, shape ``(texts, users)``, in the order written."""
        found = np.empty((features.shape[0], len(self)))
        for row in range(features.shape[0]):
            part = slice(features.indptr[row], features.indptr[row + 1])
            found[row] = self._score(features.indices[part], features.data[part])
        return found

    @property
    def biases(self) -> NDArray[np.float64]:
        """Each user's score of a text without features, shape ``(users,)``."""
        return self._constants[:, 1].astype(np.float64)

    def weights_of(self, columns: NDArray[np.integer]) -> NDArray[np.float32]:
        """Return each user's weights of some features, shape ``(users, columns)``."""
        base_weight, _, step = self._constants.T
        weights = self._dense(columns).astype(np.float32).T
        return np.asarray(weights * step[:, np.newaxis] + base_weight[:, np.newaxis])

    def score_alike(self, features: sparse.csr_matrix) -> NDArray[np.floating]:
        """Score texts that have most features in common, like `decision_function`."""
        columns, rows = used_columns(features)
        weights = self._dense(columns)
        parts = [
            rows @ weights[:, first : first + _USERS_AT_ONCE].astype(np.float32)
            for first in range(0, len(self), _USERS_AT_ONCE)
        ]
        base_weight, bias, step = self._constants.T
        by_length = feature_sums(features)[:, np.newaxis] * base_weight
        return np.concatenate(parts, axis=1) * step + by_length + bias

    def known(self, columns: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Say of each feature whether it speaks for anybody in the index.

        A positive weight that is rounded to 0 does not count.
        """
        found = np.zeros(len(columns), dtype=bool)
        for part in self._parts:
            lists = part.lists(columns)
            found |= [(part.weights[a:b] > 0).any() for a, b in lists]
        return found

    def _dense(self, columns: NDArray[np.integer]) -> NDArray[np.int8]:
        """Return the rounded weights of some features, shape ``(columns, users)``."""
        weights = np.zeros((len(columns), len(self)), dtype=np.int8)
        for of_part, part in self._each_part(weights):
            for row, (start, end) in enumerate(part.lists(columns)):
                of_part[row, part.users[start:end]] = part.weights[start:end]
        return weights

    def _score(
        self, columns: NDArray[np.integer], values: NDArray[np.floating]
    ) -> NDArray[np.float64]:
        total = np.zeros(len(self))
        for of_part, part in self._each_part(total):
            for (start, end), value in zip(
                part.lists(columns), values.tolist(), strict=True
            ):
                # No user is twice in a list, so plain addition loses nothing.
                of_part[part.users[start:end]] += part.weights[start:end] * np.float32(
                    value
                )
        base_weight, bias, step = self._constants.T
        return total * step + base_weight * values.sum() + bias

    def _each_part(
        self, of_users: NDArray[Any]
    ) -> Iterator[tuple[NDArray[Any], _Part]]:
        """Yield each part with its users' columns of an array."""
        first = 0
        for part in self._parts:
            end = first + len(part.constants)
            yield of_users[..., first:end], part
            first = end


def _aligned(place: int) -> int:
    """Return where the next part begins: its numbers are read faster there."""
    return -(-place // 8) * 8


def _read_part(data: NDArray[np.uint8], size: _Size) -> _Part:
    """Map a part; its bounds are read, since every text looks its features up there.

    Raises DamagedModelError.
    """
    part = _Part(data, size)
    part.bounds = np.array(part.bounds)
    first, last = part.bounds[[0, -1]]
    if first != 0 or last != size.entries or (np.diff(part.bounds) < 0).any():
        raise DamagedModelError(f"the stored {_KIND} has bad bounds")
    return part


def _append_part(path: Path, models: Iterator[LinearModel]) -> _Size:
    """Append a part of the next models, as many as it holds, to the file."""
    sizes = np.zeros(N_FEATURES, dtype=np.int64)
    constants = []
    with TemporaryFile(dir=path.parent) as temporary:
        for model in islice(models, _MOST_IN_PART):
            weights, step = rounded(model)
            sizes[model.columns] += 1
            constants.append((model.base_weight, model.bias, step))
            np.save(temporary, model.columns)
            np.save(temporary, weights)
        size = _Size(len(constants), int(sizes.sum()))
        start = _aligned(path.stat().st_size)
        os.truncate(path, start + size.bytes)
        temporary.seek(0)
        data = np.memmap(path, np.uint8, "r+", offset=start, shape=(size.bytes,))
        part = _Part(data, size)
        part.bounds[:] = np.append(0, np.cumsum(sizes))
        part.constants[:] = np.array(constants, dtype="<f4").reshape(-1, 3)
        _fill(part, temporary)
    return size


def _fill(part: _Part, temporary: IO[bytes]) -> None:
    place = np.array(part.bounds[:-1])
    for number in range(len(part.constants)):
        columns = np.load(temporary, allow_pickle=False)
        at = place[columns]
        part.weights[at] = np.load(temporary, allow_pickle=False)
        part.users[at] = number
        place[columns] += 1


def _header(sizes: list[_Size]) -> bytes:
    about = {"kind": _KIND, "format": _FORMAT, "parts": sizes}
    return json.dumps(about).encode().ljust(_HEADER_BYTES)


def _read_header(path: Path) -> list[_Size]:
    with path.open("rb") as file:
        head = file.read(_HEADER_BYTES)
    try:
        about = json.loads(head)
        known = about["kind"] == _KIND and about["format"] == _FORMAT
        sizes = [_Size(int(users), int(entries)) for users, entries in about["parts"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DamagedModelError(f"this is not a {_KIND}") from error
    if not known or not sizes or not all(map(_is_possible, sizes)):
        raise DamagedModelError(f"this is not a {_KIND} of format {_FORMAT}")
    return sizes


def _is_possible(size: _Size) -> bool:
    return 0 <= size.users <= _MOST_IN_PART and size.entries >= 0
