"""Verification of one user: what is said, how strongly, and why."""

from dataclasses import replace
from math import log

import numpy as np
import pytest

from prediction.engine.calibration.platt import Platt
from prediction.engine.calibration.strength import EvidenceLimits, strength
from prediction.engine.features import ngrams
from prediction.engine.models.background import Background
from prediction.engine.models.signature import Signature
from prediction.engine.models.verifier import USER, Verifier, limits_of
from prediction.tests.engine.voices import CRITIC, FAN, KEEPER, signatures_of

WIDE = EvidenceLimits(genuine=10**9, foreign=10**9, threshold=-3.0)
TEXTS = ["WHAT A DAY!!! 🔥", "I remain, as ever, unconvinced.", "hm", "日本語の文"]


@pytest.fixture(scope="module")
def found() -> tuple[Signature, Background]:
    """The keeper's signature, fitted without the last eight tweets of anybody."""
    signatures, background = signatures_of([KEEPER[:-8], FAN[:-8], CRITIC[:-8]])
    return signatures[0], background


@pytest.fixture
def signature(found: tuple[Signature, Background]) -> Signature:
    return found[0]


@pytest.fixture
def background(found: tuple[Signature, Background]) -> Background:
    return found[1]


def test_the_spans_and_the_rest_add_up_to_the_log_likelihood_ratio(
    signature: Signature, background: Background
) -> None:
    verifier = Verifier(signature, background.idf, WIDE)
    for text in [*TEXTS, *FAN[-8:]]:
        verdict = verifier.verify(text)
        features = background.idf.transform(ngrams.transform([text]))
        score = signature.model.decision_function(features)
        assert verdict.log_likelihood_ratio == pytest.approx(
            float(signature.platt.log_odds(score)[0]), abs=1e-4
        )
        found = verdict.explanation
        total = sum(span.weight for span in found.spans) + found.rest
        assert total == pytest.approx(verdict.log_likelihood_ratio)
        for span in found.spans:
            assert text[span.start : span.end] == span.text
            assert (span.toward == USER) == (span.weight > 0)


def test_own_texts_are_favoured_and_those_of_others_are_not(
    signature: Signature, background: Background
) -> None:
    limits = EvidenceLimits(10**9, 10**9, threshold=-0.5)
    verifier = Verifier(signature, background.idf, limits)
    own = [verifier.verify(text) for text in KEEPER[-8:]]
    others = [verifier.verify(text) for text in FAN[-8:]]
    assert np.mean([v.log_likelihood_ratio > 0 for v in own]) > 0.8
    assert np.mean([v.log_likelihood_ratio < 0 for v in others]) > 0.8
    assert not any(v.flag for v in own)
    assert any(v.flag for v in others)


@pytest.mark.parametrize(
    ("text", "unfamiliar"),
    [
        ("Heute gibt es bei uns Suppe, und wer mag, kommt vorbei.", "language"),
        ("Сегодня опять проспал автобус и шёл до работы пешком.", "script"),
    ],
)
def test_nothing_speaks_for_a_user_in_a_language_they_never_write(
    signature: Signature, background: Background, text: str, unfamiliar: str
) -> None:
    eager = replace(signature, platt=Platt(1.0, 9.0))
    found = Verifier(eager, background.idf, WIDE).verify(text)
    assert found.explanation.difference > 1
    assert (found.log_likelihood_ratio, found.unfamiliar) == (0, unfamiliar)
    own = Verifier(eager, background.idf, WIDE).verify(KEEPER[-1])
    assert (own.log_likelihood_ratio > 1, own.unfamiliar) == (True, "")


def test_no_more_is_said_than_the_held_out_tweets_support(
    signature: Signature, background: Background
) -> None:
    limits = EvidenceLimits(genuine=1, foreign=1, threshold=-9.0)
    verifier = Verifier(signature, background.idf, limits)
    found = [verifier.verify(text) for text in KEEPER[:20]]
    assert all(abs(v.log_likelihood_ratio) <= log(2) for v in found)
    assert any(v.is_bounded for v in found)
    assert not any(v.flag for v in found)


def test_about_one_in_twenty_of_their_own_is_flagged_where_enough_are_known(
    signature: Signature,
) -> None:
    holdout = signature.holdout
    assert holdout
    plain = Platt(1.0, -1.0)
    few = limits_of(holdout, plain, 10)
    assert few.genuine == holdout.features.shape[0] < 19
    assert few.threshold == pytest.approx(log(0.05))
    many = replace(holdout, features=holdout.features[[*range(5)] * 8])
    scores = np.sort(plain.log_odds(many.model.decision_function(many.features)))
    assert limits_of(many, plain, 10).threshold == pytest.approx(scores[1])


def test_a_flag_never_contradicts_evidence_in_favour() -> None:
    assert not EvidenceLimits(40, 100, threshold=2.0).rejects(1.0)
    assert EvidenceLimits(40, 100, threshold=2.0).rejects(-0.1)


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (1, "very weak"),
        (1.9, "very weak"),
        (2.1, "weak"),
        (9, "weak"),
        (11, "moderate"),
        (150, "moderately strong"),
        (5_000, "strong"),
        (20_000, "very strong"),
        (10**9, "very strong"),
    ],
)
def test_words_go_by_powers_of_ten_both_ways(ratio: float, words: str) -> None:
    assert strength(log(ratio)) == strength(-log(ratio)) == words
