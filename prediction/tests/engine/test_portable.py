"""A portable model predicts like its original, or is refused."""

import json
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prediction.engine.errors import DamagedModelError
from prediction.engine.export import load_model, save_model
from prediction.engine.features import ngrams
from prediction.engine.models.background import Background
from prediction.engine.models.group import Group
from prediction.engine.models.signature import Signature, fit_signature, newest_profiles

KEEPER = [f"Log. Wind SW {n}, lamp lit, the gull is back again." for n in range(14)]
FAN = [f"we lost {n}-0 lads!!! absolute shambles, ref was blind" for n in range(14)]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Group]:
    background = Background.fit(KEEPER + FAN, [1] * len(KEEPER) + [2] * len(FAN))
    signatures = [
        fit_signature(
            ngrams.transform(texts), background, owner, newest_profiles(texts)
        )
        for owner, texts in ((1, KEEPER), (2, FAN))
    ]
    path = tmp_path_factory.mktemp("models") / "two.hypotweet"
    save_model(path, ["keeper", "fan"], signatures, background.idf)
    stored = [
        Signature.from_bytes(made.to_bytes(), made.holdout.to_bytes())
        for made in signatures
    ]
    return path, Group(stored, background.idf)


def test_it_predicts_like_the_original(model: tuple[Path, Group]) -> None:
    path, original = model
    texts = ["Lamp lit, wind SW.", "what a shambles lads!!!"]
    handles, loaded = load_model(path)
    assert handles == ["keeper", "fan"]
    assert loaded.predict(texts) == original.predict(texts)
    assert loaded.calibration == original.calibration


def test_it_loads_without_django(model: tuple[Path, Group]) -> None:
    code = (
        "import sys; from pathlib import Path; "
        "from prediction.engine.export import load_model; "
        f"load_model(Path({str(model[0])!r})).group.predict(['Lamp lit']); "
        "print('django' in sys.modules, 'spacy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.split() == ["False", "False"], done.stderr


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 255))
def test_a_changed_byte_never_changes_an_answer(
    model: tuple[Path, Group], tmp_path: Path, place: int, change: int
) -> None:
    path, original = model
    data = bytearray(path.read_bytes())
    data[place % len(data)] ^= change
    damaged = tmp_path / "damaged"
    damaged.write_bytes(data)
    try:
        loaded = load_model(damaged).group
    except DamagedModelError:
        return
    assert loaded.predict(["Lamp lit, wind SW."]) == original.predict(
        ["Lamp lit, wind SW."]
    )


@pytest.mark.parametrize("size", [0, 10, 1_000])
def test_a_file_cut_short_is_refused(
    model: tuple[Path, Group], tmp_path: Path, size: int
) -> None:
    cut = tmp_path / "cut"
    cut.write_bytes(model[0].read_bytes()[:size])
    with pytest.raises(DamagedModelError):
        load_model(cut)


def test_another_format_is_refused_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "other"
    with zipfile.ZipFile(path, "w") as file:
        header = {"kind": "HypoTweet model", "format": 99, "features": 1}
        file.writestr("model.json", json.dumps(header))
    with pytest.raises(DamagedModelError, match="99"):
        load_model(path)


NOT_BYTES = BytesIO()
np.save(NOT_BYTES, np.zeros(3))
TOO_LONG = json.dumps({"kind": "x" * 2_000_000})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("model.json", None),
        ("model.json", "{"),
        ("model.json", "[]"),
        ("model.json", TOO_LONG),
        ("model.json", '{"kind": "another"}'),
        ("handles", ["keeper"]),
        ("handles", ["keeper", 7]),
        ("handles", "keeper"),
        ("idf.npy", None),
        ("idf.npy", "no array"),
        ("idf.npy", NOT_BYTES.getvalue()),
        ("1.holdout.npy", None),
    ],
)
def test_a_model_with_a_wrong_part_is_refused(
    model: tuple[Path, Group], tmp_path: Path, name: str, content: object
) -> None:
    with zipfile.ZipFile(model[0]) as file:
        parts: dict[str, object] = {part: file.read(part) for part in file.namelist()}
    if name == "handles":
        header = json.loads(parts["model.json"]) | {"handles": content}
        name, content = "model.json", json.dumps(header)
    parts[name] = content
    path = tmp_path / "wrong"
    with zipfile.ZipFile(path, "w") as file:
        for part, data in parts.items():
            if data is not None:
                file.writestr(part, data)
    with pytest.raises(DamagedModelError):
        load_model(path)


def test_a_failed_export_leaves_the_old_file(
    model: tuple[Path, Group], tmp_path: Path
) -> None:
    path = tmp_path / "kept"
    path.write_text("what was there")
    with pytest.raises(ValueError, match="two users"):
        save_model(path, ["one"], [], model[1].idf)
    assert path.read_text() == "what was there"
    bare = [Signature.from_bytes(one.to_bytes()) for one in model[1].signatures]
    with pytest.raises(ValueError, match="holdout"):
        save_model(path, ["one", "two"], bare, model[1].idf)
    assert path.read_text() == "what was there"
    assert list(tmp_path.iterdir()) == [path]
