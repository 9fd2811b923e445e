"""A group names the right author, how likely that is, and when it is nobody."""

import numpy as np
import pytest

from prediction.engine.calibration.holdout import score_holdout_sample
from prediction.engine.models.group import Group
from prediction.engine.models.signature import Signature
from prediction.tests.engine.voices import NAMES, STRANGER, VOICES


def test_it_names_the_author_of_unseen_tweets(group: Group) -> None:
    for name, tweets in VOICES.items():
        predictions = group.predict(tweets[-6:])
        assert [NAMES[p.predicted] for p in predictions] == [name] * 6


def test_probabilities_sum_to_one_and_fall(group: Group) -> None:
    for answer in group.predict(["Fog tonight", "", "12 👍", "x" * 3000]):
        assert sum(answer.probabilities) == pytest.approx(1)
        ordered = [answer.probabilities[place] for place in answer.order]
        assert ordered == sorted(ordered, reverse=True)
        assert sorted(answer.order) == [0, 1, 2]


def test_a_text_is_predicted_the_same_alone_and_in_a_batch(group: Group) -> None:
    texts = [tweets[-1] for tweets in VOICES.values()]
    together = group.predict(texts)
    for text, prediction in zip(texts, together, strict=True):
        alone = group.predict([text])[0]
        assert alone.predicted == prediction.predicted
        assert alone.probabilities == pytest.approx(prediction.probabilities, abs=1e-5)


def test_an_author_scores_above_the_background_and_others_below(group: Group) -> None:
    answer = group.predict([VOICES["fan"][-1]])[0]
    fan = NAMES.index("fan")
    assert [score > 0 for score in answer.scores] == [i == fan for i in range(3)]


def test_several_tweets_give_more_confidence_than_one(group: Group) -> None:
    texts = ["polished the lens.", "wrote it down.", "log is short."]
    keeper = NAMES.index("keeper")
    single = [answer.probabilities[keeper] for answer in group.predict(texts)]
    together = group.predict_together(texts)
    assert together.predicted == keeper
    assert together.probabilities[keeper] > max(single)


def test_one_text_together_is_answered_as_one_text(group: Group) -> None:
    text = VOICES["critic"][-1]
    together, alone = group.predict_together([text]), group.predict([text])[0]
    assert together.predicted == alone.predicted
    assert together.none_of_these == alone.none_of_these


def test_a_strangers_tweets_are_flagged(group: Group) -> None:
    genuine = [text for tweets in VOICES.values() for text in tweets[-6:]]
    own = [p.none_of_these for p in group.predict(genuine)]
    foreign = [p.none_of_these for p in group.predict(STRANGER)]
    assert np.mean([n.flag for n in own]) <= 0.2
    assert np.mean([n.flag for n in foreign]) >= 0.7
    assert max(n.probability for n in own) < np.median([n.probability for n in foreign])


def test_holdout_accuracy_comes_from_tweets_not_trained_on(group: Group) -> None:
    found = group.calibration.report
    assert found is not None
    sizes = [
        signature.holdout.features.shape[0]
        for signature in group.signatures
        if signature.holdout is not None
    ]
    assert found.tweets == sum(sizes)
    assert [sum(row) for row in found.confusion] == sizes
    assert found.chance == pytest.approx(max(sizes) / sum(sizes))
    right = sum(found.confusion[i][i] for i in range(3))
    assert found.accuracy == pytest.approx(right / found.tweets)
    assert found.accuracy > 0.9
    assert sum(each.count for each in found.bins) == found.tweets


def test_without_holdout_there_is_a_prediction_but_no_accuracy(
    group: Group,
) -> None:
    bare = [Signature.from_bytes(s.to_bytes()) for s in group.signatures]
    light = Group(bare, group.idf)
    assert light.calibration.report is None
    assert NAMES[light.predict([VOICES["fan"][-1]])[0].predicted] == "fan"


def test_one_member_is_not_enough(group: Group) -> None:
    with pytest.raises(ValueError, match="two members"):
        Group(group.signatures[:1], group.idf)


@pytest.mark.parametrize("tweets", [2, 7, 60])
def test_a_holdout_sample_has_about_as_many_tweets_as_asked(
    group: Group, tweets: int
) -> None:
    parts = [signature.holdout for signature in group.signatures]
    members = len(parts)
    found = score_holdout_sample(parts, tweets, group.idf)
    scored = len(found.authors)
    assert min(tweets, members) - 1 <= scored <= max(tweets, members)


def test_only_style_counts_where_asked(group: Group) -> None:
    text = ["Lamp lit, says @ann at 0430 #log https://a.example"]
    plain = group.predict_proba(text)
    assert (plain == group.predict_proba(text, style_only=False)).all()
    assert (plain != group.predict_proba(text, style_only=True)).any()


def test_answers_have_the_probabilities_of_predict_proba(group: Group) -> None:
    texts = [*VOICES["keeper"][-3:], "hm", "WHAT a film"]
    answered = [answer.probabilities for answer in group.predict(texts)]
    assert np.array(answered) == pytest.approx(group.predict_proba(texts), abs=1e-6)
