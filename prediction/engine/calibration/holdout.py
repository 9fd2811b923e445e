"""How many of a user's newest tweets are kept out of training to measure with."""

HELD_OUT_SHARE = 5
MAX_HELD_OUT = 100


def held_out_size(tweets: int) -> int:
    """A fifth, 2 at least and 100 at most. A background that leaves these out too
    keeps them from being negatives in anybody's held-out model."""
    return min(max(tweets // HELD_OUT_SHARE, 2), MAX_HELD_OUT)


def background_rows(tweets: int, quota: int) -> tuple[list[int], list[bool]]:
    """Choose which of a user's tweets, oldest first, stand for it in a background.

    A fifth are the user's newest; the others come from just before the held-out ones,
    so that held-out models keep most of the background.

    Returns
    -------
    Positions in ascending order, and for each whether it is held out.
    """
    held_out = held_out_size(tweets)
    older = tweets - held_out
    fresh = min(max(quota // HELD_OUT_SHARE, quota - older), held_out)
    first = max(older - (quota - fresh), 0)
    before = list(range(first, older))
    after = list(range(tweets - fresh, tweets))
    return before + after, [False] * len(before) + [True] * len(after)
