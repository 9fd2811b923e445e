"""`backup` and `restore`: everything comes back, on any database, but nobody erased."""

import contextlib
import json
import zipfile
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.models import Account, ApiKey, Scope
from accounts.roles import Role, give_role
from common.models import AuditEntry
from hypotweet_site.operations.backup.archive import BackupError, verify
from hypotweet_site.operations.backup.restore import restore
from hypotweet_site.operations.backup.rows import TABLES, rows_of
from prediction.models import Feedback, Prediction
from prediction.serving.predictor import predict
from prediction.training import signatures
from tests.every_url import RESULT
from tests.faults.site import some_tweets
from tests.installation import Installation
from tweets.models import Avatar, DayOfReading, Fetch, Gap, OptOut, Tweet, User
from tweets.store.erasure import delete_user, erase_and_opt_out
from tweets.store.merging import merge_users
from tweets.tests.cast import make_cast, make_user

# What is left out on purpose: it can be built again, or is on its way.
LEFT_OUT = {
    "prediction.Background", "prediction.Signature", "prediction.TweetVector",
    "prediction.Batch", "tweets.Upload", "common.RateWindow", "common.Worker",
}  # fmt: skip
OUR_APPS = {"accounts", "tweets", "prediction", "common"}


@pytest.fixture
def site(db: None, settings: Settings, tmp_path: Path) -> list[User]:
    """At least one row in every table that is backed up."""
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"
    users = make_cast(20)
    boss = Account.objects.create_user("boss", password="a lamp in the fog")
    give_role(boss, Role.CURATOR)
    key = ApiKey(account=boss, name="robot", scopes=[Scope.READ])
    ApiKey.objects.issue(key)
    Avatar.objects.create(user=users[0], image=b"\0\1\xff")
    Fetch.objects.create(user=users[0])
    Gap.objects.create(user=users[0], above=3, below=9)
    OptOut.objects.create(handle="gone", x_id=5)
    DayOfReading.objects.create(day="2026-11-24", posts=7)
    merge_users(users[0], [make_user("old", ["one two three"])])
    saved = Prediction.objects.create(
        text="Lamp “lit”. \U0001f6a8", engine="signature", best=users[0], result=RESULT,
        account=boss,
    )  # fmt: skip
    saved.group.set(users)
    Feedback.objects.create(prediction=saved, author=users[0], visitor="v")
    Tweet.objects.filter(user=users[0]).update(posted_at="2020-01-02T03:04:05.678901Z")
    return users


def content() -> dict[str, list[dict[str, Any]]]:
    return {table.__name__: list(rows_of(table)) for table in TABLES}


def run(*arguments: object) -> str:
    out = StringIO()
    call_command(*map(str, arguments), stdout=out)
    return out.getvalue()


def test_every_table_is_backed_up_or_left_out_on_purpose() -> None:
    ours = {
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in OUR_APPS
    }
    assert ours - {table._meta.label for table in TABLES} == LEFT_OUT


def test_everything_comes_back_as_it_was(site: list[User], tmp_path: Path) -> None:
    before = content()
    assert all(before.values())
    assert "Written to" in run("backup", tmp_path / "b.zip")
    assert (tmp_path / "b.zip").stat().st_mode & 0o777 == 0o600
    Tweet.objects.all().delete()
    Account.objects.create_user("later")
    assert "0 people" in run("restore", tmp_path / "b.zip", "--yes")
    # The audit says that it was restored.
    AuditEntry.objects.get(action="restored").delete()
    assert content() == before
    boss = Account.objects.get()
    assert boss.check_password("a lamp in the fog")
    assert list(boss.groups.all()) == [Group.objects.get(name="curator")]
    assert list(Prediction.objects.get().group.order_by("pk")) == site
    signatures.build(site)
    assert predict(site, "The lamp is lit.", engine="signature").ranking


