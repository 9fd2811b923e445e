"""A small cast of users for tests, cut from the demo's fictional ones."""

from tweets.demo import FOLDER
from tweets.models import User
from tweets.sources.read_source import read_source
from tweets.sources.records import TweetRecord
from tweets.store.ingest import ingest

KEEPER, CRITIC, FAN = "gullrock_keeper", "VesperOnFilm", "PlumstoneTilDie"


def texts_of(handle: str, count: int = 60) -> list[str]:
    """Return the first tweets of a demo user, oldest first."""
    records = read_source(FOLDER / f"{handle.lower()}.jsonl", handle=handle)
    return [record.text for record in records if isinstance(record, TweetRecord)][
        :count
    ]


def record(text: str = "One lamp lit tonight", **fields: object) -> TweetRecord:
    """Return a tweet, by @ann by default."""
    return TweetRecord(text=text, **({"handle": "ann"} | fields))


def make_user(handle: str, texts: list[str] | None = None, **fields: object) -> User:
    """Store a user with these tweets, in this order."""
    user = User.objects.create(handle=handle, **fields)
    records = [
        TweetRecord(text=text, handle=handle, x_id=number)
        for number, text in enumerate(texts or [], 1)
    ]
    ingest(records, User.Source.FILE)
    user.refresh_from_db()
    return user


def make_cast(count: int = 60) -> list[User]:
    """Store three users with enough tweets for predictions."""
    return [
        make_user(handle, texts_of(handle, count)) for handle in (KEEPER, CRITIC, FAN)
    ]
