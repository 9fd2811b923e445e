"""Who people are: names, bios and pictures, from archives, APIs and files of people."""

import json
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tweets.models import Avatar, OptOut, User
from tweets.sources.people import read_people
from tweets.sources.read_source import read_source
from tweets.sources.records import Introduction, SourceError
from tweets.store import ingest
from tweets.store.erasure import delete_user
from tweets.store.introductions import SIDE, complete, thumbnail
from tweets.store.merging import merge_users
from tweets.tests.cast import make_user
from tweets.tests.sources.writing import archive, ytd, zip_of

ADDRESS = "https://pbs.example.org/profile_images/7/ada_face.jpg"
PROFILE = {"description": {"bio": "Engines &amp;\nlooms"}, "avatarMediaUrl": ADDRESS}


def picture(size: tuple[int, int] = (400, 300), kind: str = "JPEG") -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


def archive_files(image: bytes) -> dict[str, Any]:
    files = archive(profile=ytd("profile", [{"profile": PROFILE}]))
    return files | {
        "data/profile_media/42-header.jpg": b"something else",
        "data/profile_media/42-ada_face.jpg": image,
    }


def write_folder(path: Path, files: dict[str, Any]) -> Path:
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        raw = content if isinstance(content, bytes) else content.encode()
        (path / name).write_bytes(raw)
    return path


@pytest.mark.django_db
@pytest.mark.parametrize("packed", [True, False])
def test_an_archive_brings_name_bio_and_picture(
    tmp_path: Path, client: Client, packed: bool
) -> None:
    files = archive_files(picture())
    path = (
        zip_of(tmp_path / "a.zip", files)
        if packed
        else write_folder(tmp_path / "a", files)
    )
    call_command("import_tweets", str(path), stdout=StringIO())
    ada = User.objects.get()
    assert (ada.name, ada.bio) == ("Ada L.", "Engines & looms")
    page = client.get(ada.get_absolute_url()).content.decode()
    assert "Engines &amp; looms" in page
    address = f"/users/ada/{ada.avatar}.webp"
    assert f'src="{address}"' in page
    answer = client.get(address)
    assert answer.headers["Content-Type"] == "image/webp"
    assert Image.open(BytesIO(answer.content)).size == (SIDE, SIDE)


@pytest.mark.django_db
def test_a_dry_run_stores_no_picture(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", archive_files(picture()))
    call_command("import_tweets", str(path), "--dry-run", stdout=StringIO())
    assert not Avatar.objects.exists()


@pytest.mark.django_db
def test_a_damaged_picture_costs_nothing_else(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", archive_files(picture()[:200]))
    call_command("import_tweets", str(path), stdout=StringIO())
    assert User.objects.get().avatar == ""
    assert User.objects.get().bio == "Engines & looms"


@pytest.mark.django_db
def test_what_is_known_already_stays(tmp_path: Path) -> None:
    user = make_user("ada", ["one two three"], name="Ada", bio="Ours")
    source = read_source(zip_of(tmp_path / "a.zip", archive_files(picture())))
    ingest.ingest(source, User.Source.ARCHIVE, owner=source.owner)
    user.refresh_from_db()
    assert (user.name, user.bio) == ("Ada", "Ours")
    assert user.avatar


@pytest.mark.django_db
@pytest.mark.parametrize(
    "tweet",
    [
        {"id_str": "1", "full_text": "a b c", "user": {"screen_name": "bob"}},
        {"content": "a b c", "user": {"username": "bob"}, "id": 1},
        {"id": "1", "author_id": "7", "text": "a b c", "author": {"username": "bob"}},
    ],
    ids=["api 1.1", "snscrape", "api 2"],
)
def test_payloads_bring_the_bio(tmp_path: Path, tweet: dict[str, Any]) -> None:
    author = tweet["user"] if "user" in tweet else tweet["author"]
    path = tmp_path / "t.jsonl"
    author["description"] = "Weaves.\n\nA lot."
    path.write_text(json.dumps(tweet))
    ingest.ingest(read_source(path), User.Source.FILE)
    assert User.objects.get().bio == "Weaves. A lot."


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "handle,name,bio\n@Bob,Bob B.,Weaves\nnobody,N,x\n",
        "﻿Username;Display name;Description\nbob;Bob B.;Weaves\nnobody;N;x\n",
        '{"handle": "bob", "name": "Bob B.", "bio": "Weaves"}\n{"handle": "nobody"}\n',
        '[{"user": "bob", "name": "Bob B.", "bio": "Weaves"}, {"handle": "nobody"}]',
    ],
)
def test_a_file_of_people_describes_who_is_here(tmp_path: Path, text: str) -> None:
    make_user("bob", ["one two three"], name="old", bio="old")
    path = tmp_path / "people.csv"
    path.write_text(text, encoding="utf-8")
    out = StringIO()
    call_command("import_tweets", "--people", str(path), "--json", stdout=out)
    people = json.loads(out.getvalue())["people"]
    assert (people["described"], people["unknown"]) == (1, ["nobody"])
    bob = User.objects.get()
    assert (bob.name, bob.bio) == ("Bob B.", "Weaves")


