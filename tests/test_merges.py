"""Merging is undone exactly, and later files of the old handle find whom it became."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from hypotweet_site.operations.prune import prune
from prediction.models import Feedback, Prediction
from tweets.models import Alias, Avatar, Fetch, Gap, Merge, OptOut, Tweet, User
from tweets.sources.people import Introduction
from tweets.store import introductions
from tweets.store.deletion import delete_tweets, reset_tweets
from tweets.store.erasure import delete_user, erase_and_opt_out, opt_out_of
from tweets.store.ingest import ingest
from tweets.store.merging import as_rows, merge_users
from tweets.store.parting import CannotPartError, undo_merge
from tweets.tests.cast import make_user, record

pytestmark = pytest.mark.django_db
TABLES = (User, Tweet, Gap, Fetch, Avatar, Alias, Feedback, Merge)
CHANGING = ("revision", "updated_at")


def everything() -> dict[str, list[dict[str, Any]]]:
    """All rows, without what counts up at every change."""
    found = {table.__name__: as_rows(table.objects.order_by("pk")) for table in TABLES}
    for row in found["User"]:
        for name in CHANGING:
            del row["fields"][name]
    return found


@pytest.fixture
def ann() -> User:
    return make_user("ann", ["one two three", "the same text"])


@pytest.fixture
def old() -> User:
    """Somebody with all that a merge touches."""
    user = make_user("old_ann", x_id=7, bio="A bio")
    texts = ("four five six", "the same text")
    ingest([record(text, handle="old_ann") for text in texts], User.Source.FILE)
    ingest([record("with an id", handle="old_ann", x_id=50)], User.Source.FILE)
    Avatar.objects.create(user=user, image=b"\0picture")
    Gap.objects.create(user=user, above=3, below=9)
    Fetch.objects.create(user=user, tweets_stored=3)
    Alias.objects.create(handle="older_ann", user=user)
    User.objects.filter(pk=user.pk).update(
        newest_x_id=50, source="x", is_listed=False, avatar="abc"
    )
    user.refresh_from_db()
    return user


def test_a_merge_is_undone_exactly(ann: User, old: User) -> None:
    before = everything()
    saved = Prediction.objects.create(
        text="Lamp.", best=old, result={"candidates": [[old.pk, 0.5, 0.1]]}
    )
    saved.group.add(old)
    Feedback.objects.create(prediction=saved, author=old, visitor="v")
    with_feedback = everything()
    assert merge_users(ann, [old]) == 2
    assert [user.handle for user in User.objects.all()] == ["ann"]
    old = undo_merge(Merge.objects.get())
    assert everything() == with_feedback
    Feedback.objects.all().delete()
    assert everything() == before
    saved.refresh_from_db()
    assert saved.best == old
    assert list(saved.group.all()) == [old]
    assert saved.result["candidates"] == [[old.pk, 0.5, 0.1]]


def test_merges_of_merges_are_undone_one_by_one(ann: User, old: User) -> None:
    third = make_user("third", ["ten eleven twelve"])
    states = [everything()]
    merge_users(ann, [old])
    states.append(everything())
    merge_users(third, [ann])
    undo_merge(Merge.objects.get())
    assert everything() == states.pop()
    undo_merge(Merge.objects.get())
    assert everything() == states.pop()


def test_two_merged_at_once_come_back_in_any_order(ann: User, old: User) -> None:
    bob = make_user("bob", ["ten eleven twelve"])
    before = everything()
    merge_users(ann, [old, bob])
    for merge in Merge.objects.order_by("pk"):
        undo_merge(merge)
    assert everything() == before


def test_what_happened_since_stays(ann: User, old: User) -> None:
    merge_users(ann, [old])
    ingest([record("a later tweet", handle="old_ann")], User.Source.FILE)
    delete_tweets(Tweet.objects.filter(text="four five six"))
    User.objects.filter(pk=ann.pk).update(bio="Written since")
    undo_merge(Merge.objects.get())
    texts = Tweet.objects.values_list("user__handle", "text")
    assert ("ann", "a later tweet") in texts
    assert not texts.filter(text="four five six")
    assert User.objects.get(handle="ann").bio == "Written since"


@pytest.mark.parametrize("how", ["deleted", "reset"])
def test_a_tweet_that_is_deleted_leaves_no_copy(ann: User, old: User, how: str) -> None:
    merge_users(ann, [old])
    assert "the same text" in json.dumps(Merge.objects.get().dropped)
    if how == "deleted":
        delete_tweets(Tweet.objects.filter(text="the same text"))
    else:
        reset_tweets([ann])
    assert "the same text" not in json.dumps([*Merge.objects.values()], default=str)
    undo_merge(Merge.objects.get())
    assert not Tweet.objects.filter(text="the same text")


@pytest.mark.parametrize(
    ("taken", "why"),
    [
        ({"handle": "OLD_ann"}, "another user @old_ann"),
        ({"handle": "else", "x_id": 7}, "another user with this X id"),
    ],
)
def test_a_merge_whose_handle_is_taken_stays(
    ann: User, old: User, taken: dict[str, Any], why: str
) -> None:
    merge_users(ann, [old])
    User.objects.filter(pk=ann.pk).update(x_id=None)
    User.objects.create(**taken)
    before = everything()
    with pytest.raises(CannotPartError, match=why):
        undo_merge(Merge.objects.get())
    assert everything() == before


def test_later_files_of_the_old_handle_go_to_whom_it_became(
    ann: User, old: User
) -> None:
    merge_users(ann, [old])
    report = ingest(
        [record("by handle", handle="OLD_ANN"), record("oldest", handle="older_ann")],
        User.Source.FILE,
    )
    assert report.stored == 2
    assert list(User.objects.values_list("handle", flat=True)) == ["ann"]
    introductions.replace(Introduction(handle="old_ann", name="Ann", bio=""))
    assert User.objects.get().name == "Ann"


def test_a_handle_that_somebody_else_has_by_now_is_somebody_else(
    ann: User, old: User
) -> None:
    merge_users(ann, [old])
    other = record("hello there friends", handle="old_ann", author_x_id=8)
    mine = record("good morning friends", handle="old_ann", author_x_id=7)
    ingest([other, mine], User.Source.FILE)
    assert Tweet.objects.get(text="hello there friends").user.x_id == 8
    assert Tweet.objects.get(text="good morning friends").user == ann


def test_the_page_of_the_old_handle_leads_on(client: Any, ann: User, old: User) -> None:
    merge_users(ann, [old])
    answer = client.get("/users/old_ann/")
    assert (answer.status_code, answer["Location"]) == (302, "/users/ann/")


@pytest.mark.parametrize("named", ["ann", "OLD_ann", "older_ann"])
def test_an_opt_out_holds_for_every_name(ann: User, old: User, named: str) -> None:
    merge_users(ann, [old])
    opt_out_of(named, None)
    assert not User.objects.exists()
    for handle in ("ann", "old_ann", "older_ann"):
        assert OptOut.objects.covers(handle)
    assert OptOut.objects.covers("anything", 7)
    report = ingest([record(handle="old_ann")], User.Source.FILE)
    assert report.skipped["opted out"] == 1


def test_an_erased_user_leaves_no_old_name(ann: User, old: User) -> None:
    merge_users(ann, [old])
    delete_user(ann)
    assert not Merge.objects.exists()
    assert not Alias.objects.exists()


def test_opting_out_a_user_opts_out_the_old_names(ann: User, old: User) -> None:
    merge_users(ann, [old])
    erase_and_opt_out(ann)
    assert OptOut.objects.covers("older_ann")


def test_a_merge_can_be_undone_for_a_month(
    ann: User, old: User, settings: Settings
) -> None:
    merge_users(ann, [old])
    Merge.objects.update(at=timezone.now() - timedelta(days=31))
    prune(days=14)
    assert not Merge.objects.exists()
    assert Alias.objects.by_handle("old_ann").exists()
