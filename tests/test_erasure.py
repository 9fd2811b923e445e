"""Whoever is erased is nowhere afterwards: not in a table, a file or a log."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings as SettingsFixture

from accounts.models import Account
from common.logs import PlainFormatter
from hypotweet_site.operations.prune import prune
from prediction.models import Background, Batch, Signature
from prediction.serving import loader, predictor, ranking_index
from prediction.serving.map import style_map
from prediction.serving.saved import save
from prediction.training import backgrounds, rebuild
from tests.working import work
from tweets import tasks
from tweets.models import OptOut, Tweet, Upload, User
from tweets.store.deletion import delete_tweets
from tweets.store.erasure import delete_user, erase_and_opt_out
from tweets.store.ingest import ingest
from tweets.store.merging import merge_users
from tweets.tests.cast import make_cast, make_user, record, texts_of

pytestmark = pytest.mark.django_db

HANDLE, X_ID, PHRASE = "zebedee_q", 998877665544, "xylophonic marmalade"
NAMED = [HANDLE, str(X_ID), PHRASE]
Committed = Callable[..., AbstractContextManager[list[Callable[[], object]]]]


@pytest.fixture
def folders(
    tmp_path: Path, settings: SettingsFixture, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    settings.INDEX_DIR = tmp_path / "index"
    backgrounds.forget_sample()
    loader.clear_caches()
    # An index for a handful of users.
    monkeypatch.setattr(loader, "LARGE", 2)
    yield tmp_path
    for kept in (*Upload.objects.all(), *Batch.objects.all()):
        kept.content.delete(save=False)


@pytest.fixture
def boss() -> Account:
    return Account.objects.create_superuser("boss", password="x")


@pytest.fixture
def zebedee(
    folders: Path,
    boss: Account,
    client: Client,
    django_capture_on_commit_callbacks: Committed,
) -> User:
    """Somebody with traces everywhere, among three others."""
    make_cast()
    client.force_login(boss)
    texts = [f"{PHRASE} {text}" for text in texts_of("quietrollplease", 60)]
    user = make_user(HANDLE, texts, x_id=X_ID, name="Zebedee")
    rebuild.rebuild_stale()
    everyone = list(User.objects.all())
    loader.prepare()
    style_map.prepare()
    result = predictor.predict(everyone, f"what a {PHRASE}", engine="signature")
    save(result, style_only=False, account=boss)
    with django_capture_on_commit_callbacks(execute=True):
        _leave_batches(client)
        _leave_traces(client, user)
    return user


def _leave_batches(client: Client) -> None:
    """One that asks about the user, and one that names the user as an author."""
    others = ["gullrock_keeper", "VesperOnFilm"]
    table = f"text,author\nwhat a {PHRASE},@{HANDLE.upper()}\n".encode()
    asked = [
        {"users": [*others, HANDLE], "texts": f"what a {PHRASE}"},
        {"users": others, "file": SimpleUploadedFile("a.csv", table)},
    ]
    for form in asked:
        assert client.post("/batch/", form).status_code == 302
    assert Batch.objects.filter(state="done").count() == 2


def _leave_traces(client: Client, user: User) -> None:
    gone = user.tweets.latest("pk")
    data = {"action": "delete_selected", "_selected_action": [gone.pk], "post": "yes"}
    client.post(reverse("admin:tweets_tweet_changelist"), data)
    LogEntry.objects.create(
        user=Account.objects.get(),
        content_type=ContentType.objects.get_for_model(Tweet),
        object_id="77",
        object_repr=f"{PHRASE} is how version 1 logged it"[:60],
        action_flag=3,
    )
    client.post(
        reverse("admin:tweets_user_changelist"),
        {"action": "unlist_users", "_selected_action": [user.pk]},
    )
    client.post(
        reverse("admin:tweets_user_changelist"),
        {"action": "list_users", "_selected_action": [user.pk]},
    )
    lines = f'{{"user": "{HANDLE}", "text": "{PHRASE} once more"}}\n'.encode()
    for name in (f"{HANDLE}.jsonl", "checked.jsonl"):
        file = SimpleUploadedFile(name, lines)
        client.post(reverse("admin:tweets_upload_add"), {"file": file})
    work()
    assert set(Upload.objects.values_list("state", flat=True)) == {"checked"}
    tasks.add_users_from_x.enqueue([HANDLE, "somebody"])
    finished = tasks.add_users_from_x.enqueue([HANDLE.upper()])
    DBTaskResult.objects.filter(pk=finished.id).update(
        status="FAILED", traceback=f"ValueError: {X_ID}"
    )
    file = SimpleUploadedFile("unchecked.jsonl", lines)
    client.post(reverse("admin:tweets_upload_add"), {"file": file})


def rows() -> Iterator[tuple[str, str]]:
    """Yield every stored row as text, with the name of its table."""
    for model in apps.get_models():
        for row in model._base_manager.values():
            shown = {key: _shown(value) for key, value in row.items()}
            yield model._meta.db_table, json.dumps(shown, default=str)


def _shown(value: object) -> object:
    return bytes(value).decode("latin-1") if isinstance(value, memoryview) else value


def traces(folder: Path) -> set[str]:
    """Return the tables and files that name the user or the phrase."""
    found = {
        table
        for table, row in rows()
        if any(word.lower() in row.lower() for word in NAMED)
    }
    places = {"index": folder, "uploads": Path(settings.UPLOAD_DIR)}
    for place, top in places.items():
        for file in (path for path in top.rglob("*") if path.is_file()):
            content = file.read_bytes().lower()
            if any(word.lower().encode() in content for word in NAMED):
                found.add(place)
    return found


def owners_in_files(folder: Path) -> set[int]:
    """Return the keys of the users in the ranking index and in the map."""
    found: set[int] = set()
    background = Background.objects.current()
    for file in (folder / "index").glob("*-*"):
        if file.name.startswith("map-"):
            style = style_map._read(file)
            found |= set(style.ids)
        elif background is not None:
            index = ranking_index._index(background)
            found |= set(index.column if index else ())
    return found


def test_the_search_finds_what_is_there(zebedee: User, folders: Path) -> None:
    assert {
        "tweets_user",
        "tweets_tweet",
        "tweets_upload",
        "prediction_prediction",
        "prediction_batch",
        "common_auditentry",
        "django_admin_log",
        "django_tasks_database_dbtaskresult",
        "uploads",
    } <= traces(folders)
    assert zebedee.pk in owners_in_files(folders)


@pytest.mark.parametrize("opts_out", [False, True])
def test_an_erased_user_is_nowhere(
    zebedee: User,
    folders: Path,
    client: Client,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Committed,
    opts_out: bool,
) -> None:
    key = zebedee.pk
    caplog.set_level(logging.INFO)
    with django_capture_on_commit_callbacks(execute=True):
        (erase_and_opt_out if opts_out else delete_user)(zebedee)
    # An opt-out has to say whom it keeps out.
    allowed = {"tweets_optout"} if opts_out else set()
    assert traces(folders) == allowed
    assert key not in owners_in_files(folders)
    # A waiting task goes on without them.
    waiting = DBTaskResult.objects.get(task_path__endswith="add_users_from_x")
    assert waiting.args_kwargs["args"] == [["somebody"]]
    waiting.delete()
    work()
    rebuild.rebuild_all()
    loader.prepare()
    style_map.prepare()
    client.get(f"/users/{HANDLE}/")
    client.get(f"/api/v1/users/{HANDLE}")
    assert traces(folders) == allowed
    assert owners_in_files(folders) == set(
        User.objects.predictable().values_list("pk", flat=True)
    )
    lines = "\n".join(PlainFormatter().format(line) for line in caplog.records)
    assert "Not Found: /users/[hidden]/" in lines
    assert not [word for word in NAMED if word.lower() in lines.lower()]


@pytest.mark.parametrize("by", ["erasing", "merging"])
def test_another_machine_reads_no_file_with_somebody_who_is_gone(
    zebedee: User,
    folders: Path,
    settings: SettingsFixture,
    django_capture_on_commit_callbacks: Committed,
    by: str,
) -> None:
    there, here = folders / "index", folders / "here"
    before = Background.objects.get()
    assert ranking_index.is_built(before)
    settings.INDEX_DIR = here
    with django_capture_on_commit_callbacks(execute=True):
        if by == "erasing":
            delete_user(zebedee)
        else:
            merge_users(User.objects.exclude(pk=zebedee.pk)[0], [zebedee])
    settings.INDEX_DIR = there
    files = [path for path in there.iterdir() if path.is_file()]
    assert len(files) == 2
    assert not ranking_index.is_built(Background.objects.get())
    assert prune(days=14)["index files of earlier versions"] == len(files)
    assert not [path for path in there.iterdir() if path.is_file()]


def test_staff_who_erase_somebody_leave_no_name_in_their_log(
    zebedee: User,
    folders: Path,
    client: Client,
    django_capture_on_commit_callbacks: Committed,
) -> None:
    data = {"action": "erase", "_selected_action": [zebedee.pk], "confirmed": "yes"}
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("admin:tweets_user_changelist"), data)
    assert traces(folders) == {"tweets_optout"}
    bob = make_user("other_" + HANDLE, ["one two three"])
    client.post(reverse("admin:tweets_user_delete", args=[bob.pk]), {"post": "yes"})
    client.post(reverse("admin:tweets_optout_add"), {"handle": HANDLE + "_2"})
    assert traces(folders) == {"tweets_optout"}
    assert OptOut.objects.count() == 2


def test_an_index_written_during_an_erasure_does_not_stay(
    zebedee: User, folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    background = Background.objects.current()
    assert background is not None
    write = ranking_index._append

    def append_late(path: Path, frame: bytes) -> None:
        delete_user(User.objects.get(pk=zebedee.pk))
        write(path, frame)

    monkeypatch.setattr(ranking_index, "_append", append_late)
    ranking_index.build_index(background)
    assert not list((folders / "index").glob("everyone-*"))


def test_uploads_of_others_stay(zebedee: User, folders: Path, client: Client) -> None:
    DBTaskResult.objects.all().delete()
    file = SimpleUploadedFile("b.jsonl", b'{"user": "bob", "text": "one two three"}\n')
    client.post(reverse("admin:tweets_upload_add"), {"file": file})
    work()
    delete_user(zebedee)
    states = dict(Upload.objects.values_list("name", "state"))
    assert states["b.jsonl"] == "checked"
    assert Upload.objects.filter(state="refused").count() == 3


def test_a_damaged_background_keeps_nobody_from_being_erased(zebedee: User) -> None:
    Background.objects.update(sample=b"damaged")
    backgrounds.forget_sample()
    delete_user(zebedee)
    assert not Background.objects.exists()
    assert not Signature.objects.exists()


def test_deleted_tweets_leave_no_text(zebedee: User) -> None:
    ingest([record(PHRASE + " again", handle="bob")], User.Source.FILE)
    delete_tweets(Tweet.objects.filter(user__handle="bob"))
    assert str(Tweet(pk=5, text=PHRASE)) == "tweet 5"