def test_new_rows_continue_after_the_restored_ones(
    site: list[User], tmp_path: Path
) -> None:
    run("backup", tmp_path / "b.zip")
    run("restore", tmp_path / "b.zip", "--yes")
    newest = max(user.pk for user in site)
    assert User.objects.create(handle="later").pk > newest


def test_whoever_was_erased_or_opted_out_since_does_not_come_back(
    site: list[User], tmp_path: Path
) -> None:
    erased, opted_out, kept = site[:3]
    handles = erased.handle, opted_out.handle
    run("backup", tmp_path / "b.zip")
    delete_user(erased)
    erase_and_opt_out(opted_out)
    OptOut.objects.create(handle="never_stored")
    noted = (tmp_path / "erasures.jsonl").read_text()
    assert handles[0] not in noted
    assert "3 people" in run("restore", tmp_path / "b.zip", "--yes")
    assert not User.objects.by_handles(list(handles)).exists()
    assert User.objects.filter(pk=kept.pk).exists()
    assert OptOut.objects.covers(handles[1])
    assert OptOut.objects.covers("never_stored")
    assert not OptOut.objects.covers(handles[0])


def test_an_opt_out_that_was_removed_since_stays_removed(
    site: list[User], tmp_path: Path
) -> None:
    before, later, again = site[:3]
    erase_and_opt_out(before)
    run("backup", tmp_path / "b.zip")
    for user in (later, again):
        erase_and_opt_out(user)
    OptOut.objects.filter(
        handle__in=[u.handle for u in (before, later, again)]
    ).delete()
    OptOut.objects.create(handle=again.handle.upper())
    for _ in range(2):
        assert "2 people" in run("restore", tmp_path / "b.zip", "--yes")
        assert not OptOut.objects.covers(before.handle)
        assert not OptOut.objects.covers(later.handle)
        assert OptOut.objects.covers(again.handle)
        assert not User.objects.by_handles([later.handle, again.handle]).exists()


def test_erasures_before_the_backup_keep_nobody_out(
    site: list[User], tmp_path: Path
) -> None:
    handle = site[0].handle
    delete_user(site[0])
    make_user(handle, ["one two three"])
    run("backup", tmp_path / "b.zip")
    run("restore", tmp_path / "b.zip", "--yes")
    assert User.objects.by_handle(handle).exists()


def test_a_full_database_is_not_replaced_unasked(
    site: list[User], tmp_path: Path
) -> None:
    run("backup", tmp_path / "b.zip")
    with pytest.raises(CommandError, match="not empty") as refused:
        run("restore", tmp_path / "b.zip")
    assert refused.value.returncode == 2
    with pytest.raises(CommandError, match="already a file"):
        run("backup", tmp_path / "b.zip")
    with pytest.raises(CommandError, match="cannot be written"):
        run("backup", tmp_path / "nowhere" / "b.zip")


