"""Every change is on one page: who made it, what it was, when and from where."""

import getpass
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from accounts.leaving import delete_account
from accounts.models import Account, ApiKey, Scope
from accounts.roles import Role, give_role
from common.audit import record
from common.models import AuditEntry
from hypotweet_site.operations.prune import prune
from prediction.models import Feedback, Prediction
from tests.working import work
from tweets.models import Fetch, OptOut, Tweet, Upload, User
from tweets.tests.cast import make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/common/auditentry/"
USERS = "/admin/tweets/user/"
ADDRESS = "192.0.2.7"
LINES = b'{"user": "ann", "text": "one two three four"}\n'


@pytest.fixture
def boss(client: Client) -> Account:
    account = Account.objects.create_user("boss", password="a lamp in the fog")
    give_role(account, Role.OPERATOR)
    client.force_login(account)
    client.defaults["REMOTE_ADDR"] = ADDRESS
    AuditEntry.objects.all().delete()
    return account


@pytest.fixture
def ann() -> User:
    return make_user("ann", ["one two three", "four five six"], source="x")


def entry(action: str) -> AuditEntry:
    return AuditEntry.objects.get(action=action)


def act(client: Client, action: str, *users: User, **more: object) -> None:
    chosen = {"action": action, "_selected_action": [user.pk for user in users]}
    assert client.post(USERS, chosen | more).status_code in (200, 302)


def ask_for_refresh(client: Client, ann: User, settings: Settings) -> None:
    act(client, "refresh", ann, confirmed="yes")


def ask_on_the_site(client: Client, ann: User, settings: Settings) -> None:
    client.post(reverse("tweets:add-users"), {"handles": "nasa esa"})


def add_in_the_admin(client: Client, ann: User, settings: Settings) -> None:
    client.post(reverse("admin:tweets_user_from_x"), {"handles": "nasa esa"})


def load_the_demo(client: Client, ann: User, settings: Settings) -> None:
    client.post(reverse("admin:tweets_user_load_demo"), {"sure": "yes"})


def edit(client: Client, ann: User, settings: Settings) -> None:
    form = {"handle": "ann", "name": "Ann", "source": "x", "status": "active"}
    client.post(reverse("admin:tweets_user_change", args=[ann.pk]), form)


def exclude(client: Client, ann: User, settings: Settings) -> None:
    chosen = {"action": "exclude_tweets", "_selected_action": [ann.tweets.first().pk]}
    client.post(reverse("admin:tweets_tweet_changelist"), chosen)


def delete_tweets(client: Client, ann: User, settings: Settings) -> None:
    chosen = {"action": "delete_selected", "_selected_action": [ann.tweets.first().pk]}
    client.post(reverse("admin:tweets_tweet_changelist"), chosen | {"post": "yes"})


def reset_all(client: Client, ann: User, settings: Settings) -> None:
    client.post(reverse("admin:tweets_user_reset_all"), {"word": "reset"})


def opt_out(client: Client, ann: User, settings: Settings) -> None:
    client.post(reverse("admin:tweets_optout_add"), {"handle": "somebody"})


def upload(client: Client, ann: User, settings: Settings) -> None:
    file = SimpleUploadedFile("t.jsonl", LINES)
    client.post(reverse("admin:tweets_upload_add"), {"file": file})


def delete_upload(client: Client, ann: User, settings: Settings) -> None:
    made = Upload.objects.create(name="t.csv", state="refused")
    page = reverse("admin:tweets_upload_delete", args=[made.pk])
    client.post(page, {"post": "yes"})


def delete_uploads(client: Client, ann: User, settings: Settings) -> None:
    made = Upload.objects.create(name="t.csv", state="refused")
    chosen = {"action": "delete_selected", "_selected_action": [made.pk]}
    client.post(reverse("admin:tweets_upload_changelist"), chosen | {"post": "yes"})


def make_an_account(client: Client, ann: User, settings: Settings) -> None:
    words = {"password1": "a lamp in the fog", "password2": "a lamp in the fog"}
    form = {"username": "cleo", "usable_password": "true"} | words
    client.post(reverse("admin:accounts_account_add"), form)


