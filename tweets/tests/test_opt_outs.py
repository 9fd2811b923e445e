"""Somebody who has opted out is stored nowhere, however they would come in."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from tweets.forms import AddUsersForm, UploadForm
from tweets.models import OptOut, Tweet, User
from tweets.sources.records import TweetRecord
from tweets.store.erasure import opt_out_of
from tweets.store.ingest import BATCH, ingest
from tweets.store.merging import CannotMergeError, merge_users
from tweets.tests.cast import make_user, record
from tweets.tests.fake_x import FakeX
from tweets.x.api.client import XClient
from tweets.x.api.responses import Page
from tweets.x.following import add_users
from tweets.x.refresh import Refresh, RefreshReport, Watcher
from tweets.x.session import Session

pytestmark = pytest.mark.django_db


def refresh(x: FakeX, watcher: Watcher | None = None) -> RefreshReport:
    client = XClient(x.token, x.base_url, timeout=5, retries=1)
    try:
        users = User.objects.order_by("pk")
        return Refresh(Session(client), watcher).run(users, timezone.now())
    finally:
        client.close()


@pytest.mark.parametrize("is_stored", [False, True])
def test_one_filed_during_an_import_holds_for_the_rest_of_it(is_stored: bool) -> None:
    if is_stored:
        make_user("Ann")

    def records() -> Iterator[TweetRecord]:
        for number in range(2 * BATCH):
            if number == BATCH:
                opt_out_of("ANN", None)
            yield record(f"tweet number {number}")
            yield record(f"tweet number {number}", handle="bob")

    report = ingest(records(), User.Source.FILE)
    assert [user.handle for user in User.objects.all()] == ["bob"]
    assert Tweet.objects.count() == 2 * BATCH
    assert report.skipped["opted out"] > BATCH - 2


def test_one_filed_during_an_import_by_id_holds_under_another_name() -> None:
    make_user("ann", x_id=7)

    def records() -> Iterator[TweetRecord]:
        for number in range(2 * BATCH):
            if number == BATCH:
                OptOut.objects.create(handle="former_name", x_id=7)
            yield record(f"tweet number {number}")

    report = ingest(records(), User.Source.FILE)
    assert report.stored == BATCH
    assert report.skipped["opted out"] == BATCH


def test_who_comes_back_under_another_name_is_taken_out(x: FakeX) -> None:
    ada, bob = x.add_user("ada", posts=5), x.add_user("bob", posts=3)
    OptOut.objects.create(handle="former_name", x_id=ada.x_id)
    ingest([record(handle="ada"), record(handle="bob")], User.Source.FILE)
    report = refresh(x)
    assert [user.handle for user in User.objects.all()] == ["bob"]
    assert OptOut.objects.covers("ada", bob.x_id)
    assert report.statuses == {"opted out": 1}
    assert report.stored == 3


def test_one_filed_during_a_refresh_ends_that_user_only(x: FakeX) -> None:
    ada, bob = x.add_user("ada", posts=250), x.add_user("bob", posts=3)

    class Objector(Watcher):
        def page_stored(self, user: User, page: Page, stored: int) -> None:
            if user.handle == "ada":
                opt_out_of("ada", None)

    for user in (ada, bob):
        User.objects.create(handle=user.handle, source=User.Source.X)
    report = refresh(x, Objector())
    assert [user.handle for user in User.objects.all()] == ["bob"]
    assert (report.users, report.ended_early) == (1, "")


def test_a_handle_is_opted_out_before_it_is_looked_up(x: FakeX) -> None:
    ada = x.add_user("ada")
    OptOut.objects.create(handle="former_name", x_id=ada.x_id)
    client = XClient(x.token, x.base_url, timeout=5, retries=1)
    report = add_users(Session(client), ["ada"])
    client.close()
    assert (report.added, report.refused) == ([], {"ada": "opted out"})
    assert not User.objects.exists()


@pytest.mark.parametrize("given", [{"handle": "ANN"}, {"handle": "old", "x_id": "7"}])
def test_an_opt_out_that_staff_add_takes_the_user_out(
    staff: Client, given: dict[str, str]
) -> None:
    make_user("ann", ["one two three"], x_id=7)
    answer = staff.post(reverse("admin:tweets_optout_add"), given, follow=True)
    assert "1 stored user erased." in answer.content.decode()
    assert not User.objects.exists()
    # The X id was learned from the stored user.
    assert OptOut.objects.covers("renamed", 7)


def test_a_curator_cannot_add_who_has_opted_out(client: Client) -> None:
    curator = Account.objects.create_user("cleo", password="x", is_staff=True)
    curator.groups.set(Group.objects.filter(name="curator"))
    client.force_login(curator)
    OptOut.objects.create(handle="ann", x_id=7)
    data = {"handle": "ANN", "source": "file", "status": "active", "is_listed": "on"}
    page = client.post(reverse("admin:tweets_user_add"), data).content.decode()
    assert "This person has opted out" in page
    renamed = data | {"handle": "renamed", "x_id": "7"}
    client.post(reverse("admin:tweets_user_add"), renamed)
    assert not User.objects.exists()
    client.post(reverse("admin:tweets_user_add"), data | {"handle": "bob"})
    assert User.objects.get().handle == "bob"


def test_forms_of_pages_and_api_refuse_who_has_opted_out() -> None:
    OptOut.objects.create(handle="Ann")
    assert AddUsersForm({"handles": "bob ann"}).errors["handles"] == ["Opted out: ann"]
    upload = UploadForm({"handle": "@ANN", "lines": "one two three"})
    assert upload.errors["handle"] == ["@ANN has opted out."]


def test_who_has_opted_out_is_not_merged() -> None:
    ann, bob = make_user("ann", ["one two three"]), make_user("bob", x_id=7)
    # As if it were filed at this moment: saving it would erase bob at once.
    OptOut.objects.bulk_create([OptOut(handle="former_name", x_id=7)])
    for kept, gone in ((ann, bob), (bob, ann)):
        with pytest.raises(CannotMergeError, match="opted out"):
            merge_users(kept, [gone])
    assert User.objects.count() == 2


def test_two_opt_outs_of_one_person_do_not_clash() -> None:
    OptOut.objects.create(handle="former_name", x_id=7)
    OptOut.objects.create(handle="ann")
    opt_out_of("ann", 7)
    assert OptOut.objects.covers("ann")
    assert OptOut.objects.covers("new_name", 7)
