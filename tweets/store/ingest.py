"""Stores tweets that were read from files or from X."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from django.db import transaction

from common.audit import Tally
from tweets.models import User
from tweets.sources.records import Introduction, Problem, TweetRecord
from tweets.store import changes, introductions
from tweets.store.authors import Authors
from tweets.store.bulk_insert import NewTweet, insert
from tweets.store.deduplication import not_stored
from tweets.store.erasure import require_storable
from tweets.store.import_report import IngestReport

BATCH = 2_000


def ingest(
    records: Iterable[TweetRecord | Problem],
    source: User.Source,
    *,
    include_replies: bool = False,
    owner: Introduction | None = None,
    on_batch: Callable[[int], object] = lambda read: None,
    report: IngestReport | None = None,
    audit: Tally | None = None,
) -> IngestReport:
    """Store original posts, each once, and report what was skipped and why.

    Every batch is a transaction of its own: what is stored stays stored when the
    process is stopped, and the next run continues from there. `on_batch` is called
    with the number of records in each batch. Pass the `owner` of an archive to store
    who they are, as far as that is not known yet. Pass a `report` to have the counts
    even if reading the records raises an error. `audit` is the entry that counts what
    is stored.
    """
    report = report or IngestReport()
    try:
        tally = audit or Tally("tweets imported")
        _ingest(records, source, include_replies, owner, on_batch, report, tally)
    finally:
        changes.finish(report.changed_ids, checked=report.user_ids)
    return report


def dry_run(
    records: Iterable[TweetRecord | Problem],
    source: User.Source,
    *,
    include_replies: bool = False,
    owner: Introduction | None = None,
    on_batch: Callable[[int], object] = lambda read: None,
    report: IngestReport | None = None,
) -> IngestReport:
    """Return the report that `ingest` would return, and store nothing."""
    report = report or IngestReport()
    with transaction.atomic():
        unseen = Tally("tweets imported")
        _ingest(records, source, include_replies, owner, on_batch, report, unseen)
        transaction.set_rollback(True)
    return report


def source_of_format(file_format: str) -> User.Source:
    """Return the source of users who are created from a file of this format."""
    return User.Source.ARCHIVE if "archive" in file_format else User.Source.FILE


def store_page(
    user: User, records: Iterable[TweetRecord], include_replies: bool
) -> int:
    """Store a page of one user's timeline; return how many tweets are new.

    Runs in the caller's transaction; the caller calls `changes.finish` at the end.
    Raises UserGoneError or OptedOutError, and stores nothing then.
    """
    require_storable(user.pk)
    wanted = [
        NewTweet.from_record(record, user.pk)
        for record in records
        if not record.is_retweet and (include_replies or not record.is_reply)
    ]
    new = list(not_stored(user.pk, wanted))
    insert(new)
    if new:
        User.objects.mark_changed([user.pk])
    return len(new)


def _ingest(
    records: Iterable[TweetRecord | Problem],
    source: User.Source,
    include_replies: bool,
    owner: Introduction | None,
    on_batch: Callable[[int], object],
    report: IngestReport,
    tally: Tally,
) -> None:
    authors = Authors(source)
    for batch in _batches(records):
        wanted = list(_wanted(batch, include_replies, report))
        with transaction.atomic():
            before = report.stored, len(authors.created)
            _store(wanted, authors, report)
            tally.add(
                tweets=report.stored - before[0],
                new_users=len(authors.created) - before[1],
            )
        on_batch(len(batch))
    if owner and source != User.Source.REFERENCE:
        introductions.complete(owner)


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


def _store(records: list[TweetRecord], authors: Authors, report: IngestReport) -> None:
    by_user: dict[int, list[NewTweet]] = defaultdict(list)
    for record, user_id in zip(records, authors.resolve(records), strict=True):
        if isinstance(user_id, str):
            report.skipped[user_id] += 1
        else:
            report.count(record, user_id in authors.created)
            by_user[user_id].append(NewTweet.from_record(record, user_id))
    new = [
        tweet for user, tweets in by_user.items() for tweet in not_stored(user, tweets)
    ]
    insert(new)
    changed = {tweet.user_id for tweet in new}
    User.objects.mark_changed(changed)
    report.stored += len(new)
    report.skipped["duplicate"] += sum(map(len, by_user.values())) - len(new)
    report.user_ids |= set(by_user)
    report.new_ids |= authors.created
    report.changed_ids |= changed
