"""The ranking on pages: nobody has a bar, too, and long tails are folded."""

from hypothesis import given
from hypothesis import strategies as st

from prediction.engine.calibration.none_of_these import NoneOfThese
from prediction.pages.standings import SHOWN, standings_of
from prediction.serving.result import Candidate
from prediction.templatetags.answers import how_likely
from tweets.models import User


def ranking(*probabilities: float) -> list[Candidate]:
    users = [User(pk=n, handle=f"user{n}") for n in range(len(probabilities))]
    return [Candidate(u, p, 0.0) for u, p in zip(users, probabilities, strict=True)]


def test_nobody_stands_where_their_share_puts_them() -> None:
    found = standings_of(ranking(0.7, 0.2, 0.1), NoneOfThese(False, 0.3))
    assert [(s.candidate and s.candidate.user.handle) for s in found.shown] == [
        "user0",
        None,
        "user1",
        "user2",
    ]
    assert [round(s.share, 2) for s in found.shown] == [0.49, 0.3, 0.14, 0.07]
    assert found.bands == []


def test_a_long_tail_is_folded_in_bands() -> None:
    likely = [0.3, 0.2, 0.1, 0.09, 0.05, 0.04, 0.03, 0.02, 0.02, 0.015]
    found = standings_of(
        ranking(*likely, *[0.135 / 95] * 95), NoneOfThese(False, 0.001)
    )
    assert len(found.shown) == SHOWN + 1
    assert found.shown[-1].candidate is None
    assert [len(band.standings) for band in found.bands] == [2, 95]
    assert [band.is_tail for band in found.bands] == [False, True]


def test_three_stay_in_view_where_one_has_it_all() -> None:
    found = standings_of(ranking(0.999, *[0.00001] * 20), NoneOfThese(False, 0.5))
    assert len(found.shown) == 4


@given(
    st.lists(st.floats(0.001, 1), min_size=2, max_size=120),
    st.floats(0, 1),
)
def test_bars_add_up_and_nobody_is_left_out(raw: list[float], none: float) -> None:
    total = sum(raw)
    people = ranking(*sorted((each / total for each in raw), reverse=True))
    found = standings_of(people, NoneOfThese(False, none))
    every = found.shown + [s for band in found.bands for s in band.standings]
    assert abs(sum(standing.share for standing in every) - 1) < 1e-6
    named = [s.candidate for s in every if s.candidate]
    assert sorted(named, key=lambda c: c.user.pk) == people


def test_words_fit_the_figures() -> None:
    assert [how_likely(share) for share in (0.999, 0.6, 0.3)] == [
        "Very likely",
        "Probably",
        "Perhaps",
    ]