def make_a_key(client: Client, ann: User, settings: Settings) -> None:
    form = {"name": "robot", "scopes": ["read"], "lifetime": "30"}
    client.post(reverse("accounts:make-key"), form)


def retry(client: Client, ann: User, settings: Settings) -> None:
    from tweets import tasks

    failed = tasks.refresh_users.enqueue([0])
    DBTaskResult.objects.filter(pk=failed.id).update(status="FAILED")
    page = reverse("admin:django_tasks_database_dbtaskresult_changelist")
    client.post(page, {"action": "retry", "_selected_action": [failed.id]})


def rebuild(client: Client, ann: User, settings: Settings) -> None:
    act(client, "rebuild_signature", ann)


@pytest.mark.parametrize(
    ("change", "action", "target"),
    [
        (ask_for_refresh, "asked for a refresh", "@ann"),
        (ask_on_the_site, "asked to follow", ""),
        (add_in_the_admin, "asked to follow", ""),
        (load_the_demo, "demo loaded", ""),
        (edit, "changed", "@ann"),
        (exclude, "tweets excluded", "@ann"),
        (delete_tweets, "tweets deleted", "@ann"),
        (reset_all, "tweets reset", "@ann"),
        (opt_out, "opted out", "opt-out"),
        (upload, "uploaded", "t.jsonl"),
        (delete_upload, "deleted", "t.csv"),
        (delete_uploads, "deleted", "t.csv"),
        (make_an_account, "added", "cleo"),
        (make_a_key, "key made", "robot"),
        (retry, "tasks tried again", ""),
        (rebuild, "asked for a rebuild", "@ann"),
    ],
)
def test_a_change_has_an_entry_that_says_who_and_from_where(
    client: Client,
    boss: Account,
    ann: User,
    settings: Settings,
    change: Callable[[Client, User, Settings], None],
    action: str,
    target: str,
) -> None:
    settings.X_BEARER_TOKEN = "t"
    change(client, ann, settings)
    found = entry(action)
    assert (found.account, found.who, found.address) == (boss, "boss", ADDRESS)
    assert found.target.startswith(target)
    assert abs(found.at - timezone.now()) < timedelta(minutes=5)
    page = client.get(LIST).content.decode()
    assert action in page
    assert f"admin, {ADDRESS}" in page or f"site, {ADDRESS}" in page


def test_moderation_and_its_undo_have_entries(client: Client, boss: Account) -> None:
    ann, bob = make_user("ann"), make_user("bob")
    saved = Prediction.objects.create(text="Lamp lit.", best=ann, result={})
    opinion = Feedback.objects.create(prediction=saved, author=bob, visitor="v")
    page = reverse("admin:prediction_feedback_changelist")
    for action in ("accept", "undo", "reject"):
        client.post(page, {"action": action, "_selected_action": [opinion.pk]})
    assert list(AuditEntry.objects.values_list("action", flat=True).order_by("pk")) == [
        "feedback accepted",
        "feedback decision undone",
        "feedback rejected",
    ]


def test_listing_merging_and_erasing_have_entries(
    client: Client, boss: Account
) -> None:
    ann, bob, eve = (
        make_user(name, ["one two three"]) for name in ("ann", "bob", "eve")
    )
    act(client, "unlist_users", ann, bob)
    act(client, "list_users", bob)
    act(client, "merge", ann, bob, kept=ann.pk, sure="yes")
    assert entry("merged").target == "@ann"
    assert entry("merged").summary == "@bob into @ann"
    assert AuditEntry.objects.filter(action="unlisted").count() == 2
    assert AuditEntry.objects.filter(action="listed").count() == 1
    act(client, "erase", eve, confirmed="yes")
    assert entry("erased").summary == f"user {eve.pk}"
    assert entry("opted out").who == "boss"
    assert "eve" not in json.dumps([*AuditEntry.objects.values()], default=str)


