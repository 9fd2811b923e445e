"""Writes many new tweets at once, in the fastest way that the database has."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from tweets.models import Tweet


class NewTweet(NamedTuple):
    """A row of `Tweet`, by the names of its columns."""

    user_id: int
    x_id: int | None
    text: str
    posted_at: datetime | None
    position: int
    digest: int
    gist: int
    word_count: int
    is_excluded: bool = False


TABLE = Tweet._meta.db_table  # noqa: SLF001 - Django's documented way to the name
COLUMNS = ", ".join(NewTweet._fields)
COPY = f"COPY {TABLE} ({COLUMNS}) FROM STDIN"
PLACES = ", ".join(["%s"] * len(NewTweet._fields))
INSERT = f"INSERT INTO {TABLE} ({COLUMNS}) VALUES ({PLACES})"  # noqa: S608 # nosec B608


def insert(tweets: Sequence[NewTweet]) -> None:
    """Stores them in the caller's transaction. Raises django.db.IntegrityError."""
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
