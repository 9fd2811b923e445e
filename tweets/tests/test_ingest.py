"""Imports store every tweet once, and explain what they skip."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tweets.models import OptOut, Tweet, User
from tweets.signals import tweets_changed
from tweets.sources.records import Problem
from tweets.store.deletion import delete_tweets, reset_tweets
from tweets.store.ingest import dry_run, ingest
from tweets.tests.cast import make_user, record

FILE = User.Source.FILE


@pytest.fixture
def announced() -> Iterator[list[int]]:
    """The user ids that tweets_changed was sent for."""
    heard: list[int] = []

    def listen(user_id: int, **kwargs: object) -> None:
        heard.append(user_id)

    tweets_changed.connect(listen)
    yield heard
    tweets_changed.disconnect(listen)


@pytest.mark.django_db
def test_it_stores_a_tweet_with_its_author() -> None:
    posted = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    report = ingest([record("Fog again.", x_id=7, posted_at=posted)], FILE)
    tweet = Tweet.objects.select_related("user").get()
    assert (tweet.user.handle, tweet.text, tweet.x_id) == ("ann", "Fog again.", 7)
    assert tweet.posted_at == posted
    assert (report.read, report.stored) == (1, 1)


@pytest.mark.django_db
def test_the_same_records_again_store_nothing() -> None:
    records = [record("one two three", x_id=1), record("four five six")]
    ingest(records, FILE)
    again = ingest(records, FILE)
    assert (again.stored, again.skipped["duplicate"]) == (0, 2)
    assert Tweet.objects.count() == 2


@pytest.mark.django_db
def test_a_tweet_with_an_id_may_repeat_an_earlier_text() -> None:
    report = ingest([record("Good night", x_id=1), record("Good night", x_id=2)], FILE)
    assert report.stored == 2


@pytest.mark.django_db
def test_without_an_id_tweets_are_distinguished_by_text() -> None:
    report = ingest([record("Good night"), record("Good night"), record("Oh")], FILE)
    assert (report.stored, report.skipped["duplicate"]) == (2, 1)


@pytest.mark.django_db
def test_everything_skipped_is_explained() -> None:
    OptOut.objects.create(handle="Gone", x_id=99)
    report = ingest(
        [
            record("RT @bob: hello", is_retweet=True),
            record("@bob hello", is_reply=True),
            record("hello again", handle="GONE"),
            record("renamed since", handle="other", author_x_id=99),
            Problem(5, "no text"),
            record("kept this one"),
        ],
        FILE,
    )
    assert +report.skipped == {"retweet": 1, "reply": 1, "opted out": 2, "broken": 1}
    assert report.errors == [Problem(5, "no text")]
    assert report.read == report.stored + sum(report.skipped.values()) == 6


@pytest.mark.django_db
def test_replies_are_stored_when_asked_for() -> None:
    reply = record("@bob hello", is_reply=True)
    assert ingest([reply], FILE, include_replies=True).stored == 1


@pytest.mark.django_db
def test_a_handle_is_the_same_in_any_case() -> None:
    ingest([record("one", handle="Ann"), record("two", handle="ANN")], FILE)
    assert User.objects.get().handle == "Ann"


@pytest.mark.django_db
def test_a_renamed_user_is_known_by_x_id() -> None:
    ingest([record("before", handle="old", author_x_id=5)], FILE)
    ingest([record("after", handle="new", author_x_id=5)], FILE)
    assert User.objects.get().tweets.count() == 2


@pytest.mark.django_db
def test_a_handle_taken_over_by_another_user_is_not_mixed_up() -> None:
    ingest([record("mine", author_x_id=5)], FILE)
    report = ingest([record("not mine", author_x_id=6)], FILE)
    assert report.skipped["handle belongs to another X id"] == 1


@pytest.mark.django_db
def test_counts_say_how_many_different_texts_may_train() -> None:
    texts = ["too short", "See https://a.example/1 for more", "SEE for more", "a b c d"]
    user = make_user("ann", texts)
    assert (user.tweet_count, user.eligible_count) == (4, 2)


@pytest.mark.django_db
def test_a_dry_run_reports_the_same_and_stores_nothing() -> None:
    records = [record("one two"), record("one two"), record("three", handle="bob")]
    records.append(record("a reply", is_reply=True))
    rehearsal = dry_run(records, FILE)
    assert not User.objects.exists()
    real = ingest(records, FILE)
    assert (rehearsal.stored, rehearsal.skipped) == (real.stored, real.skipped)
    assert rehearsal.skipped == {"duplicate": 1, "reply": 1}


@pytest.mark.django_db
def test_a_change_is_announced_once_per_user(announced: list[int]) -> None:
    records = [record(f"tweet number {n}", handle=f"u{n % 2}") for n in range(5_000)]
    ingest(records, FILE)
    assert sorted(announced) == sorted(User.objects.values_list("pk", flat=True))


@pytest.mark.django_db
def test_nothing_is_announced_where_no_tweet_changed(announced: list[int]) -> None:
    ann, bob = make_user("ann", ["one two three"]), make_user("bob", newest_x_id=7)
    announced.clear()
    ingest([record("one two three", x_id=1)], FILE)
    reset_tweets([bob])
    assert announced == []
    assert User.objects.get(handle="bob").newest_x_id is None
    reset_tweets([ann])
    assert announced == [ann.pk]


@pytest.mark.django_db
def test_the_next_import_finishes_what_a_killed_one_left(announced: list[int]) -> None:
    user = make_user("ann", ["one two three"])
    User.objects.update(tweet_count=0, eligible_count=0)
    announced.clear()
    ingest([record("one two three", x_id=1)], FILE)
    user.refresh_from_db()
    assert (user.tweet_count, user.eligible_count) == (1, 1)
    assert announced == [user.pk]


@pytest.mark.django_db
def test_the_revision_goes_up_only_when_tweets_change() -> None:
    user = make_user("ann", ["one two three"])
    ingest([record("one two three", x_id=1)], FILE)
    assert User.objects.get().revision == user.revision
    ingest([record("four five six")], FILE)
    assert User.objects.get().revision > user.revision


@pytest.mark.django_db
def test_a_reset_keeps_the_user_and_forgets_how_far_a_refresh_got() -> None:
    user = make_user("ann", ["one two three"], newest_x_id=8)
    user.gaps.create(above=1, below=8)
    assert reset_tweets([user]) == 1
    kept = User.objects.get()
    assert not kept.gaps.exists()
    assert (kept.tweet_count, kept.eligible_count, kept.newest_x_id) == (0, 0, None)
    assert kept.revision > user.revision


@pytest.mark.django_db
def test_deleting_some_tweets_brings_the_counts_up_to_date() -> None:
    user = make_user("ann", ["one two three", "four five six"])
    revision = user.revision
    assert delete_tweets(Tweet.objects.filter(text="one two three")) == 1
    user.refresh_from_db()
    assert (user.tweet_count, user.eligible_count) == (1, 1)
    assert user.revision > revision


@pytest.mark.django_db
def test_a_timeline_is_in_the_order_of_posting() -> None:
    noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    ingest(
        [
            record("by date", posted_at=noon),
            record("old id", x_id=12),
            record("new id", x_id=1_950_000_000_000_000_000),
        ],
        FILE,
    )
    texts = [tweet.text for tweet in Tweet.objects.newest_first()]
    assert texts == ["by date", "new id", "old id"]


class AnyText(TestCase):
    @given(
        st.text(
            st.characters(exclude_characters="\0", exclude_categories=["Cs"]),
            min_size=1,
        )
    )
    def test_any_text_comes_back_as_it_was(self, text: str) -> None:
        ingest([record(text, handle="ann")], FILE)
        assert Tweet.objects.filter(user__handle="ann", text=text).count() == 1


@pytest.mark.django_db
def test_progress_counts_everything_that_was_read() -> None:
    read: list[int] = []
    records = [record(f"tweet number {n} here", x_id=n) for n in range(1, 2_101)]
    ingest(records, User.Source.FILE, on_batch=read.append)
    assert read == [2_000, 100]


@pytest.mark.django_db
def test_a_text_of_very_many_words_is_stored_with_the_largest_count() -> None:
    ingest([record("fog " * 40_000)], FILE)
    assert Tweet.objects.get().word_count == 32_767
