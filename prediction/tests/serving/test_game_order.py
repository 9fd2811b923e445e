"""Orders that look random, of any number of people."""

from hypothesis import given
from hypothesis import strategies as st

from prediction.serving.game.rounds import mixed_order

PEOPLE = st.lists(st.integers(1, 2**63 - 1), unique=True, max_size=50)


@given(PEOPLE, st.text(max_size=10), st.integers(0, 99), st.data())
def test_whoever_stays_keeps_the_order_when_others_go(
    people: list[int], seed: str, turn: int, data: st.DataObject
) -> None:
    order = mixed_order(people, seed, turn)
    assert sorted(order) == sorted(people)
    stay = set(data.draw(st.lists(st.sampled_from(people)))) if people else set()
    left = [pk for pk in people if pk in stay]
    assert mixed_order(left, seed, turn) == [pk for pk in order if pk in stay]


def test_each_seed_has_an_order_of_its_own() -> None:
    people = list(range(1, 1_001))
    first = {mixed_order(people, f"{day}", 0)[0] for day in range(50)}
    assert len(first) > 40
