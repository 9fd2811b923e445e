"""Uploaded files are private, and are gone once nobody needs them."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.installation import Installation
from tweets import tasks
from tweets.forms import UploadForm
from tweets.models import Tweet, Upload
from tweets.models.uploads import upload_storage

CSV = b"user,text\nann,one two three\n"
# In a process, whose database no other test uses.
THERE_AND_BACK = f"""
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from tweets.models import Upload

def migrate(name):
    executor = MigrationExecutor(connection)
    executor.migrate([("tweets", name)])
    state = executor.loader.project_state([("tweets", name)])
    return state.apps.get_model("tweets", "Upload").objects

before = migrate("0005_ground_floor")
old = before.create(name="old.csv", data={CSV!r}).pk
done = before.create(name="imported.csv", data=b"").pk
migrate("0008_remove_upload_data")
with Upload.objects.only("content").get(pk=old).content.open("rb") as stored:
    assert stored.read() == {CSV!r}
assert not Upload.objects.only("content").get(pk=done).content
back = migrate("0005_ground_floor")
assert bytes(back.get(pk=old).data) == {CSV!r}
assert bytes(back.get(pk=done).data) == b""
"""


def uploaded(content: bytes = CSV, **fields: object) -> Upload:
    return Upload.objects.create(
        name="t.csv", content=ContentFile(content, "t.csv"), **fields
    )


@pytest.mark.django_db
def test_a_stored_file_has_a_random_name_and_is_private() -> None:
    upload = uploaded()
    assert re.fullmatch("[0-9a-f]{32}", upload.content.name)
    path = Path(upload.content.path)
    assert path.parent == settings.UPLOAD_DIR
    assert path.stat().st_mode & 0o777 == 0o600
    served = [settings.STATIC_ROOT, *settings.STATICFILES_DIRS]
    assert not any(path.is_relative_to(folder) for folder in served)


@pytest.mark.django_db
def test_a_file_spooled_to_disk_is_moved_and_not_read_into_memory() -> None:
    file = TemporaryUploadedFile("../../evil.csv", "text/csv", len(CSV), None)
    file.write(CSV)
    file.seek(0)
    spooled = Path(file.temporary_file_path())
    form = UploadForm({"handle": "ann"}, {"file": file})
    assert form.is_valid(), form.errors
    upload = form.save()
    assert upload.name == "evil.csv"
    file.close()
    assert not spooled.exists()
    with upload.content.open("rb") as stored:
        assert stored.read() == CSV


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "state"),
    [(CSV, Upload.State.IMPORTED), (b"\0\1\2 no text", Upload.State.REFUSED)],
)
def test_an_import_deletes_the_file(content: bytes, state: str) -> None:
    upload = uploaded(content, state=Upload.State.IMPORTING)
    name = upload.content.name
    tasks.import_upload.func(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.content.name) == (state, "")
    assert not upload_storage().exists(name)


@pytest.mark.django_db
def test_a_checked_file_stays_until_it_is_imported() -> None:
    upload = uploaded()
    tasks.check_upload.func(upload.pk)
    upload.refresh_from_db()
    assert upload.state == Upload.State.CHECKED
    assert upload_storage().exists(upload.content.name)


@pytest.mark.django_db
def test_deleting_uploads_deletes_their_files(
    staff: Client,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    one, two = uploaded(), uploaded()
    address = reverse("admin:tweets_upload_delete", args=[one.pk])
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(address, {"post": "yes"})
        assert upload_storage().exists(one.content.name)
    assert not upload_storage().exists(one.content.name)
    with django_capture_on_commit_callbacks(execute=True):
        Upload.objects.all().delete()
    assert not upload_storage().exists(two.content.name)


@pytest.mark.django_db
def test_a_worker_without_the_file_names_the_setting_and_can_try_again() -> None:
    upload = uploaded(state=Upload.State.IMPORTING)
    path = Path(upload.content.path)
    path.rename(path.with_suffix(".elsewhere"))
    with pytest.raises(FileNotFoundError, match="UPLOAD_DIR"):
        tasks.import_upload.func(upload.pk)
    path.with_suffix(".elsewhere").rename(path)
    tasks.import_upload.func(upload.pk)
    assert Tweet.objects.count() == 1


@pytest.mark.django_db
def test_a_storage_without_local_paths_will_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    elsewhere = InMemoryStorage()
    field = Upload._meta.get_field("content")
    monkeypatch.setattr(field, "storage", elsewhere)
    upload = uploaded(state=Upload.State.IMPORTING)
    assert elsewhere.listdir("")[1] == [upload.content.name]
    tasks.import_upload.func(upload.pk)
    assert Tweet.objects.count() == 1
    assert elsewhere.listdir("")[1] == []


@pytest.mark.django_db
def test_bytes_of_version_1_become_a_file_and_back(tmp_path: Path) -> None:
    folder = tmp_path / "uploads"
    Installation(tmp_path, UPLOAD_DIR=str(folder)).python(THERE_AND_BACK)
    assert list(folder.iterdir()) == []
