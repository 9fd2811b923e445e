"""How many of a user's newest tweets are kept out of training to measure with."""

HELD_OUT_SHARE = 5
MAX_HELD_OUT = 100


def held_out_size(tweets: int) -> int:
    """A fifth, 2 at least and 100 at most. A background that leaves these out too
    keeps them from being negatives in anybody's held-out model."""
    return min(max(tweets // HELD_OUT_SHARE, 2), MAX_HELD_OUT)