def test_a_key_of_the_api_stands_for_its_account(boss: Account, ann: User) -> None:
    key = ApiKey(account=boss, name="robot", scopes=[Scope.MANAGE])
    program = Client(
        headers={"Authorization": f"Bearer {ApiKey.objects.issue(key)}"},
        REMOTE_ADDR=ADDRESS,
    )
    program.post("/api/v1/imports", {"handle": "ann", "lines": "seven eight nine"})
    asked = entry("asked for an import")
    assert (asked.who, asked.via, asked.address) == ("boss", "api", ADDRESS)
    AuditEntry.objects.filter(action="key made").delete()
    work()
    done = entry("upload imported")
    # What a worker does is done by whoever asked for it.
    assert (done.account, done.via, done.address) == (boss, "worker", ADDRESS)
    assert done.counts == {"tweets": 1, "new_users": 0}
    assert done.task == asked.task


def test_what_a_command_changes_was_done_by_the_user_of_the_system(
    tmp_path: Path, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SUDO_USER", raising=False)
    AuditEntry.objects.all().delete()
    file = tmp_path / "more.jsonl"
    file.write_bytes(LINES)
    monkeypatch.setenv("STAFF_PASSWORD", "a lamp in the fog")
    call_command("import_tweets", str(file), "--dry-run")
    assert not AuditEntry.objects.exists()
    call_command("import_tweets", str(file))
    call_command("reset_tweets", "--user", "ann", "--yes")
    call_command("erase_user", "ann", "--yes")
    call_command("create_staff", "cleo")
    call_command("load_demo")
    call_command("prune")
    found = AuditEntry.objects.order_by("pk")
    assert {"tweets imported", "tweets reset", "erased", "opted out", "demo loaded"} < {
        one.action for one in found
    }
    assert {(one.who, one.via, one.address) for one in found} == {
        (getpass.getuser(), "command", None)
    }
    monkeypatch.setenv("SUDO_USER", "cleo")
    call_command("reset_tweets", "--all", "--yes")
    assert AuditEntry.objects.latest("pk").who == f"cleo as {getpass.getuser()}"


def test_a_change_that_is_rolled_back_has_no_entry(ann: User) -> None:
    AuditEntry.objects.all().delete()
    with transaction.atomic():
        User.objects.filter(pk=ann.pk).list_or_unlist(False)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.SUPERUSER])
