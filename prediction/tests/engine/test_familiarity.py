"""Whether anybody of a group writes like a text: scripts, languages, unknown words."""

from collections import Counter
from dataclasses import asdict
from json import dumps, loads

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prediction.engine.calibration.familiarity import SIGNALS, measure
from prediction.engine.calibration.none_of_these import Verification
from prediction.engine.calibration.reference import (
    calibration_texts,
    measuring_texts,
)
from prediction.engine.features import ngrams
from prediction.engine.features.profiles import (
    LANGUAGES,
    PROFILE_SIZE,
    SCRIPTS,
    profiles,
)
from prediction.engine.models.group import Group
from prediction.tests.engine.voices import CRITIC, FAN, KEEPER

ANY_TEXT = st.text(alphabet=st.characters(), max_size=300)
JAPANESE = "今朝もまた電車に乗り遅れて、会社まで走る羽目になった。"
GERMAN = "Heute Abend gibt es bei uns Suppe, und wer Hunger hat, kommt vorbei."


def script_of(text: str) -> str:
    return SCRIPTS[int(profiles([text])[0, : len(SCRIPTS)].argmax())]


def language_of(text: str) -> str:
    return LANGUAGES[int(profiles([text])[0, len(SCRIPTS) :].argmax())]


@given(st.lists(ANY_TEXT, max_size=4))
def test_any_text_has_shares_as_its_profile(texts: list[str]) -> None:
    found = profiles(texts)
    assert found.shape == (len(texts), PROFILE_SIZE)
    assert ((found >= 0) & (found <= 1.0001)).all()
    scripts = found[:, : len(SCRIPTS)].sum(axis=1)
    assert all(total == pytest.approx(1) or total == 0 for total in scripts)
    assert (found[:, len(SCRIPTS) :].sum(axis=1) <= 1.0001).all()


@given(ANY_TEXT)
def test_any_text_has_shares_as_its_signals(text: str) -> None:
    features = ngrams.transform([text])
    known = np.arange(features.nnz) % 2 == 0
    habits = np.full(PROFILE_SIZE, 0.01, dtype=np.float32)
    nothing = np.zeros(1, dtype=np.float32)
    found = measure(features, known, profiles([text]), habits, nothing)
    assert found.values.shape == (1, len(SIGNALS))
    assert ((found.values >= 0) & (found.values <= 1.0001)).all()
    assert 0 < found.trust()[0] <= 1


@pytest.mark.parametrize(
    ("text", "script"),
    [
        (GERMAN, "Latin"),
        ("今天早上又没赶上公交车", "Han"),
        ("Сегодня опять проспал", "Cyrillic"),
        ("تأخر القطار اليوم", "Arabic"),
        ("오늘 아침에도 버스를", "Hangul"),
        ("آج പട்டி ભારત ଓଡ଼ିଆ ತಿನ್ನು", "South Indian"),
    ],
)
def test_scripts_are_told_apart(text: str, script: str) -> None:
    assert script_of(text) == script


def test_function_words_show_the_language() -> None:
    kinds = {kind for kind, _ in calibration_texts()} & set(LANGUAGES)
    texts = [row for row in calibration_texts() + measuring_texts() if row[0] in kinds]
    right = [kind == language_of(text) for kind, text in texts]
    assert np.mean(right) > 0.9


def test_links_and_mentions_have_no_language() -> None:
    assert not profiles(["@der_die_das https://und.example/ist #nicht 2024"]).any()


def test_the_reference_texts_are_many_and_each_is_in_one_half() -> None:
    halves = calibration_texts(), measuring_texts()
    texts = [[row.text for row in half] for half in halves]
    assert not set(texts[0]) & set(texts[1])
    assert len(set(texts[0] + texts[1])) == len(texts[0] + texts[1]) > 250
    for half in halves:
        assert min(Counter(row.kind for row in half).values()) >= 3
        assert len({row.kind for row in half}) > 35


def test_texts_from_outside_are_told_by_weights_that_never_saw_them(
    group: Group,
) -> None:
    known, unseen = (
        group.idf.transform(ngrams.transform([row.text for row in half]))
        for half in (calibration_texts(), measuring_texts())
    )
    tweets = group.idf.transform(ngrams.transform([*KEEPER[-9:], *FAN[-9:]]))
    usual = group.idf.outside_scores(tweets)
    assert np.median(group.idf.outside_scores(unseen)) > usual.max()
    fair = group.idf.unseen_scores(known)
    assert np.median(fair) > usual.max()
    assert fair.mean() < group.idf.outside_scores(known).mean() - usual.std()


@pytest.fixture(scope="module")
def pair(group: Group) -> Group:
    return Group(group.signatures[:2], group.idf)


@pytest.mark.parametrize(
    "text", ["ᚠᚢᚦᚨᚱᚲ ᚷᚹᚺᚾᛁᛃ", "ጤና ይስጥልኝ", JAPANESE, "zxqj vwpk qzzx"]
)
def test_what_two_people_never_write_is_given_to_neither(
    pair: Group, text: str
) -> None:
    answer = pair.predict([text])[0]
    assert max(answer.probabilities) < 0.75
    assert pair.predict_proba([text])[0] == pytest.approx(answer.probabilities)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT name FROM users WHERE age > 30",
        "def add(a, b):",
        "Preheat the oven and mix two cups of flour with a teaspoon of salt.",
        "The tenant shall pay the rent monthly in advance.",
    ],
)
def test_a_plain_text_of_another_genre_is_nobodys(group: Group, text: str) -> None:
    assert group.predict([text])[0].none_of_these.flag


@pytest.mark.parametrize(
    ("text", "reason"), [(JAPANESE, "script"), (GERMAN, "language")]
)
def test_an_answer_says_which_script_or_language_nobody_writes(
    group: Group, text: str, reason: str
) -> None:
    found = group.predict([text])[0].none_of_these
    assert found.flag
    assert found.reason == reason
    assert found.probability > 0.9


def test_without_a_doubt_there_is_no_reason(group: Group) -> None:
    for text in (KEEPER[0], FAN[0], CRITIC[0]):
        found = group.predict([text])[0].none_of_these
        assert (found.flag, found.reason) == (False, "")


def test_texts_from_elsewhere_are_recognised(group: Group) -> None:
    texts = [row.text for row in measuring_texts()]
    flags = [answer.none_of_these.flag for answer in group.predict(texts)]
    assert np.mean(flags) > 0.9


def test_one_text_and_many_are_measured_alike(group: Group) -> None:
    texts = [KEEPER[0], GERMAN, JAPANESE]
    together = [answer.none_of_these for answer in group.predict(texts)]
    for text, other in zip(texts, together, strict=True):
        alone = group.predict([text])[0].none_of_these
        assert alone.probability == pytest.approx(other.probability, abs=1e-4)
        assert alone.reason == other.reason


def test_verification_survives_json(group: Group) -> None:
    verification = group.calibration.verification
    assert Verification.from_values(loads(dumps(asdict(verification)))) == verification
