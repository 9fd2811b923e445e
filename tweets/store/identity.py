"""What tells two tweets apart, and how much of a tweet is its author's own words."""

import re
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

LINK = re.compile(r"https?://\S+|\bwww\.\S+", re.IGNORECASE)
MENTION = re.compile(r"(?<!\w)@\w{1,50}")
# Scripts written without spaces: there, each character counts as a word.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
WORD = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+(?:['’-][^\W_{UNSPACED}]+)*")
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")

# X ids carry their time since they became "snowflakes" in November 2010.
FIRST_SNOWFLAKE = 29_700_859_247
SNOWFLAKE_EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657000, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def digest(text: str) -> int:
    """A signed 64-bit hash of the text as it is."""
    return _hash(text)


def gist(text: str) -> int:
    """A signed 64-bit hash that tweets share which differ only in links, mentions,
    numbers, case or spacing."""
    bare = NUMBER.sub("0", MENTION.sub("@", LINK.sub("", text)))
    return _hash(" ".join(bare.casefold().split()))


def word_count(text: str) -> int:
    """Words once links and mentions are taken out, at most 32,767."""
    bare = MENTION.sub(" ", LINK.sub(" ", text))
    return min(len(WORD.findall(bare)), 32_767)


def position(x_id: int | None, posted_at: datetime | None) -> int:
    """Where a tweet stands in its user's timeline, on the scale of X ids."""
    if x_id is not None:
        return x_id
    if posted_at is None:
        return 0
    return ((posted_at - SNOWFLAKE_EPOCH) // MILLISECOND) << 22


def time_of(x_id: int | None) -> datetime | None:
    """When X gave out this id, where the id tells."""
    if x_id is None or x_id <= FIRST_SNOWFLAKE:
        return None
    return SNOWFLAKE_EPOCH + (x_id >> 22) * MILLISECOND


def _hash(text: str) -> int:
    raw = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(raw, "little", signed=True)
