"""Odd data and unlucky moments end one row or one user's part, never the run."""

import gzip
import json
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from tests.working import work
from tweets import tasks
from tweets.models import Fetch, Tweet, Upload, User
from tweets.sources.formats.note_tweets import NoteTweets
from tweets.sources.io.json_values import JsonValue
from tweets.sources.read_source import read_source
from tweets.sources.records import Problem, RawTweet, SourceError, TweetRecord
from tweets.store import ingest
from tweets.store.erasure import delete_user
from tweets.store.merging import merge_users
from tweets.tests.cast import make_user, record
from tweets.tests.fake_x import FakeX
from tweets.tests.test_opt_outs import refresh
from tweets.x.api.responses import Page
from tweets.x.refresh import Watcher


@pytest.mark.django_db
@pytest.mark.parametrize(
    "date", ["0001-01-01", "1900-01-01", "2005-12-31", "9999-12-31", "next week"]
)
def test_a_date_when_nobody_tweeted_is_left_out_and_noted(
    tmp_path: Path, date: str
) -> None:
    date = date.replace("next week", str(datetime.now(UTC) + timedelta(days=7)))
    path = tmp_path / "t.csv"
    path.write_text(f"user,text,date\nann,one two three,{date}\nann,four,2020-06-01\n")
    source = read_source(path)
    report = ingest.ingest(source, User.Source.FILE)
    assert report.stored == 2
    assert Tweet.objects.get(text="one two three").posted_at is None
    assert source.notes == ["dates before 2006 or in the future, left out: 1"]


@pytest.mark.django_db
def test_an_import_that_fails_refuses_its_upload_and_says_why(
    staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **options: object) -> None:
        raise DatabaseError("the value is secret")

    monkeypatch.setattr(ingest, "insert", fail)
    content = ContentFile(b"user,text\nann,one two three\n", "t.csv")
    upload = Upload.objects.create(name="t.csv", content=content, state="importing")
    tasks.import_upload.enqueue(upload.pk)
    work()
    upload.refresh_from_db()
    assert upload.state == "refused"
    assert not upload.content
    page = staff.get(reverse("admin:tweets_upload_change", args=[upload.pk]))
    assert "The import failed with DatabaseError" in page.content.decode()
    assert "the value is secret" not in page.content.decode()
    assert DBTaskResult.objects.get(task_path__startswith="tweets").status == "FAILED"


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["erased", "merged"])
def test_who_goes_during_an_import_ends_their_part_only(how: str) -> None:
    ann, other = make_user("ann"), make_user("ann_too")

    def records() -> Iterator[TweetRecord]:
        for number in range(3 * ingest.BATCH):
            if number == ingest.BATCH:
                _go(how, ann, other)
            yield record(f"tweet {number}", handle=("ann", "bob")[number % 2])

    report = ingest.ingest(records(), User.Source.FILE)
    assert User.objects.get(handle="bob").tweet_count == 3 * ingest.BATCH // 2
    assert report.skipped["erased or merged meanwhile"] == ingest.BATCH
    assert report.read == report.stored + sum(report.skipped.values())


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["erased", "merged"])
def test_who_goes_during_a_refresh_ends_their_part_only(x: FakeX, how: str) -> None:
    for handle in ("ada", "bob"):
        x.add_user(handle, posts=250)
        User.objects.create(handle=handle, source=User.Source.X)
    other = make_user("ada_too")

    class Meanwhile(Watcher):
        def page_stored(self, user: User, page: Page, stored: int) -> None:
            if user.handle == "ada":
                _go(how, User.objects.get(pk=user.pk), other)

    report = refresh(x, Meanwhile())
    assert report.statuses["erased or merged meanwhile"] == 1
    assert report.ended_early == ""
    assert User.objects.get(handle="bob").tweet_count == 250
    assert not User.objects.filter(handle="ada").exists()
    assert not Fetch.objects.filter(outcome="running").exists()


def _go(how: str, user: User, other: User) -> None:
    if how == "erased":
        delete_user(user)
    else:
        merge_users(other, [user])


@pytest.mark.parametrize("inside", ["[],", "{},", "1.5,", '"ab",', '{"a":[]},'])
def test_a_small_file_of_countless_elements_takes_little_memory(
    tmp_path: Path, inside: str
) -> None:
    path = tmp_path / "t.json.gz"
    content = '{"tweets": [%s0]}' % (inside * (30_000_000 // len(inside)))
    path.write_bytes(gzip.compress(content.encode(), 1))
    del content
    tracemalloc.start()
    with pytest.raises(SourceError):
        list(read_source(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 300 * 2**20


def test_a_large_document_of_tweets_is_read(tmp_path: Path) -> None:
    tweet = {"text": "one two three", "user": "ann", "tags": ["a", "b"], "n": [1, 2]}
    path = tmp_path / "t.json"
    path.write_text(json.dumps([tweet] * 20_000))
    found = list(read_source(path))
    assert len(found) == 20_000
    assert not [one for one in found if isinstance(one, Problem)]


def test_many_notes_of_one_second_take_linear_time() -> None:
    def seconds(count: int) -> float:
        second = "2020-06-01T12:00:00.000Z"
        core = {"text": "the same beginning of a long note " * 300}
        note = {"noteTweet": {"createdAt": second, "core": core}}
        notes = NoteTweets(JsonValue(1, note) for _ in range(count))
        tweet = RawTweet(text="another beginning", posted_at=second)
        began = time.process_time()
        for _ in range(count):
            notes.in_full(tweet)
        return time.process_time() - began

    assert seconds(800) < 20 * max(seconds(100), 0.001)
