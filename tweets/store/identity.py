"""Identifies tweets: hashes of their texts, and their position in a timeline."""

from datetime import UTC, datetime, time, timedelta
from hashlib import blake2b

from common.texts import same_text_key

# X ids carry their time since they became "snowflakes" in November 2010.
FIRST_SNOWFLAKE = 29_700_859_247
SNOWFLAKE_EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657000, tzinfo=UTC)
# A day begins and ends up to 14 hours before or after that of UTC.
WITHIN_A_DAY_ANYWHERE = timedelta(hours=38)
MILLISECOND = timedelta(milliseconds=1)


def digest(text: str) -> int:
    """Hash the text as it is to a signed 64-bit number."""
    return _hash(text)


def gist(text: str) -> int:
    """Hash the text's `same_text_key` to a signed 64-bit number."""
    return _hash(same_text_key(text))


def position(x_id: int | None, posted_at: datetime | None) -> int:
    """Return a tweet's sort key in its user's timeline, on the scale of X ids.

    Without an id it is the id that X would have given out at that time; 0 without a
    time, too.
    """
    if x_id is not None:
        return x_id
    if posted_at is None:
        return 0
    return ((posted_at - SNOWFLAKE_EPOCH) // MILLISECOND) << 22


def time_of(x_id: int | None) -> datetime | None:
    """Return when X assigned this id; None for ids that do not encode a time."""
    if x_id is None or x_id <= FIRST_SNOWFLAKE:
        return None
    return SNOWFLAKE_EPOCH + (x_id >> 22) * MILLISECOND


def moment(x_id: int | None, posted_at: datetime | None) -> datetime | None:
    """Return when a tweet was posted; a day alone gives way to the id's time on it."""
    by_id = time_of(x_id)
    if posted_at is None or by_id is None:
        return posted_at or by_id
    near = abs(by_id - posted_at) < WITHIN_A_DAY_ANYWHERE
    return by_id if near and posted_at.time() == time() else posted_at


def _hash(text: str) -> int:
    raw = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(raw, "little", signed=True)
