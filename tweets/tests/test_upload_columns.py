"""Staff name the columns of a table, or the author of a file, after uploading it."""

import contextlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.working import work
from tweets.models import Tweet, Upload, User
from tweets.sources.read_source import read_source
from tweets.sources.records import SourceError, TweetRecord
from tweets.sources.tables.mapping import ROLES, mapped_table, parse_mapping
from tweets.store.erasure import delete_user
from tweets.tests.cast import make_user

ODD = (
    b"who;what;when\nada;tea and engines;24.11.2023\nbob;some weaving here;25.11.2023\n"
)
HEADERLESS = b"7;ada;tea and engines\n8;bob;some weaving here\n"
ALL = {"column_1": "handle", "column_2": "text", "column_3": "posted_at"}


def upload(staff: Client, content: bytes) -> Upload:
    staff.post(
        reverse("admin:tweets_upload_add"), {"file": SimpleUploadedFile("t", content)}
    )
    work()
    return Upload.objects.get()


def say(staff: Client, found: Upload, **said: str) -> Upload:
    staff.post(reverse("admin:tweets_upload_columns", args=[found.pk]), said)
    work()
    found.refresh_from_db()
    return found


@pytest.mark.django_db
def test_unknown_columns_can_be_named_without_uploading_again(staff: Client) -> None:
    found = upload(staff, ODD)
    assert found.state == "unclear"
    page = staff.get(reverse("admin:tweets_upload_change", args=[found.pk]))
    assert "tea and engines" in page.content.decode()
    found = say(staff, found, first_row_names="on", **ALL)
    assert (found.state, found.report["stored"]) == ("checked", 2)
    staff.post(reverse("admin:tweets_upload_import", args=[found.pk]))
    work()
    tweet = Tweet.objects.get(user__handle="ada")
    assert tweet.text == "tea and engines"
    assert f"{tweet.posted_at:%Y-%m-%d}" == "2023-11-24"
    found.refresh_from_db()
    assert not found.content
    assert "examples" not in found.report["authors"][0]


@pytest.mark.django_db
def test_a_table_without_names_has_its_columns_numbered(staff: Client) -> None:
    found = upload(staff, HEADERLESS)
    found = say(staff, found, column_2="handle", column_3="text")
    assert (found.state, found.report["read"]) == ("checked", 2)
    assert found.columns == {"handle": "2", "text": "3"}


@pytest.mark.django_db
def test_columns_may_be_named_by_numbers_alike_or_not_at_all(staff: Client) -> None:
    found = upload(staff, b",0,1,1\n0,7,ada,tea and engines\n1,8,bob,some weaving\n")
    found = say(staff, found, first_row_names="on", column_3="handle", column_4="text")
    assert found.report["authors"] == [
        {"author": "ada", "tweets": 1, "is_new": True, "examples": ["tea and engines"]},
        {"author": "bob", "tweets": 1, "is_new": True, "examples": ["some weaving"]},
    ]
    page = staff.get(reverse("admin:tweets_upload_change", args=[found.pk]))
    chosen = {
        column.name: column.value() for column in page.context["column_form"].columns()
    }
    assert chosen["column_3"] == "handle"
    assert chosen["column_4"] == "text"


@pytest.mark.django_db
def test_a_wrong_guess_can_be_corrected_before_the_import(staff: Client) -> None:
    found = upload(staff, b"user,text,author\nweb,tea and engines,ada\n")
    assert found.report["authors"][0]["author"] == "web"
    found = say(staff, found, first_row_names="on", column_2="text", column_3="handle")
    assert found.report["authors"][0]["author"] == "ada"
    found = say(staff, found)
    assert found.report["authors"][0]["author"] == "web"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content", [b"text\ntea and engines\n", b'{"text": "tea and engines"}\n']
)
def test_the_author_can_be_given_afterwards(staff: Client, content: bytes) -> None:
    found = upload(staff, content)
    assert found.state == "unclear"
    assert (
        "Who wrote it"
        in (
            page := staff.get(reverse("admin:tweets_upload_change", args=[found.pk]))
        ).content.decode()
        or "columns hold" in page.content.decode()
    )
    found = say(staff, found, handle="@Ada", first_row_names="on")
    assert (found.state, found.report["authors"][0]["author"]) == ("checked", "ada")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"column_1": "text", "column_2": "text"}, "Two columns"),
        ({"column_1": "handle"}, "holds the text"),
        ({"handle": "no/handle"}, "not a handle"),
        ({"column_1": "nonsense"}, "valid choice"),
    ],
)
def test_nonsense_is_refused_and_nothing_lost(
    staff: Client, said: dict[str, str], why: str
) -> None:
    found = upload(staff, ODD)
    address = reverse("admin:tweets_upload_columns", args=[found.pk])
    page = staff.post(address, said)
    assert page.status_code == 422
    assert why in page.content.decode()
    shown = page.context["column_form"]
    assert {name: shown[name].value() for name in said} == said
    found.refresh_from_db()
    assert (found.state, found.columns) == ("unclear", {})
    assert found.content


@pytest.mark.django_db
def test_a_file_that_waits_for_its_columns_goes_with_whoever_is_erased(
    staff: Client,
) -> None:
    found = upload(staff, ODD)
    delete_user(make_user("somebody", ["one two three"]))
    found.refresh_from_db()
    assert found.state == "refused"
    assert "rows" not in found.report


@pytest.mark.django_db
def test_a_preview_holds_what_every_database_can_store(staff: Client) -> None:
    found = upload(staff, b"7;a\0da;tea\n8;bob;some weaving\n")
    assert (found.state, found.report["rows"][0]) == ("unclear", ["7", "ada", "tea"])


@pytest.mark.django_db
def test_notes_stand_before_the_people(staff: Client) -> None:
    rows = "".join(f"person{number},some words\n" for number in range(60))
    found = upload(staff, f"user,text\n{rows}".encode())
    address = reverse("admin:tweets_upload_change", args=[found.pk])
    page = staff.get(address).content.decode()
    assert page.index("make sure that these are handles") < page.index("By person0")


@pytest.mark.django_db
def test_the_command_takes_columns(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(ODD)
    with pytest.raises(CommandError):
        call_command("import_tweets", path)
    call_command("import_tweets", path, columns="text=what, handle=who")
    assert set(User.objects.values_list("handle", flat=True)) == {"ada", "bob"}
    for wrong in ("text", "text=", "handle=1", "body=what"):
        with pytest.raises(CommandError) as refused:
            call_command("import_tweets", path, columns=wrong)
        assert refused.value.returncode == 2
    with pytest.raises(SourceError, match="There is no column “x”: there are who, wha"):
        read_source(path, columns={"text": "x"})


@given(
    st.text(max_size=300),
    st.dictionaries(st.sampled_from([*ROLES]), st.sampled_from("123ab"), min_size=1),
)
def test_any_text_is_mapped_or_refused(
    tmp_path_factory: pytest.TempPathFactory, text: str, columns: dict[str, str]
) -> None:
    try:
        table = mapped_table(text, columns)
    except SourceError:
        return
    assert set(columns.values()) <= set(table.header)
    path = tmp_path_factory.mktemp("t") / "t.csv"
    path.write_text(text, encoding="utf-8", errors="replace", newline="")
    try:
        found = list(read_source(path, handle="ada", columns=columns))
    except SourceError:
        return
    assert all(item.text for item in found if isinstance(item, TweetRecord))


@given(st.text(max_size=60))
def test_any_written_mapping_is_parsed_or_refused(written: str) -> None:
    with contextlib.suppress(ValueError):
        assert "text" in parse_mapping(written)
