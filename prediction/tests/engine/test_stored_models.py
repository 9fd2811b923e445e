"""Stored models are read back unchanged, and damaged bytes are refused."""

import struct
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prediction.engine.errors import DamagedModelError
from prediction.engine.features.idf import IdfWeighting
from prediction.engine.features.ngrams import FEATURES_VERSION
from prediction.engine.models.background import Background
from prediction.engine.models.group import Group
from prediction.engine.models.signature import Holdout, Signature
from prediction.engine.storage import pack, unpack
from prediction.tests.engine.voices import CRITIC, FAN, KEEPER, background_of, same

FRAME = pack(
    "thing",
    3,
    {"a": 1.5},
    {"x": np.arange(5, dtype="<i4"), "y": np.zeros((2, 3), "<f2")},
)


def test_a_frame_comes_back() -> None:
    frame = unpack(FRAME, "thing", 3)
    assert frame.values == {"a": 1.5}
    assert frame.arrays["x"].tolist() == [0, 1, 2, 3, 4]
    assert frame.arrays["y"].shape == (2, 3)


@given(st.integers(0, len(FRAME) - 1), st.integers(1, 255))
@settings(deadline=None)
def test_any_altered_byte_is_refused(position: int, change: int) -> None:
    altered = bytearray(FRAME)
    altered[position] ^= change
    with pytest.raises(DamagedModelError):
        unpack(bytes(altered), "thing", 3)


@given(st.integers(0, len(FRAME) - 1))
def test_bytes_cut_short_are_refused(length: int) -> None:
    with pytest.raises(DamagedModelError):
        unpack(FRAME[:length], "thing", 3)


@given(st.binary(max_size=200))
def test_any_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(DamagedModelError):
        unpack(data, "thing", 3)


def test_the_same_content_gives_the_same_bytes() -> None:
    arrays = {"y": np.zeros((2, 3), "<f2"), "x": np.arange(5, dtype="<i4")}
    assert pack("thing", 3, {"a": 1.5}, arrays) == FRAME


def test_what_version_1_stored_is_refused() -> None:
    header = b'{"arrays":[],"format":2,"kind":"thing","values":{}}'
    prefix = struct.pack("<8sII", b"HYPOTWT1", len(header), zlib.crc32(header))
    with pytest.raises(DamagedModelError):
        unpack(prefix + header, "thing", 3)


@pytest.mark.parametrize(("kind", "number"), [("other", 3), ("thing", 4)])
def test_another_kind_or_format_is_refused(kind: str, number: int) -> None:
    with pytest.raises(DamagedModelError, match="expected"):
        unpack(FRAME, kind, number)


def test_a_background_comes_back() -> None:
    background = background_of([KEEPER, FAN])
    again = Background.from_bytes(background.to_bytes())
    assert again.to_bytes() == background.to_bytes()
    assert same(again.owners, background.owners)
    assert same(again.newest, background.newest)
    assert abs(again.matrix - background.matrix).max() < 1e-3


def test_a_user_can_be_removed_from_a_background() -> None:
    background = background_of([KEEPER, FAN, CRITIC])
    left = background.excluding(1)
    assert set(left.owners) == {0, 2}
    assert left.matrix.shape[0] == len(left.newest) == len(left.owners)
    assert same(left.idf.idf, background.idf.idf)


def test_a_background_needs_an_owner_for_each_text() -> None:
    with pytest.raises(ValueError, match="owner"):
        Background.fit(["one text"], [1, 2])


def test_an_idf_weighting_comes_back(group: Group) -> None:
    again = IdfWeighting.from_bytes(group.idf.to_bytes())
    assert same(again.idf, group.idf.idf)
    assert same(again.outside, group.idf.outside)
    assert again.outside.any()


def test_a_signature_comes_back_with_its_holdout(group: Group) -> None:
    signature = group.signatures[0]
    assert signature.holdout is not None
    parts = signature.to_bytes(), signature.holdout.to_bytes()
    again = Signature.from_bytes(*parts)
    assert again.holdout is not None
    assert (again.to_bytes(), again.holdout.to_bytes()) == parts
    assert again.platt == signature.platt
    assert Signature.from_bytes(parts[0]).holdout is None


def test_one_kind_is_not_read_as_another(group: Group) -> None:
    data = group.signatures[0].to_bytes()
    for reader in (Holdout, Background, IdfWeighting):
        with pytest.raises(DamagedModelError):
            reader.from_bytes(data)


@pytest.mark.parametrize(
    "arrays",
    [
        {"columns": np.array([1 << 20], "<i4"), "weights": np.ones(1, "<f2")},
        {"columns": np.array([-1], "<i4"), "weights": np.ones(1, "<f2")},
        {"columns": np.array([2, 1], "<i4"), "weights": np.ones(2, "<f2")},
        {"columns": np.array([1], "<i4"), "weights": np.ones(2, "<f2")},
        {"columns": np.array([1], "<i4"), "weights": np.array([np.nan], "<f2")},
        {"columns": np.array([1], "<i8"), "weights": np.ones(1, "<f2")},
        {"columns": np.array([1], "<i4")},
    ],
)
def test_a_signature_with_impossible_arrays_is_refused(
    arrays: dict[str, np.ndarray],
) -> None:
    names = ("base_weight", "bias", "slope", "intercept", "tweets")
    data = pack("signature", FEATURES_VERSION, dict.fromkeys(names, 1), arrays)
    with pytest.raises(DamagedModelError):
        Signature.from_bytes(data)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("idf", lambda found: found[:-1]),
        ("idf", lambda found: found.astype("<f8")),
        ("owners", lambda found: found[1:]),
        ("newest", lambda found: None),
        ("indptr", lambda found: found[::-1].copy()),
        ("indptr", lambda found: found + 1),
        ("indptr", lambda found: found[:0]),
        ("indptr", lambda found: found.reshape(1, -1)),
        ("indices", lambda found: found + (1 << 20)),
        ("indices", lambda found: found[1:]),
        ("data", lambda found: found * np.float16(np.nan)),
        ("data", lambda found: None),
    ],
)
def test_a_background_with_impossible_arrays_is_refused(
    name: str, wrong: Callable[[np.ndarray], np.ndarray | None]
) -> None:
    genuine = background_of([KEEPER, FAN]).to_bytes()
    number = FEATURES_VERSION
    frame = unpack(genuine, "background", number)
    arrays = dict(frame.arrays)
    Background.from_bytes(pack("background", number, frame.values, arrays))
    altered = wrong(arrays.pop(name))
    if altered is not None:
        arrays[name] = altered
    with pytest.raises(DamagedModelError):
        Background.from_bytes(pack("background", number, frame.values, arrays))