def packed(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as out:
        for name, data in files.items():
            out.writestr(name, data)
    return path


def unpacked(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as found:
        return {name: found.read(name) for name in found.namelist()}


# What a manifest vouches for, and no column takes.
ROWS = {
    "value": b'{"id": "x", "handle": "y"}\n',
    "long": b'{"id": 1, "handle": "%s", "created_at": null}\n' % (b"x" * 99),
}


def with_a_broken_block(content: bytes) -> bytes:
    """Make the first file's compressed data begin with a block of no kind."""
    header = content.index(b"accounts.account.jsonl")
    at = header + len(b"accounts.account.jsonl")
    at += int.from_bytes(content[header - 2 : header], "little")
    return content[:at] + b"\xff" + content[at + 1 :]


@pytest.mark.parametrize(
    "damage",
    ["bit", "missing", "newer", "unknown", "other", "cut", "value", "packed", "long"],
)
def test_a_damaged_backup_changes_nothing(
    site: list[User], tmp_path: Path, damage: str
) -> None:
    run("backup", tmp_path / "b.zip")
    files = unpacked(tmp_path / "b.zip")
    manifest = json.loads(files["manifest.json"])
    if damage == "bit":
        files["tweets.tweet.jsonl"] = files["tweets.tweet.jsonl"].replace(b"a", b"b", 1)
    elif damage == "missing":
        del files["tweets.user.jsonl"]
    elif damage == "newer":
        manifest["version"] = 2
    elif damage == "unknown":
        manifest["files"]["x.y.jsonl"] = {"rows": 0, "sha256": ""}
    elif damage == "other":
        manifest["format"] = "something"
    elif damage in ROWS:
        name = "tweets.optout.jsonl"
        files[name] = ROWS[damage]
        manifest["files"][name]["sha256"] = sha256(files[name]).hexdigest()
    files["manifest.json"] = json.dumps(manifest).encode()
    bad = packed(tmp_path / "bad.zip", files)
    if damage == "packed":
        bad.write_bytes(with_a_broken_block((tmp_path / "b.zip").read_bytes()))
    if damage == "cut":
        bad.write_bytes(bad.read_bytes()[:-300])
    before = content()
    with pytest.raises(CommandError, match="Nothing changed"):
        run("restore", bad, "--yes")
    assert content() == before


def test_rows_of_a_newer_version_are_refused(site: list[User], tmp_path: Path) -> None:
    run("backup", tmp_path / "b.zip")
    backup = verify(tmp_path / "b.zip")
    files = unpacked(tmp_path / "b.zip")
    lines = files["tweets.user.jsonl"].splitlines()
    files["tweets.user.jsonl"] = b"\n".join(
        json.dumps(json.loads(line) | {"mood": 1}).encode() for line in lines
    )
    packed(backup.path, files)
    before = content()
    with pytest.raises(BackupError, match="no column mood"):
        restore(backup, tmp_path / "none")
    assert content() == before


@given(st.binary(max_size=200), st.integers(0, 400))
def test_any_file_is_a_backup_or_refused(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int
) -> None:
    folder = tmp_path_factory.mktemp("b")
    manifest = {"format": "hypotweet-backup", "version": 1, "files": {}}
    good = packed(folder / "b.zip", {"manifest.json": json.dumps(manifest).encode()})
    content = good.read_bytes()
    good.write_bytes(content[:at] + noise + content[at:])
    with contextlib.suppress(BackupError):
        verify(good)


COUNTS = """
from hypotweet_site.operations.backup.rows import TABLES
for table in TABLES:
    rows = table._base_manager.all()
    if table.__name__ == "AuditEntry":
        rows = rows.exclude(action="restored")
    print(table.__name__, rows.count())
"""


@pytest.mark.processes
@pytest.mark.django_db
def test_a_backup_moves_to_the_other_kind_of_database(tmp_path: Path) -> None:
    """From SQLite to the database under test and back."""
    tweets = str(some_tweets(tmp_path))
    url = f"sqlite:///{tmp_path}/first.sqlite3"
    first = Installation(tmp_path, DATABASE_URL=url)
    first.run("import_tweets", tweets)
    second = Installation(tmp_path)
    third = Installation(tmp_path, DATABASE_URL=url.replace("first", "third"))
    for source, target, file in ((first, second, "1.zip"), (second, third, "2.zip")):
        for site in (source, target):
            site.environment["ERASURES_FILE"] = str(tmp_path / "erasures")
        source.run("backup", str(tmp_path / file))
        target.run("restore", str(tmp_path / file))
    # The audit says of each restore that there was one.
    assert first.python(COUNTS) == second.python(COUNTS) == third.python(COUNTS)
    assert "Tweet 0" not in third.python(COUNTS)
    one, two = (unpacked(tmp_path / name) for name in ("1.zip", "2.zip"))
    assert one.keys() == two.keys()
    audit = "common.auditentry.jsonl"
    for name in one.keys() - {"manifest.json", audit}:
        assert one[name] == two[name], name
    assert two[audit].startswith(one[audit])
    assert b'"restored"' in two[audit][len(one[audit]) :]