def test_nobody_edits_the_audit(client: Client, boss: Account, role: Role) -> None:
    give_role(boss, role)
    kept = record("listed", boss)
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{kept.pk}/change/", {"who": "eve"}).status_code == 403
    assert client.post(f"{LIST}{kept.pk}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [kept.pk]}
    client.post(LIST, chosen | {"post": "yes"})
    kept.refresh_from_db()
    assert kept.target == "boss"


def test_curators_see_what_they_did_themselves(client: Client, boss: Account) -> None:
    curator = Account.objects.create_user("cleo")
    give_role(curator, Role.CURATOR)
    AuditEntry.objects.all().delete()
    AuditEntry.objects.create(account=curator, who="cleo", via="admin", action="mine")
    others = AuditEntry.objects.create(
        account=boss, who="boss", via="admin", action="x"
    )
    assert "boss" in client.get(LIST).content.decode()
    client.force_login(curator)
    page = client.get(LIST).content.decode()
    assert "mine" in page
    assert "boss" not in page
    assert client.get(f"{LIST}{others.pk}/change/").status_code == 302


def test_entries_are_found_by_object_and_by_words(
    client: Client, boss: Account
) -> None:
    ann, bob = make_user("ann"), make_user("bob")
    for user in (ann, bob):
        User.objects.filter(pk=user.pk).list_or_unlist(False)
    page = client.get(reverse("admin:tweets_user_change", args=[ann.pk]))
    address = f"{LIST}?kind=tweets.user&amp;key={ann.pk}"
    assert address in page.content.decode()
    for query in (f"kind=tweets.user&key={ann.pk}", "q=ann", "action=unlisted&q=ann"):
        found = client.get(f"{LIST}?{query}").content.decode()
        assert "@ann" in found
        assert "@bob" not in found
    assert LIST in client.get("/admin/").content.decode()


def test_the_filter_names_staff_and_the_search_finds_visitors(
    client: Client, boss: Account
) -> None:
    visitor = Account.objects.create_user("vera")
    for account in (visitor, boss):
        AuditEntry.objects.create(
            account=account, who=account.username, via="site", action="key made"
        )
    page = client.get(LIST).content.decode()
    assert "?who=boss" in page
    assert "?who=vera" not in page
    found = client.get(f"{LIST}?who=boss").content.decode()
    assert 'field-by">boss' in found
    assert 'field-by">vera' not in found
    assert 'field-by">vera' in client.get(f"{LIST}?q=vera").content.decode()


def test_addresses_are_kept_for_a_time_and_entries_for_good(boss: Account) -> None:
    for days in (89, 91):
        AuditEntry.objects.create(
            via="admin",
            action="listed",
            address=ADDRESS,
            at=timezone.now() - timedelta(days=days),
        )
    assert prune(days=14)["addresses in the audit"] == 1
    listed = AuditEntry.objects.filter(action="listed").order_by("at")
    assert [one.address for one in listed] == [None, ADDRESS]


def test_a_deleted_account_leaves_no_name(client: Client, boss: Account) -> None:
    cleo = Account.objects.create_user("cleopatra")
    ApiKey.objects.issue(ApiKey(account=cleo, name="cleopatra's", scopes=["read"]))
    give_role(cleo, Role.CURATOR)
    client.force_login(cleo)
    act(client, "unlist_users", make_user("ann"))
    client.force_login(boss)
    page = reverse("admin:accounts_account_delete", args=[cleo.pk])
    assert client.post(page, {"post": "yes"}).status_code == 302
    assert not Account.objects.filter(pk=cleo.pk).exists()
    left = [*AuditEntry.objects.values(), *LogEntry.objects.values()]
    assert "cleopatra" not in json.dumps(left, default=str)
    assert entry("unlisted").who == "erased"
    assert entry("account deleted").who == "boss"


def test_whoever_leaves_is_not_named(boss: Account) -> None:
    delete_account(boss)
    assert "boss" not in json.dumps([*AuditEntry.objects.values()], default=str)


def test_the_history_of_django_still_works(client: Client, boss: Account) -> None:
    ann = make_user("ann")
    act(client, "unlist_users", ann)
    page = client.get(reverse("admin:tweets_user_history", args=[ann.pk]))
    assert "Unlisted." in page.content.decode()


def test_tweets_and_opt_outs_have_one_entry_each(client: Client, boss: Account) -> None:
    OptOut.objects.create(handle="eve")
    assert AuditEntry.objects.count() == 1
    make_user("ann", ["one two three"])
    AuditEntry.objects.all().delete()
    chosen = {"action": "delete_selected", "_selected_action": [Tweet.objects.get().pk]}
    client.post(reverse("admin:tweets_tweet_changelist"), chosen | {"post": "yes"})
    assert AuditEntry.objects.get().action == "tweets deleted"
    assert AuditEntry.objects.get().counts == {"tweets": 1}


def test_operators_delete_users_who_were_fetched_and_accounts_with_keys(
    client: Client, boss: Account, ann: User
) -> None:
    Fetch.objects.create(user=ann)
    bob = make_user("bob")
    Fetch.objects.create(user=bob)
    client.post(reverse("admin:tweets_user_delete", args=[ann.pk]), {"post": "yes"})
    act(client, "delete_selected", bob, post="yes")
    assert not User.objects.exists()
    assert AuditEntry.objects.filter(action="erased", who="boss").count() == 2
    cleo = Account.objects.create_user("cleo")
    ApiKey.objects.issue(ApiKey(account=cleo, name="robot", scopes=["read"]))
    chosen = {"action": "delete_selected", "_selected_action": [cleo.pk]}
    client.post(reverse("admin:accounts_account_changelist"), chosen | {"post": "yes"})
    assert not Account.objects.filter(pk=cleo.pk).exists()
