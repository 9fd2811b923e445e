"""A portable model: one file with everything that a prediction needs.

The file is a zip in numpy's npz layout: `model.json` with the format numbers and the
users' handles, then `idf.npy`, and `<number>.signature.npy` and `<number>.holdout.npy`
for each user, byte arrays as returned by `to_bytes`. Nothing in it is ever unpickled.
"""

import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from prediction.engine.errors import DamagedModelError
from prediction.engine.features.idf import IdfWeighting
from prediction.engine.features.ngrams import FEATURES_VERSION
from prediction.engine.models.group import Group
from prediction.engine.models.signature import Signature
from prediction.engine.storage import replacing

FORMAT = 2
_KIND = "HypoTweet model"
_MAX_USERS = 100_000
_MAX_MEMBER = 1 << 28
_MAX_HEADER = 1 << 24


class PortableModel(NamedTuple):
    """The members' handles, in the order of the group's positions."""

    handles: list[str]
    group: Group


def save_model(
    path: Path,
    handles: Sequence[str],
    signatures: Sequence[Signature],
    idf: IdfWeighting,
) -> None:
    """Write a model; an older file is replaced only once the new one is complete.

    Raises
    ------
    ValueError
        Fewer than two users, or a signature without its holdout.
    OSError
        The file cannot be written.
    """
    if len(handles) < 2 or len(handles) != len(signatures):
        raise ValueError("a model needs two users, and a signature for each")
    header = {
        "kind": _KIND,
        "format": FORMAT,
        "features": FEATURES_VERSION,
        "handles": list(handles),
    }
    with replacing(path) as own, zipfile.ZipFile(own, "w") as file:
        file.writestr("model.json", json.dumps(header))
        _write(file, "idf", idf.to_bytes())
        for number, signature in enumerate(signatures):
            if signature.holdout is None:
                raise ValueError("a signature has no holdout")
            _write(file, f"{number}.signature", signature.to_bytes())
            _write(file, f"{number}.holdout", signature.holdout.to_bytes())


def load_model(path: Path) -> PortableModel:
    """Read what `save_model` wrote.

    Raises
    ------
    DamagedModelError
        The file is damaged, not a model, or of another format.
    OSError
        The file cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as file:
            handles = _handles(_header(file))
            idf = IdfWeighting.from_bytes(_read(file, "idf"))
            signatures = [
                Signature.from_bytes(
                    _read(file, f"{number}.signature"),
                    _read(file, f"{number}.holdout"),
                )
                for number in range(len(handles))
            ]
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError) as error:
        raise DamagedModelError("this file is not a model, or is damaged") from error
    return PortableModel(handles, Group(signatures, idf))


def _write(file: zipfile.ZipFile, name: str, data: bytes) -> None:
    member = io.BytesIO()
    np.save(member, np.frombuffer(data, dtype=np.uint8), allow_pickle=False)
    file.writestr(f"{name}.npy", member.getvalue())


def _read(file: zipfile.ZipFile, name: str) -> bytes:
    data = _member(file, f"{name}.npy", _MAX_MEMBER)
    try:
        array = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise DamagedModelError(f"{name} in the model is damaged") from error
    if not isinstance(array, np.ndarray) or array.dtype != np.uint8:
        raise DamagedModelError(f"{name} in the model is not an array of bytes")
    return array.tobytes()


def _member(file: zipfile.ZipFile, name: str, limit: int) -> bytes:
    try:
        size = file.getinfo(name).file_size
    except KeyError:
        raise DamagedModelError(f"the model lacks {name}") from None
    if size > limit:
        raise DamagedModelError(f"{name} in the model is too large")
    return file.read(name)


def _header(file: zipfile.ZipFile) -> dict[str, Any]:
    try:
        header = json.loads(_member(file, "model.json", _MAX_HEADER))
    except (ValueError, RecursionError) as error:
        raise DamagedModelError("the model has no readable header") from error
    if not isinstance(header, dict) or header.get("kind") != _KIND:
        raise DamagedModelError("this file is not a HypoTweet model")
    found = header.get("format"), header.get("features")
    if found != (FORMAT, FEATURES_VERSION):
        raise DamagedModelError(
            f"the model has format {found[0]!r:.20} with features {found[1]!r:.20}; "
            f"this version reads {FORMAT} with {FEATURES_VERSION}: export it again"
        )
    return header


def _handles(header: dict[str, Any]) -> list[str]:
    handles = header.get("handles")
    proper = isinstance(handles, list) and 2 <= len(handles) <= _MAX_USERS
    if not proper or not all(isinstance(handle, str) for handle in handles):  # type: ignore[union-attr]
        raise DamagedModelError("the model does not name its users")
    return list(handles)  # type: ignore[arg-type]
