"""A signature needs ten tweets, and is calibrated on tweets that it never saw."""

import pytest

from common.texts import MIN_TWEETS
from prediction.engine import AuthorshipClassifier
from prediction.engine.calibration.holdout import background_rows, holdout_size
from prediction.engine.errors import TooFewTweetsError
from prediction.engine.features import ngrams
from prediction.engine.models.background import Background
from prediction.engine.models.signature import Signature, fit_signature, newest_profiles
from prediction.tests.engine.voices import CRITIC, FAN, KEEPER, background_of


def fitted(tweets: list[str], background: Background) -> Signature:
    features = ngrams.transform(tweets)
    return fit_signature(features, background, 0, newest_profiles(tweets))


def test_nine_tweets_are_too_few() -> None:
    background = background_of([KEEPER, FAN])
    with pytest.raises(TooFewTweetsError) as caught:
        fitted(KEEPER[:9], background)
    assert (caught.value.found, caught.value.needed) == (9, MIN_TWEETS)


def test_ten_tweets_are_enough() -> None:
    signature = fitted(KEEPER[:10], background_of([KEEPER, FAN]))
    assert signature.tweets == 10
    assert signature.holdout is not None
    assert signature.holdout.features.shape[0] == 2


def test_a_background_without_other_users_is_refused() -> None:
    background = Background.fit(KEEPER, [0] * len(KEEPER))
    with pytest.raises(ValueError, match="other users"):
        fitted(KEEPER, background)


def test_others_who_repeat_one_sentence_do_not_inflate_scores() -> None:
    logs = [f"Log: wind SW {n}, lamp lit." for n in range(20)]
    songs = [f"we lost {n}-0 lads!!!" for n in range(20)]
    classifier = AuthorshipClassifier().fit(logs + songs, [0] * 20 + [1] * 20)
    assert classifier.predict([*logs, "Log: wind NW 4."]).tolist() == [0] * 21


def test_the_same_tweets_give_the_same_bytes() -> None:
    background = background_of([KEEPER, FAN, CRITIC])
    first, second = (fitted(KEEPER, background).to_bytes() for _ in range(2))
    assert first == second


def test_the_holdout_model_never_saw_the_newest_tweets() -> None:
    background = background_of([KEEPER, FAN, CRITIC])
    size = holdout_size(len(KEEPER))
    other_end = KEEPER[:-size] + FAN[:size]
    first, second = (
        fitted(tweets, background).holdout for tweets in (KEEPER, other_end)
    )
    assert first is not None
    assert second is not None
    assert first.model.weights.tobytes() == second.model.weights.tobytes()


def test_other_users_newest_tweets_train_no_holdout_model() -> None:
    usual = background_of([KEEPER, FAN])
    changed = usual.matrix.copy()
    for row in usual.newest.nonzero()[0]:
        part = slice(changed.indptr[row], changed.indptr[row + 1])
        changed.data[part] = 0
    other = Background(usual.idf, changed, usual.owners, usual.newest)
    assert usual.newest[usual.owners == 1].sum() == holdout_size(len(FAN))
    first, second = (
        fitted(KEEPER, background).holdout for background in (usual, other)
    )
    assert first is not None
    assert second is not None
    assert first.model.weights.tobytes() == second.model.weights.tobytes()


@pytest.mark.parametrize(("tweets", "size"), [(2, 2), (10, 2), (200, 40), (3200, 100)])
def test_a_fifth_is_held_out_and_a_hundred_at_most(tweets: int, size: int) -> None:
    assert holdout_size(tweets) == size


@pytest.mark.parametrize(
    ("tweets", "quota"), [(200, 200), (200, 50), (3200, 100), (12, 3), (30, 1000)]
)
def test_background_rows_are_mostly_older_tweets(tweets: int, quota: int) -> None:
    rows, newest = background_rows(tweets, quota)
    assert rows == sorted(set(rows))
    assert len(rows) == min(tweets, quota)
    assert all(
        flag == (row >= tweets - holdout_size(tweets))
        for row, flag in zip(rows, newest, strict=True)
    )
    assert sum(newest) <= max(len(rows) // 5, holdout_size(tweets) * (quota > tweets))
