"""Inserts many tweets at once: by COPY on PostgreSQL, which measures fastest there."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Self

from django.db import connection

from common.texts import word_count
from tweets.models import Tweet
from tweets.sources.records import TweetRecord
from tweets.store import identity

# The largest number that a PositiveSmallIntegerField holds.
MAX_WORD_COUNT = 32_767


class NewTweet(NamedTuple):
    """A row of the table of tweets; the fields are named like its columns."""

    user_id: int
    x_id: int | None
    text: str
    posted_at: datetime | None
    position: int
    digest: int
    gist: int
    word_count: int
    is_excluded: bool = False

    @classmethod
    def from_record(cls, record: TweetRecord, user_id: int) -> Self:
        return cls(
            user_id=user_id,
            x_id=record.x_id,
            text=record.text,
            posted_at=identity.moment(record.x_id, record.posted_at),
            position=identity.position(record.x_id, record.posted_at),
            digest=identity.digest(record.text),
            gist=identity.gist(record.text),
            word_count=min(word_count(record.text), MAX_WORD_COUNT),
        )


TABLE = Tweet._meta.db_table  # noqa: SLF001 - Django's documented way to the name
COLUMNS = ", ".join(NewTweet._fields)
COPY = f"COPY {TABLE} ({COLUMNS}) FROM STDIN"
PLACES = ", ".join(["%s"] * len(NewTweet._fields))
INSERT = f"INSERT INTO {TABLE} ({COLUMNS}) VALUES ({PLACES})"  # noqa: S608 # nosec B608


def insert(tweets: Sequence[NewTweet]) -> None:
    """Insert tweets in the caller's transaction. Raises django.db.IntegrityError."""
    with connection.cursor() as cursor, connection.wrap_database_errors:
        if connection.vendor == "postgresql":
            with cursor.copy(COPY) as copy:
                for tweet in tweets:
                    copy.write_row(tweet)
        else:
            adapt = connection.ops.adapt_datetimefield_value
            cursor.executemany(
                INSERT, [(*t[:3], adapt(t.posted_at), *t[4:]) for t in tweets]
            )
