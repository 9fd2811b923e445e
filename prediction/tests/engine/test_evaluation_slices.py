"""Accuracy on parts of the test, with intervals where there is enough to say."""

from itertools import chain

import numpy as np
import pytest

from prediction.engine.evaluation.predictions import rows
from prediction.engine.evaluation.scoring import Measured, Scored
from prediction.engine.evaluation.slices import MIN_SLICE_TWEETS, slices
from prediction.engine.evaluation.splitting import Split

USERS, TWEETS = 4, 12
SHORT, LINKED, RUSSIAN = (
    "so short",
    "look at this https://e.example/x " + "and on " * 20,
    "маяк горит всю ночь",
)
TEXTS = tuple(
    tuple([SHORT, LINKED, RUSSIAN][place % 3] for place in range(TWEETS))
    for _ in range(USERS)
)
PARTS = Split(tuple("abcd"), TEXTS, TEXTS, {})
OWNERS = np.repeat(np.arange(USERS), TWEETS)


def measured(right: list[bool]) -> Measured:
    named = np.where(right, OWNERS, (OWNERS + 1) % USERS)
    shares = np.full((len(OWNERS), USERS), 0.1)
    shares[np.arange(len(OWNERS)), named] = 0.7
    nobody = np.zeros(len(OWNERS))
    return Measured(Scored(shares, np.log(shares), nobody, nobody > 0.5), OWNERS)


def test_each_slice_has_the_accuracy_of_its_own_tweets() -> None:
    right = [place % 3 != 1 for _ in range(USERS) for place in range(TWEETS)]
    found = slices(measured(right), PARTS, seed=1)
    without, linked = sorted(found["links"], key=lambda row: row["tweets"])[::-1]
    assert (without["label"], without["tweets"]) == ("without a link", 32)
    assert without["accuracy"]["value"] == 1
    assert (linked["label"], linked["tweets"], linked["users"]) == (
        "with a link",
        16,
        4,
    )
    assert linked["accuracy"] is None


def test_too_few_tweets_or_users_say_nothing() -> None:
    found = slices(measured([True] * len(OWNERS)), PARTS, seed=1)
    for row in chain.from_iterable(found.values()):
        assert (row["accuracy"] is None) == (row["tweets"] < MIN_SLICE_TWEETS)


def test_every_tweet_is_in_one_slice_of_a_kind_and_labels_are_in_order() -> None:
    found = slices(measured([True] * len(OWNERS)), PARTS, seed=1)
    assert all(sum(row["tweets"] for row in rows) == 48 for rows in found.values())
    assert [row["label"] for row in found["length"]] == [
        "1 to 40 characters",
        "141 to 280 characters",
    ]
    assert [(row["label"], row["tweets"]) for row in found["age"]] == [
        ("1 to 10 tweets after training", 40),
        ("11 to 25 tweets after training", 8),
    ]
    assert {row["label"]: row["tweets"] for row in found["script"]} == {
        "mostly Latin letters": 32,
        "mostly other letters": 16,
    }


def test_a_row_of_predictions_says_whose_tweet_it_is_and_what_was_said() -> None:
    found = list(rows("signature", PARTS, measured([False] * len(OWNERS))))
    assert found[13] == {
        "engine": "signature",
        "handle": "b",
        "position": 1,
        "predicted": "c",
        "probabilities": pytest.approx({"a": 0.1, "b": 0.1, "c": 0.7, "d": 0.1}),
        "none_of_these": 0,
    }
