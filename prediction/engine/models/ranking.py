"""An inverted index of signatures, which scores thousands of users at once.

For every feature the index lists the users with a weight on it, so that a text costs
as much as its own features have entries. The file is mapped into memory, and only the
pages that texts touch are read. Weights are rounded to 8 bits, with a scale per user.

It is no safetensors file, since that library holds all arrays in memory to write them
and copies them to read them; nor has it a checksum, which would have to read all of it.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from prediction.engine.errors import DamagedModelError
from prediction.engine.features.idf import feature_sums
from prediction.engine.features.ngrams import FEATURES_VERSION, N_FEATURES
from prediction.engine.models.linear import LinearModel, used_columns

_KIND = "ranking index"
# Of the layout, and of the features.
_FORMAT = [2, FEATURES_VERSION]
_MAX_USERS = 1 << 16
_LARGEST = 127
_HEADER_BYTES = 4096
_USERS_AT_ONCE = 1_000


class _Places(NamedTuple):
    """Offset of each array in the file, and the size of the file."""

    bounds: int
    constants: int
    users: int
    weights: int
    size: int

    @classmethod
    def of(cls, users: int, entries: int) -> "_Places":
        bounds = _HEADER_BYTES
        constants = bounds + 8 * (N_FEATURES + 1)
        of_users = constants + 12 * users
        weights = of_users + 2 * entries
        return cls(bounds, constants, of_users, weights, weights + entries)


def rounded(model: LinearModel) -> tuple[NDArray[np.int8], float]:
    """Return the model's weights in 8 bits, and the value of one step."""
    weights = model.weights.astype(np.float32)
    step = float(np.abs(weights).max(initial=0)) / _LARGEST or 1.0
    return np.rint(weights / np.float32(step)).astype(np.int8), step


class RankingIndex:
    """Models of many users in one mapped file, made by `write` and read by `open`."""

    def __init__(
        self,
        bounds: NDArray[np.int64],
        constants: NDArray[np.float32],
        users: NDArray[np.uint16],
        weights: NDArray[np.int8],
    ) -> None:
        """``constants``: base weight, bias, step of each user, shape ``(users, 3)``."""
        self._bounds, self._constants = bounds, constants
        self._users, self._weights = users, weights

    def __len__(self) -> int:
        return len(self._constants)

    @classmethod
    def write(cls, path: Path, models: Iterable[LinearModel]) -> None:
        """Write the index of ``models``, which is iterated once.

        One model at a time is in memory; all are written to a temporary file beside
        ``path``, five bytes a weight, until the length of each list is known.

        Raises
        ------
        ValueError
            More than 65,536 users.
        """
        sizes = np.zeros(N_FEATURES, dtype=np.int64)
        constants = []
        with TemporaryFile(dir=path.parent) as temporary:
            for model in models:
                weights, step = rounded(model)
                sizes[model.columns] += 1
                constants.append((model.base_weight, model.bias, step))
                np.save(temporary, model.columns)
                np.save(temporary, weights)
            if len(constants) > _MAX_USERS:
                raise ValueError(f"an index holds at most {_MAX_USERS} users")
            bounds = np.append(0, np.cumsum(sizes))
            places = _Places.of(len(constants), int(bounds[-1]))
            with path.open("wb") as file:
                file.truncate(places.size)
            temporary.seek(0)
            data = np.memmap(path, dtype=np.uint8, mode="r+")
            _fill(data, places, bounds, temporary, len(constants))
        with path.open("r+b") as file:
            file.seek(places.constants)
            file.write(np.array(constants, dtype="<f4").tobytes())
            file.seek(0)
            file.write(_header(len(constants), int(bounds[-1])))

    @classmethod
    def open(cls, path: Path) -> Self:
        """Map an index that `write` wrote; further bytes in the file are ignored.

        Raises
        ------
        DamagedModelError
            It is cut short, unfinished, or of another format.
        """
        users, entries = _read_header(path)
        places = _Places.of(users, entries)
        if path.stat().st_size < places.size:
            raise DamagedModelError(f"the stored {_KIND} is cut short")
        data = np.memmap(path, dtype=np.uint8, mode="r", shape=(places.size,))
        bounds = np.array(data[places.bounds : places.constants].view("<i8"))
        if bounds[0] != 0 or bounds[-1] != entries or (np.diff(bounds) < 0).any():
            raise DamagedModelError(f"the stored {_KIND} has bad bounds")
        return cls(
            bounds,
            np.array(data[places.constants : places.users].view("<f4")).reshape(-1, 3),
            data[places.users : places.weights].view("<u2"),
            data[places.weights :].view("|i1"),
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

    def _dense(self, columns: NDArray[np.integer]) -> NDArray[np.int8]:
        """Return the rounded weights of some features, shape ``(columns, users)``."""
        weights = np.zeros((len(columns), len(self)), dtype=np.int8)
        for row, (start, end) in enumerate(self._lists(columns)):
            weights[row, self._users[start:end]] = self._weights[start:end]
        return weights

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
        parts = self._lists(columns)
        return np.array([(self._weights[a:b] > 0).any() for a, b in parts], dtype=bool)

    def _lists(self, columns: NDArray[np.integer]) -> Iterator[tuple[int, int]]:
        """Yield where the list of each feature begins and ends."""
        starts, ends = self._bounds[columns], self._bounds[columns + 1]
        return zip(starts.tolist(), ends.tolist(), strict=True)

    def _score(
        self, columns: NDArray[np.integer], values: NDArray[np.floating]
    ) -> NDArray[np.float64]:
        total = np.zeros(len(self))
        for (start, end), value in zip(
            self._lists(columns), values.tolist(), strict=True
        ):
            # No user is twice in a list, so plain addition loses nothing.
            total[self._users[start:end]] += self._weights[start:end] * np.float32(
                value
            )
        base_weight, bias, step = self._constants.T
        return total * step + base_weight * values.sum() + bias


def _fill(
    data: NDArray[np.uint8],
    places: _Places,
    bounds: NDArray[np.int64],
    temporary: IO[bytes],
    models: int,
) -> None:
    data[places.bounds : places.constants] = bounds.astype("<i8").view(np.uint8)
    users = data[places.users : places.weights].view("<u2")
    weights = data[places.weights :].view("|i1")
    place = bounds[:-1].copy()
    for number in range(models):
        columns = np.load(temporary, allow_pickle=False)
        at = place[columns]
        weights[at] = np.load(temporary, allow_pickle=False)
        users[at] = number
        place[columns] += 1


def _header(users: int, entries: int) -> bytes:
    about = {
        "kind": _KIND,
        "format": _FORMAT,
        "users": users,
        "entries": entries,
    }
    return json.dumps(about).encode().ljust(_HEADER_BYTES)


def _read_header(path: Path) -> tuple[int, int]:
    with path.open("rb") as file:
        head = file.read(_HEADER_BYTES)
    try:
        about = json.loads(head)
        known = about["kind"] == _KIND and about["format"] == _FORMAT
        users, entries = int(about["users"]), int(about["entries"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DamagedModelError(f"this is not a {_KIND}") from error
    if not known or not 0 <= users <= _MAX_USERS or entries < 0:
        raise DamagedModelError(f"this is not a {_KIND} of format {_FORMAT}")
    return users, entries