@pytest.mark.django_db
def test_people_come_after_the_tweets_of_the_same_call(tmp_path: Path) -> None:
    tweets, people = tmp_path / "t.csv", tmp_path / "p.csv"
    tweets.write_text("user,text\nbob,one two three\n")
    people.write_text("handle,bio\nbob,Weaves\nno/handle,x\n")
    with pytest.raises(CommandError, match="Some people"):
        call_command("import_tweets", tweets, people=people, stdout=StringIO())
    assert User.objects.get().bio == "Weaves"


@pytest.mark.django_db
def test_a_dry_run_describes_nobody(tmp_path: Path) -> None:
    make_user("bob", ["one two three"])
    path, out = tmp_path / "p.csv", StringIO()
    path.write_text("handle,bio\nbob,Weaves\n")
    call_command("import_tweets", "--dry-run", people=path, stdout=out)
    assert "1 person would be described" in out.getvalue()
    assert User.objects.get().bio == ""


@pytest.mark.parametrize("text", ["name,bio\nx,y\n", "tweets\n", "\0\1\2"])
def test_a_file_without_handles_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "p.csv"
    path.write_text(text)
    with pytest.raises(SourceError):
        list(read_people(path))


@pytest.mark.django_db
def test_nothing_to_import_is_wrong_usage() -> None:
    with pytest.raises(CommandError) as refused:
        call_command("import_tweets")
    assert refused.value.returncode == 2


@given(st.binary(max_size=400), st.sampled_from([b"", b"handle,bio\n", b'{"handle":']))
def test_any_file_of_people_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, start: bytes
) -> None:
    path = tmp_path_factory.mktemp("people") / "p"
    path.write_bytes(start + content)
    try:
        people = list(read_people(path))
    except SourceError:
        return
    for person in people:
        if isinstance(person, Introduction):
            assert person.handle
            assert len(person.bio) <= 200


@given(st.binary(max_size=300), st.sampled_from(["JPEG", "PNG", "GIF", "WEBP"]))
def test_any_image_is_drawn_small_or_not_at_all(noise: bytes, kind: str) -> None:
    whole = picture((30, 50), kind)
    for image in (noise, whole[:20] + noise, whole[: len(whole) // 2]):
        drawn = thumbnail(image)
        assert drawn is None or Image.open(BytesIO(drawn)).size == (SIDE, SIDE)
    assert thumbnail(whole)


def test_a_vast_image_is_not_drawn() -> None:
    out = BytesIO()
    Image.new("1", (20_000, 10)).save(out, "PNG")
    assert thumbnail(out.getvalue()) is None


@pytest.mark.django_db
def test_pictures_are_for_listed_people_and_go_with_them(client: Client) -> None:
    user = make_user("bob", ["one two three"])
    complete(Introduction("bob", image=picture()))
    user.refresh_from_db()
    address = f"/users/bob/{user.avatar}.webp"
    assert client.get("/users/bob/0123456789abcdef.webp").status_code == 404
    User.objects.update(is_listed=False)
    assert client.get(address).status_code == 404
    delete_user(user)
    assert not Avatar.objects.exists()


@pytest.mark.django_db
def test_nobody_who_opted_out_is_described(tmp_path: Path) -> None:
    make_user("bob", ["one two three"])
    OptOut.objects.create(handle="bob")
    assert not complete(Introduction("bob", bio="Weaves"))
    assert not User.objects.exclude(bio="").exists()


@pytest.mark.django_db
def test_merging_keeps_what_is_known_of_either() -> None:
    kept = make_user("bob", ["one two three"], name="Bob")
    gone = make_user("bob_too", ["four five six"], name="Robert", bio="Weaves")
    complete(Introduction("bob_too", image=picture()))
    gone.refresh_from_db()
    merge_users(kept, [gone])
    kept.refresh_from_db()
    assert (kept.name, kept.bio) == ("Bob", "Weaves")
    assert Avatar.objects.get().user == kept
    assert kept.avatar
