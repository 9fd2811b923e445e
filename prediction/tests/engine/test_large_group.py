"""A large group answers like a small one, from the columns of an index."""

import numpy as np
import pytest

from prediction.engine.models.group import Group
from prediction.engine.models.large_group import LargeGroup
from prediction.engine.models.ranking import RankingIndex
from prediction.tests.engine.voices import VOICES

TEXTS = [*(tweets[-1] for tweets in VOICES.values()), "Fog, lads. 12", ""]
TOGETHER = VOICES["critic"][-3:]
# Members 0, 1 and 2 are columns 2, 0 and 1 of the index.
COLUMNS = np.array([2, 0, 1])


@pytest.fixture(scope="module")
def large(group: Group, tmp_path_factory: pytest.TempPathFactory) -> LargeGroup:
    path = tmp_path_factory.mktemp("large") / "index"
    models = [signature.model for signature in group.signatures]
    RankingIndex.write(path, [models[member] for member in np.argsort(COLUMNS)])
    platt = [(s.platt.slope, s.platt.intercept) for s in group.signatures]

    index = RankingIndex.open(path)
    habits = np.max([s.habits for s in group.signatures], axis=0)
    return LargeGroup(
        index, COLUMNS, np.array(platt), habits, group.idf, group.calibration
    )


def test_its_answers_are_those_of_the_group(group: Group, large: LargeGroup) -> None:
    assert len(large) == len(group)
    for one, other in zip(large.predict(TEXTS), group.predict(TEXTS), strict=True):
        assert one.order == other.order
        assert one.probabilities == pytest.approx(other.probabilities, abs=0.01)
        assert one.scores == pytest.approx(other.scores, rel=0.02, abs=0.02)
        assert one.explanation is None


def test_its_explanations_name_its_own_positions(
    group: Group, large: LargeGroup
) -> None:
    for style_only in (False, True):
        pairs = zip(
            large.predict(TEXTS, style_only, explain=True),
            group.predict(TEXTS, style_only, explain=True),
            strict=True,
        )
        for one, other in pairs:
            assert one.explanation is not None
            assert other.explanation is not None
            assert one.explanation.winner == other.explanation.winner
            assert one.explanation.difference == pytest.approx(
                other.explanation.difference, rel=0.02, abs=0.02
            )
            found, wanted = (
                {(span.text, span.toward) for span in each.explanation.spans}
                for each in (one, other)
            )
            assert found == wanted


def test_its_explanations_add_up_to_its_own_scores(large: LargeGroup) -> None:
    softmax = large.calibration.softmax
    for style_only in (False, True):
        together = large.predict_together(TOGETHER, style_only, explain=True)
        alone = large.predict(TEXTS, style_only, explain=True)
        cases = [*zip(TEXTS, alone, strict=True), *((t, together) for t in TOGETHER)]
        for text, answer in cases:
            scores, signals = large._score([text], style_only)
            logits = scores[0] / softmax.temperature + np.array(softmax.offsets)
            rest = np.array(answer.probabilities)
            rest[answer.predicted] = 0
            contrast = logits[answer.predicted] - logits @ (rest / rest.sum())
            expected = signals.trust()[0] * contrast
            found = answer.explanations[
                TOGETHER.index(text) if answer is together else 0
            ]
            assert found.difference == pytest.approx(expected, abs=1e-3)
            total = sum(span.weight for span in found.spans) + found.rest
            assert total == pytest.approx(found.difference, abs=1e-9)


def test_favourites_are_the_first_of_its_answers(
    group: Group, large: LargeGroup
) -> None:
    for each in (group, large):
        for style_only in (False, True):
            answers = each.predict(TEXTS, style_only)
            assert each.favourites(TEXTS, style_only).tolist() == [
                answer.predicted for answer in answers
            ]


def test_several_texts_have_one_answer(group: Group, large: LargeGroup) -> None:
    one, other = (each.predict_together(TOGETHER) for each in (large, group))
    assert one.predicted == other.predicted
    assert one.probabilities == pytest.approx(other.probabilities, abs=0.02)
    assert one.none_of_these.flag == other.none_of_these.flag
