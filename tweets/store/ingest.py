"""The only code that writes tweets."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.db import transaction
from django.db.models import F, QuerySet

from common.texts import word_count
from tweets.models import Gap, OptOut, Tweet, User
from tweets.signals import tweets_changed
from tweets.sources.records import Problem, TweetRecord
from tweets.store import identity
from tweets.store.bulk_insert import NewTweet, insert

BATCH = 2_000
MAX_LISTED_ERRORS = 1_000
MAX_WORD_COUNT = 32_767  # the largest number a PositiveSmallIntegerField holds


@dataclass
class IngestReport:
    """What became of the records read: read = stored + all that was skipped."""

    read: int = 0
    stored: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    errors: list[Problem] = field(default_factory=list)
    user_ids: set[int] = field(default_factory=set)
    authors: set[str] = field(default_factory=set)

    def reject(self, problem: Problem) -> None:
        self.read += 1
        self.skipped["broken"] += 1
        if len(self.errors) < MAX_LISTED_ERRORS:
            self.errors.append(problem)


def ingest(
    records: Iterable[TweetRecord | Problem],
    source: User.Source,
    *,
    include_replies: bool = False,
    on_batch: Callable[[int], object] = lambda read: None,
    report: IngestReport | None = None,
) -> IngestReport:
    """Stores original posts, each once, and says what was left out and why.

    Every batch is a transaction of its own, so what is stored stays stored when the
    process is stopped; running it again goes on from there. A `report` that was passed
    in tells how far it got, also where reading the records raised an error.
    """
    report = report or IngestReport()
    try:
        _ingest(records, source, include_replies, on_batch, report)
    finally:
        finish(report.user_ids)
    return report


def dry_run(
    records: Iterable[TweetRecord | Problem],
    source: User.Source,
    *,
    include_replies: bool = False,
    on_batch: Callable[[int], object] = lambda read: None,
    report: IngestReport | None = None,
) -> IngestReport:
    """Tells what `ingest` would do, and stores nothing."""
    report = report or IngestReport()
    with transaction.atomic():
        _ingest(records, source, include_replies, on_batch, report)
        transaction.set_rollback(True)
    return report


def kind_of(file_format: str) -> User.Source:
    """What to note as the source of users who come from a file of this format."""
    return User.Source.ARCHIVE if "archive" in file_format else User.Source.FILE


def store_page(
    user: User, records: Iterable[TweetRecord], include_replies: bool
) -> int:
    """Stores a page of one user's timeline; returns how many tweets are new.

    Runs in the caller's transaction; the caller calls `finish` once at the end.
    """
    User.objects.select_for_update().get(pk=user.pk)
    wanted = [
        _tweet(record, user.pk)
        for record in records
        if not record.is_retweet and (include_replies or not record.is_reply)
    ]
    new = list(_new(user.pk, wanted))
    insert(new)
    if new:
        User.objects.filter(pk=user.pk).update(revision=F("revision") + 1)
    return len(new)


def finish(user_ids: Iterable[int]) -> None:
    """Brings counts up to date and tells the apps above: once per user and run."""
    ids = list(user_ids)
    recount(ids)
    _announce(ids)


def reset_tweets(users: Iterable[User]) -> int:
    """Deletes all tweets of these users and keeps the users; returns how many went."""
    deleted = 0
    for user in users:
        with transaction.atomic():
            User.objects.select_for_update().get(pk=user.pk)
            deleted += Tweet.objects.filter(user=user).delete()[0]
            Gap.objects.filter(user=user).delete()
            User.objects.filter(pk=user.pk).update(
                newest_x_id=None,
                refreshed_at=None,
                tweet_count=0,
                eligible_count=0,
                revision=F("revision") + 1,
            )
        _announce([user.pk])
    return deleted


def delete_tweets(tweets: QuerySet[Tweet]) -> int:
    """Deletes some tweets and brings their users up to date; returns how many went."""
    with transaction.atomic():
        touched = set(tweets.order_by().values_list("user_id", flat=True).distinct())
        list(User.objects.select_for_update().filter(pk__in=touched).order_by("pk"))
        deleted = tweets.delete()[0]
        User.objects.filter(pk__in=touched).update(revision=F("revision") + 1)
        recount(touched)
    _announce(touched)
    return deleted


def set_excluded(tweets: QuerySet[Tweet], is_excluded: bool) -> int:
    """Keeps some tweets out of training, or lets them in again; returns how many
    changed."""
    changing = tweets.filter(is_excluded=not is_excluded).order_by()
    with transaction.atomic():
        touched = set(changing.values_list("user_id", flat=True).distinct())
        list(User.objects.select_for_update().filter(pk__in=touched).order_by("pk"))
        changed = changing.update(is_excluded=is_excluded)
        User.objects.filter(pk__in=touched).update(revision=F("revision") + 1)
        recount(touched)
    _announce(touched)
    return changed


def recount(user_ids: Iterable[int]) -> None:
    """Brings the counts kept on the users up to date."""
    for user_id in sorted(user_ids):
        counts = Tweet.objects.filter(user_id=user_id).counts()
        User.objects.filter(pk=user_id).update(
            tweet_count=counts["tweets"], eligible_count=counts["eligible"]
        )


def _announce(user_ids: Iterable[int]) -> None:
    for user_id in sorted(user_ids):
        tweets_changed.send(sender=User, user_id=user_id)


def _ingest(
    records: Iterable[TweetRecord | Problem],
    source: User.Source,
    include_replies: bool,
    on_batch: Callable[[int], object],
    report: IngestReport,
) -> None:
    authors = _Authors(source)
    for batch in _batches(records):
        wanted = list(_wanted(batch, include_replies, report))
        with transaction.atomic():
            _store(wanted, authors, report)
        on_batch(len(batch))


def _batches(
    records: Iterable[TweetRecord | Problem],
) -> Iterator[list[TweetRecord | Problem]]:
    iterator = iter(records)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _wanted(
    batch: list[TweetRecord | Problem], include_replies: bool, report: IngestReport
) -> Iterator[TweetRecord]:
    for record in batch:
        if isinstance(record, Problem):
            report.reject(record)
            continue
        report.read += 1
        if record.is_retweet:
            report.skipped["retweet"] += 1
        elif record.is_reply and not include_replies:
            report.skipped["reply"] += 1
        else:
            yield record


def _store(
    records: list[TweetRecord], authors: "_Authors", report: IngestReport
) -> None:
    by_user: dict[int, list[NewTweet]] = defaultdict(list)
    for record, user_id in zip(records, authors.find(records), strict=True):
        if isinstance(user_id, str):
            report.skipped[user_id] += 1
        else:
            report.authors.add((record.handle or str(record.author_x_id)).lower())
            by_user[user_id].append(_tweet(record, user_id))
    # Two imports of the same users take turns here, so that what is new is exact.
    list(User.objects.select_for_update().filter(pk__in=by_user).order_by("pk"))
    new = [tweet for user_id in by_user for tweet in _new(user_id, by_user[user_id])]
    insert(new)
    changed = {tweet.user_id for tweet in new}
    User.objects.filter(pk__in=changed).update(revision=F("revision") + 1)
    report.stored += len(new)
    report.skipped["duplicate"] += sum(map(len, by_user.values())) - len(new)
    report.user_ids |= set(by_user)


def _tweet(record: TweetRecord, user_id: int) -> NewTweet:
    return NewTweet(
        user_id=user_id,
        x_id=record.x_id,
        text=record.text,
        posted_at=record.posted_at or identity.time_of(record.x_id),
        position=identity.position(record.x_id, record.posted_at),
        digest=identity.digest(record.text),
        gist=identity.gist(record.text),
        word_count=min(word_count(record.text), MAX_WORD_COUNT),
    )


def _new(user_id: int, tweets: list[NewTweet]) -> Iterator[NewTweet]:
    """Those not stored yet, each once: told apart by X id, else by their text."""
    stored = Tweet.objects.filter(user_id=user_id)
    ids = [tweet.x_id for tweet in tweets if tweet.x_id is not None]
    digests = [tweet.digest for tweet in tweets if tweet.x_id is None]
    # Files are mostly in order, and a list of thousands of ids is slow to ask for.
    near = stored.filter(x_id__range=(min(ids), max(ids))) if ids else stored.none()
    seen_ids = set(near.order_by().values_list("x_id", flat=True))
    # A tweet with an id and the same text without one are the same tweet.
    seen_digests = set(
        stored.filter(x_id=None, digest__in=digests).values_list("digest", flat=True)
    )
    for tweet in tweets:
        seen, key = (
            (seen_digests, tweet.digest)
            if tweet.x_id is None
            else (seen_ids, tweet.x_id)
        )
        if key not in seen:
            seen.add(key)
            yield tweet


class _Authors:
    """Finds or makes the User of each record, remembering them over a run."""

    def __init__(self, source: User.Source) -> None:
        self.source = source
        self.known: dict[tuple[str, int | None], int | str] = {}
        opted_out = OptOut.objects.values_list("handle", "x_id")
        self.refused_handles = {handle.lower() for handle, _ in opted_out}
        self.refused_ids = {x_id for _, x_id in opted_out if x_id is not None}

    def find(self, records: list[TweetRecord]) -> list[int | str]:
        """A User's id for each record, or the reason why there is none."""
        keys = [self._key(record) for record in records]
        missing: dict[tuple[str, int | None], TweetRecord] = {}
        for key, record in zip(keys, records, strict=True):
            if key not in self.known:
                missing.setdefault(key, record)
        # In one order everywhere, so that two imports cannot block each other.
        for key in sorted(missing, key=str):
            self.known[key] = self._resolve(missing[key])
        return [self.known[key] for key in keys]

    @staticmethod
    def _key(record: TweetRecord) -> tuple[str, int | None]:
        return (record.handle or "").lower(), record.author_x_id

    def _resolve(self, record: TweetRecord) -> int | str:
        handle, x_id = record.handle or "", record.author_x_id
        if handle.lower() in self.refused_handles or x_id in self.refused_ids:
            return "opted out"
        if x_id is not None and (user := User.objects.filter(x_id=x_id).first()):
            return user.pk
        if not handle:
            return "no author"
        user = User.objects.by_handle(handle).first()
        if user is None:
            return self._create(record, handle)
        if x_id is None or user.x_id == x_id:
            return user.pk
        if user.x_id is not None:
            return "handle belongs to another X id"
        User.objects.filter(pk=user.pk).update(x_id=x_id)
        return user.pk

    def _create(self, record: TweetRecord, handle: str) -> int:
        User.objects.bulk_create(
            [
                User(
                    handle=handle,
                    x_id=record.author_x_id,
                    name=record.author_name[:100],
                    source=self.source,
                )
            ],
            ignore_conflicts=True,
        )
        return User.objects.by_handle(handle).get().pk
