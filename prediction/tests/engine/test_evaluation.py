"""An evaluation trains and tests on different tweets, and names who is left out."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.texts import same_text_key
from prediction.engine.evaluation.curves import accuracy_by_tweets, mixed_levels
from prediction.engine.evaluation.evaluation import evaluate
from prediction.engine.evaluation.report import report
from prediction.engine.evaluation.splitting import split, without_repeats
from prediction.tests.engine.voices import CRITIC, FAN, KEEPER, VOICES

MEASURES = {
    "accuracy",
    "accuracy_interval",
    "macro_f1",
    "log_loss",
    "brier",
    "ece",
    "coverage_at_90",
    "c_at_1",
    "cllr",
    "min_cllr",
    "eer",
    "none_auroc",
    "none_auroc_3",
    "by_group_size",
    "slices",
    "levels",
    "seconds_to_fit",
    "ms_per_prediction",
    "confusion",
    "reliability",
}


def test_texts_that_differ_in_details_are_the_same() -> None:
    keys = {
        same_text_key(text)
        for text in (
            "Fog again, @ann! 12 ships https://a.example",
            "fog AGAIN,  @bob! 7 ships http://b.example/x",
        )
    }
    assert len(keys) == 1
    assert same_text_key("Fog again") != same_text_key("Fog, again")


@given(st.lists(st.text(max_size=12), max_size=30))
def test_repeats_are_dropped_and_order_is_kept(texts: list[str]) -> None:
    kept = without_repeats(texts)
    keys = [same_text_key(text) for text in kept]
    assert len(set(keys)) == len(keys)
    assert kept == sorted(kept, key=texts.index)
    assert {same_text_key(text) for text in texts} == set(keys)


@pytest.mark.parametrize("by", ["time", "random"])
def test_no_text_is_on_both_sides(by: str) -> None:
    shared = [f"the very same words {n} https://e.example/{n}" for n in range(40)]
    parts = split(
        {"a": KEEPER + shared, "b": shared + FAN}, train=30, test=5, by=by, seed=3
    )
    tested = {same_text_key(text) for tweets in parts.test for text in tweets}
    trained = {same_text_key(text) for tweets in parts.train for text in tweets}
    assert not tested & trained


def test_by_time_the_newest_are_the_test() -> None:
    parts = split({"a": KEEPER, "b": CRITIC}, train=10, test=4, by="time", seed=0)
    assert parts.test == (tuple(KEEPER[-4:]), tuple(CRITIC[-4:]))
    assert parts.train[0] == tuple(KEEPER[-14:-4])


def test_a_user_with_too_few_tweets_is_named() -> None:
    parts = split({"a": KEEPER, "few": FAN[:13]}, train=20, test=4, by="time", seed=0)
    assert parts.handles == ("a",)
    assert parts.skipped == {"few": 13}


def test_every_engine_is_evaluated() -> None:
    engines = ("signature", "linear-svm", "char-lr", "naive-bayes", "majority")
    result = evaluate(VOICES, train=25, test=8, engines=engines)
    json.dumps(result)
    assert list(result["engines"]) == list(engines)
    for found in result["engines"].values():
        assert found.keys() == MEASURES
        assert sum(map(sum, found["confusion"])) == 24
        interval = found["accuracy_interval"]
        assert interval["low"] <= found["accuracy"] <= interval["high"]
        assert list(found["by_group_size"]) == ["2", "3"]
        assert found["by_group_size"]["3"] == {
            "accuracy": interval,
            "log_loss": pytest.approx(found["log_loss"]),
            "ece": pytest.approx(found["ece"]),
        }
        assert found["min_cllr"] <= min(found["cllr"], 1) + 1e-9
    assert result["engines"]["signature"]["accuracy"] > 0.9
    assert result["engines"]["signature"]["eer"] < 0.2
    assert result["engines"]["majority"]["accuracy"] == pytest.approx(1 / 3)
    assert result["engines"]["majority"]["eer"] == pytest.approx(0.5)
    assert result["chance"] == pytest.approx(1 / 3)


def test_every_two_engines_are_compared() -> None:
    engines = ("signature", "naive-bayes", "majority")
    result = evaluate(VOICES, train=25, test=8, engines=engines)
    pairs = {(pair["first"], pair["second"]): pair for pair in result["comparisons"]}
    assert list(pairs) == [engines[:2], (engines[0], engines[2]), engines[1:]]
    found = pairs["signature", "majority"]
    accuracy = {name: each["accuracy"] for name, each in result["engines"].items()}
    assert found["difference"]["value"] == pytest.approx(
        accuracy["signature"] - accuracy["majority"]
    )
    test = found["mcnemar"]
    assert test["first_only"] - test["second_only"] == round(
        24 * found["difference"]["value"]
    )


def test_strangers_are_scored_from_ten_users_on() -> None:
    users = {
        f"{name}{n}": [f"{text} {'~' * n}" for text in tweets[n::2]]
        for n in range(2)
        for name, tweets in {**VOICES, "b": CRITIC[::-1], "c": FAN[::-1]}.items()
    }
    result = evaluate(users, train=12, test=3, engines=("signature", "majority"))
    found = result["engines"]
    assert 0 <= found["signature"]["none_auroc"] <= 1
    assert 0 <= found["signature"]["none_auroc_3"] <= 1
    assert found["majority"]["none_auroc"] == 0.5
    assert found["majority"]["none_auroc_3"] is None


def test_users_of_a_mixed_group_train_on_different_counts() -> None:
    users = {"many": KEEPER, "few": FAN[:30], "some": CRITIC}
    result = evaluate(users, train=None, test=8, engines=("signature", "majority"))
    assert result["train"] is None
    assert result["train_median"] == 28
    levels = result["engines"]["signature"]["levels"]
    assert [level["train"] for level in levels] == [20, 50, 1_000]
    assert [level["users"] for level in levels] == [1, 1, 1]
    assert all(0 <= level["accuracy"]["value"] <= 1 for level in levels)


def test_the_same_seed_gives_the_same_numbers() -> None:
    first, second = (
        evaluate(VOICES, 20, 6, split_by="random", seed=7, engines=("signature",))
        for _ in range(2)
    )
    timed = {"seconds_to_fit", "ms_per_prediction"}
    for result in (first, second):
        for name in timed:
            del result["engines"]["signature"][name]
    assert first == second


def test_an_unknown_engine_is_named() -> None:
    with pytest.raises(ValueError, match="unknown engine: crystal-ball"):
        evaluate(VOICES, engines=("crystal-ball",))


def test_one_user_is_not_enough() -> None:
    with pytest.raises(ValueError, match="two users"):
        evaluate({"a": KEEPER}, train=10, test=5)


def test_the_report_shows_every_engine_and_escapes_names() -> None:
    users = {"<keeper>": KEEPER, "fan": FAN}
    result = evaluate(users, 20, 6, engines=("signature", "majority"))
    parts = split(users, 20, 6, by="time", seed=1)
    page = report(
        result,
        {"signature": accuracy_by_tweets("signature", parts, (10, 20))},
        {"signature": mixed_levels("signature", parts, (10, 20))},
    )
    assert "<keeper>" not in page
    assert "&lt;keeper&gt; predicted as" in page
    for part in (
        "<h2>signature</h2>",
        "<h2>majority</h2>",
        "Accuracy by group size",
        "Accuracy with and without links",
        "too few to say",
        "signature less majority",
        "signature: accuracy by training tweets per user",
        "signature: one mixed group",
    ):
        assert part in page
