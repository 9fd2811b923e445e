"""What is kept in memory."""

from hypothesis import given
from hypothesis import strategies as st

from prediction.serving.bounded_cache import BoundedCache


def test_what_was_not_used_for_longest_goes_first() -> None:
    cache: BoundedCache[str, int] = BoundedCache(2)
    cache.put("a", 1, 1)
    cache.put("b", 2, 1)
    cache.get("a")
    cache.put("c", 3, 1)
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (1, None, 3)


def test_what_is_larger_than_all_the_room_pushes_nothing_out() -> None:
    cache: BoundedCache[str, int] = BoundedCache(2)
    cache.put("a", 1, 1)
    cache.put("huge", 2, 3)
    assert (cache.get("a"), cache.get("huge")) == (1, None)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 5)), max_size=40))
def test_it_never_holds_more_than_its_room(puts: list[tuple[int, int]]) -> None:
    cache: BoundedCache[int, int] = BoundedCache(7)
    sizes: dict[int, int] = {}
    for key, size in puts:
        if cache.get(key) is None:
            sizes[key] = size
        cache.put(key, key, size)
        kept = [key for key in sizes if cache.get(key) is not None]
        assert cache.size == sum(sizes[key] for key in kept) <= 7
