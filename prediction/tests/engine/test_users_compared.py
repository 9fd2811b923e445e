"""Users are described in plain words, compared, ranked and matched with tweets."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from prediction.engine.errors import DamagedModelError
from prediction.engine.features import ngrams
from prediction.engine.features.idf import feature_sums
from prediction.engine.features.ngrams import N_FEATURES
from prediction.engine.insight.closest import nearest
from prediction.engine.insight.similarity import map_users, similarities
from prediction.engine.insight.typical import describe
from prediction.engine.models import ranking
from prediction.engine.models.group import Group
from prediction.engine.models.linear import LinearModel
from prediction.engine.models.ranking import RankingIndex, rounded
from prediction.engine.models.signature import Signature
from prediction.tests.engine.voices import CRITIC, FAN, KEEPER, signatures_of


def test_a_fan_is_described_by_shouting() -> None:
    found = describe(FAN, KEEPER + CRITIC)
    habits = {trait.name for trait in found.habits if trait.strength > 0}
    assert {"shouts a word in capitals", "uses hashtags"} <= habits
    assert {"lads", "#coyb"} & {trait.name for trait in found.words}


def test_what_a_user_hardly_does_counts_against() -> None:
    found = describe(CRITIC, FAN)
    tags = next(trait for trait in found.habits if trait.name == "uses hashtags")
    assert tags.strength < 0
    assert tags.share == 0


def test_words_are_whole_and_without_debris() -> None:
    tweets = ["RT @bob: I'll b back w/ 5k &lt;3 lovely naïve 4th d3"] * 30
    words = {trait.name for trait in describe(tweets, ["no"] * 30, count=99).words}
    assert words == {"@bob", "i'll", "back", "lovely", "naïve", "d3"}


def test_shares_are_shares_of_tweets() -> None:
    found = describe(["Yes! Yes! a b"] * 30, ["no"] * 90, count=3)
    assert found.words[0].share == 1
    assert found.words[0].share_of_others == 0
    assert len(found.words) <= 3


def test_nobody_is_described_without_others() -> None:
    with pytest.raises(ValueError, match="others"):
        describe(KEEPER, [])


def weighted(group: Group, *texts: str) -> sparse.csr_matrix:
    return group.idf.transform(ngrams.transform(texts))


def test_the_nearest_tweet_of_a_tweet_is_itself(group: Group) -> None:
    first, second = nearest(weighted(group, FAN[5]), weighted(group, *FAN), count=2)
    assert first.position == 5
    assert first.similarity == pytest.approx(1, abs=1e-3)
    assert second.similarity < 1


def test_tweets_with_nothing_in_common_are_left_out(group: Group) -> None:
    assert nearest(weighted(group, "fog"), weighted(group)) == []


def held_out_features(signatures: Sequence[Signature]) -> list[sparse.csr_matrix]:
    return [s.holdout.features for s in signatures if s.holdout is not None]


def test_users_who_write_alike_are_close() -> None:
    voices = [KEEPER[::2], FAN[::2], KEEPER[1::2], FAN[1::2], CRITIC]
    tweets = held_out_features(signatures_of(voices)[0])
    found = map_users(tweets)
    assert found.nearest(0, 1)[0][0] == 2
    assert found.nearest(1, 1)[0][0] == 3
    assert found.similarity[0, 1] < 0 < found.similarity[0, 2]
    assert found.clusters[0] == found.clusters[2]
    assert found.clusters[0] != found.clusters[1]
    assert np.abs(found.places).max() == pytest.approx(1)
    assert found.places.mean(axis=0) == pytest.approx([0, 0], abs=1e-6)
    assert np.diag(similarities(tweets)) == pytest.approx(1, abs=1e-3)
    again = map_users(tweets)
    assert again.places.tolist() == found.places.tolist()


def test_two_users_make_no_map(group: Group) -> None:
    with pytest.raises(ValueError, match="three users"):
        map_users(held_out_features(group.signatures[:2]))


def test_the_index_ranks_like_the_signatures(group: Group, tmp_path: Path) -> None:
    models = [signature.model for signature in group.signatures]
    RankingIndex.write(tmp_path / "index", models)
    index = RankingIndex.open(tmp_path / "index")
    features = group.idf.transform(ngrams.transform([*KEEPER[-3:], *FAN[-3:], ""]))
    found = index.decision_function(features)
    exact = np.stack([model.decision_function(features) for model in models], axis=1)
    assert found == pytest.approx(exact, abs=0.005 * float(abs(exact).max()))
    assert (found.argsort(axis=1) == exact.argsort(axis=1)).all()


def test_the_index_is_the_plain_product_of_weights_in_8_bits(
    group: Group, tmp_path: Path
) -> None:
    models = [signature.model for signature in group.signatures]
    RankingIndex.write(tmp_path / "index", iter(models))
    features = group.idf.transform(ngrams.transform([*CRITIC[-5:], "", "x" * 500]))
    plain = []
    for model in models:
        weights, step = rounded(model)
        assert abs(weights.astype(int)).max() == 127
        product = features[:, model.columns] @ (weights * np.float64(step))
        plain.append(product + model.base_weight * feature_sums(features) + model.bias)
    found = RankingIndex.open(tmp_path / "index").decision_function(features)
    assert found == pytest.approx(np.stack(plain, axis=1), abs=1e-4)
    three_bytes_a_weight = 3 * sum(len(model.columns) for model in models)
    size = (tmp_path / "index").stat().st_size
    assert size - three_bytes_a_weight == 4096 + 8 * (N_FEATURES + 1) + 12 * len(models)


@pytest.mark.parametrize("most", [1, 2, 3])
def test_an_index_of_several_parts_answers_like_one(
    most: int, group: Group, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = [signature.model for signature in group.signatures]
    features = group.idf.transform(ngrams.transform([*CRITIC[-5:], *FAN[-5:], ""]))
    columns = features.indices[:50]
    RankingIndex.write(tmp_path / "one", models)
    with monkeypatch.context() as changed:
        changed.setattr(ranking, "_MOST_IN_PART", most)
        RankingIndex.write(tmp_path / "several", iter(models))
    one, several = (RankingIndex.open(tmp_path / name) for name in ("one", "several"))
    assert len(several) == len(one) == 3
    found, wanted = several.decision_function(features), one.decision_function(features)
    assert (found == wanted).all()
    assert (several.score_alike(features) == one.score_alike(features)).all()
    assert (several.weights_of(columns) == one.weights_of(columns)).all()
    assert (several.known(columns) == one.known(columns)).all()
    assert (several.biases == one.biases).all()


def test_an_index_holds_more_users_than_16_bits_can_number(tmp_path: Path) -> None:
    count = (1 << 16) + 2
    columns = np.array([5, 7], dtype=np.int32)
    models = (
        LinearModel(columns, np.array([1, -1], dtype=np.float16), 0.0, number)
        for number in range(count)
    )
    RankingIndex.write(tmp_path / "index", models)
    index = RankingIndex.open(tmp_path / "index")
    assert len(index) == count
    text = sparse.csr_matrix(([2.0], [5], [0, 1]), shape=(1, N_FEATURES))
    found = index.decision_function(text)[0]
    assert found == pytest.approx(2 + np.arange(count), abs=0.01)


@pytest.mark.parametrize("damage", [b"", b"{}", b"not an index"])
def test_a_damaged_index_is_refused(
    damage: bytes, group: Group, tmp_path: Path
) -> None:
    path = tmp_path / "index"
    path.write_bytes(damage)
    with pytest.raises(DamagedModelError):
        RankingIndex.open(path)
    RankingIndex.write(path, [signature.model for signature in group.signatures])
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(DamagedModelError):
        RankingIndex.open(path)


def test_what_follows_an_index_in_its_file_changes_nothing(
    group: Group, tmp_path: Path
) -> None:
    path = tmp_path / "index"
    RankingIndex.write(path, [signature.model for signature in group.signatures])
    features = group.idf.transform(ngrams.transform(CRITIC[-5:]))
    alone = RankingIndex.open(path).decision_function(features)
    path.write_bytes(path.read_bytes() + b"whatever")
    assert (RankingIndex.open(path).decision_function(features) == alone).all()
