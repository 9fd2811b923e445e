"""Every text has features, the same on every machine and in every batch."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prediction.engine.features import ngrams
from prediction.engine.features.idf import IdfWeighting
from prediction.engine.features.ngrams import BLOCKS, N_FEATURES
from prediction.engine.features.streams import Layout
from prediction.tests.engine.voices import FAN, KEEPER

ODD = [
    "",
    "\x00",
    "   \n\t ",
    "\ud800 lone surrogate",
    "\u202eright to left\u202c",
    "日本語のツイートです",
    "مرحبا بالعالم",
    "👩‍👩‍👧‍👦 family 🏳️‍🌈",
    "\ue000\ue00e reserved \ue00f",
    "İstanbul ŒUVRE ﬁne",
    "a" * 25_000,
    "𝓯𝓪𝓷𝓬𝔂 letters",
]
any_text = st.text(st.characters(), max_size=120)


@pytest.mark.parametrize("style_only", [False, True])
def test_odd_texts_have_features_too(style_only: bool) -> None:
    matrix = ngrams.transform(ODD, style_only)
    assert matrix.shape == (len(ODD), N_FEATURES)
    assert np.isfinite(matrix.data).all()
    assert (np.diff(matrix.indptr) > 0).all()


def test_each_block_has_unit_length() -> None:
    row = ngrams.transform([KEEPER[0]]).toarray()[0]
    ends = np.cumsum([block.size for block in BLOCKS])
    lengths = [np.linalg.norm(part) for part in np.split(row, ends[:-1])]
    assert lengths == pytest.approx([1] * len(BLOCKS), abs=1e-5)


@given(st.lists(any_text, min_size=1, max_size=6))
@settings(max_examples=50, deadline=None)
def test_a_text_has_the_same_features_in_any_batch(texts: list[str]) -> None:
    together = ngrams.transform(texts)
    alone = ngrams.transform([texts[-1]])
    last = together[len(texts) - 1]
    assert last.indices.tolist() == alone.indices.tolist()
    assert last.data.tolist() == alone.data.tolist()


def test_no_texts_make_an_empty_matrix() -> None:
    assert ngrams.transform([]).shape == (0, N_FEATURES)


def test_portions_of_many_long_texts_leave_no_trace() -> None:
    texts = [KEEPER[0] * 900, FAN[0] * 3000, KEEPER[1]] * 2
    together = ngrams.transform(texts)
    for number, text in enumerate(texts):
        assert (together[number] != ngrams.transform([text])).nnz == 0


def test_all_links_are_alike() -> None:
    first = ngrams.transform(["Read this https://a.example/1 now"])
    second = ngrams.transform(["Read this http://b.example/other?x=2 now"])
    assert (first != second).nnz == 0


def test_style_only_ignores_names_tags_and_numbers() -> None:
    first = ngrams.transform(["Hi @ann, 12 cakes #yum"], style_only=True)
    second = ngrams.transform(["Hi @bob, 347 cakes #nope"], style_only=True)
    assert (first != second).nnz == 0
    assert (ngrams.transform(["Hi @ann"]) != ngrams.transform(["Hi @bob"])).nnz


GOLDEN = {
    "Fog again tonight!!! Don't @ me #Lamp 42 https://x.example \n- K. 😀 ça va": (
        373,
        "ccb2bab245139b2f",
    ),
    "SHAMBLES at McDonalds, on X: 12345678 or 123456 fans (no?) -- e-mail me; #NoWay": (
        496,
        "169ae245c65de5c0",
    ),
}


@pytest.mark.parametrize("text", GOLDEN)
def test_features_do_not_change_between_versions(text: str) -> None:
    row = ngrams.transform([text])
    digest = hashlib.sha256(row.indices.astype("<i4").tobytes()).hexdigest()
    assert (row.nnz, digest[:16]) == GOLDEN[text]


def test_every_python_classifies_characters_alike() -> None:
    everything = "".join(map(chr, range(0x20, 0xD800)))
    layout = Layout([everything])
    digest = hashlib.sha256(layout.classes.tobytes() + layout.lower.tobytes())
    assert digest.hexdigest()[:16] == "4b706194c294c17e"


def test_features_do_not_depend_on_the_hash_seed() -> None:
    code = (
        "from prediction.engine.features import ngrams; import hashlib;"
        "m = ngrams.transform(['Fog again!', 'WHAT a goal 😡']);"
        "print(hashlib.sha256(m.indices.tobytes() + m.data.tobytes()).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


@given(any_text, st.booleans())
@settings(max_examples=100, deadline=None)
def test_every_feature_is_found_in_the_text(text: str, style_only: bool) -> None:
    features, found = ngrams.locate(text, style_only)
    assert (features != ngrams.transform([text], style_only)).nnz == 0
    assert set(found.column) == set(features.indices)
    assert (found.start >= 0).all()
    assert (found.start <= found.end).all()
    assert (found.end <= len(text)).all()


def test_a_link_is_found_at_its_whole_length() -> None:
    text = "Look: https://example.org/a \x00here"
    found = ngrams.locate(text).occurrences
    start, end = text.index("https"), text.index("/a") + 2
    assert ((found.start <= start) & (found.end >= end)).any()
    inside = (found.start > start) & (found.start < end)
    assert not inside.any()


def weighted(text: str) -> np.ndarray:
    """Return the length of each block after weighting."""
    raw = ngrams.transform([text])
    row = IdfWeighting.fit(raw).transform(raw).toarray()[0]
    ends = np.cumsum([block.size for block in BLOCKS])
    return np.array([np.linalg.norm(part) for part in np.split(row, ends[:-1])])


@pytest.mark.parametrize("text", ["so tired", "OPEN ON MONDAY", "we are out of milk"])
def test_a_plain_layout_counts_for_little(text: str) -> None:
    letters, phrases, words, patterns, shapes = weighted(text)
    assert (phrases, words) == pytest.approx((1, 1), abs=1e-5)
    assert shapes <= 0.5
    assert max(letters, patterns) <= 1


def test_the_layout_of_a_varied_text_counts_in_full() -> None:
    text = (
        "Fog again!! Don't @ me -- #Lamp 42; (K.) says: 'ça va?', and 3 more...\n- K."
    )
    assert weighted(text) == pytest.approx(1, abs=1e-5)


def test_what_is_shouted_is_read_like_what_is_said() -> None:
    plain, shouted = ngrams.transform(["so tired of fog", "SO TIRED OF FOG"]).toarray()
    layout = sum(block.size for block in BLOCKS[:-1])
    assert (plain[:layout] == shouted[:layout]).all()
