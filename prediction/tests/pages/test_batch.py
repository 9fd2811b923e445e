"""Many texts at once."""

import csv
import json
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Account
from common.models import Worker
from prediction.models import Batch
from prediction.tasks import answer_batch
from prediction.tests.pages.conftest import HANDLES, LAMP
from tests.working import work
from tweets.models import User
from tweets.store.erasure import delete_user
from tweets.store.merging import merge_users
from tweets.tests.cast import CRITIC, FAN, KEEPER, make_user, texts_of

TEXTS = f"{LAMP}\n\nWhat a match"
# Too much to be answered at once.
HEAVY = "\n".join("x y z " * 800 for _ in range(12))

pytestmark = pytest.mark.django_db


def ask(client: Client, **asked: Any) -> HttpResponse:
    """The page that sending the form leads to."""
    return client.post("/batch/", {"users": HANDLES} | asked, follow=True)  # type: ignore[return-value]


def send(client: Client, name: str, content: str | bytes, **asked: Any) -> HttpResponse:
    raw = content.encode() if isinstance(content, str) else content
    return ask(client, file=SimpleUploadedFile(name, raw), **asked)


def rows(page: HttpResponse) -> list[Any]:
    found: list[Any] = page.context["page"].object_list  # type: ignore[attr-defined]
    return found


def address(page: HttpResponse) -> str:
    return str(page.context["batch"].get_absolute_url())  # type: ignore[attr-defined]


def table(client: Client, page: HttpResponse) -> list[dict[str, str]]:
    answer = client.get(address(page) + "hypotweet.csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(StringIO(answer.content.decode())))


def test_every_line_gets_an_answer(client: Client, cast: list[User]) -> None:
    page = ask(client, texts=TEXTS)
    assert [row.line for row in rows(page)] == [1, 2]
    assert rows(page)[0].user.handle == KEEPER
    assert "2 answers" in page.content.decode()


def test_the_table_comes_as_csv_too(client: Client, cast: list[User]) -> None:
    answer = ask(client, texts=f"{LAMP}\n=1+1 is a sum", **{"as": "csv"})
    found = list(csv.DictReader(StringIO(answer.content.decode())))
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert found[0]["predicted"] == KEEPER
    assert 0 < float(found[0]["probability"]) <= 1
    assert found[1]["text"] == "'=1+1 is a sum"


def test_one_bad_text_does_not_stop_the_others(
    client: Client, cast: list[User]
) -> None:
    found = rows(ask(client, texts=f"{LAMP}\n{'a' * 5_001}\n{LAMP}"))
    assert [bool(row.user) for row in found] == [True, False, True]
    assert "At most 5,000 characters" in found[1].problem


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tweets.txt", f"{LAMP}\nWhat a match\n"),
        ("tweets.csv", f'id,text\n1,"{LAMP}"\n2,What a match\n'),
        ("tweets.csv", f'"{LAMP}"\nWhat a match\n'),
        ("tweets.csv", f'id;Tweet;n\n1;"{LAMP}";3\n2;What a match;4\n'),
        ("tweets.txt", f"id\ttext\n1\t{LAMP}\n2\tWhat a match\n"),
        ("tweets.csv", f'id,text\n1,"{LAMP}"\n2,What a match\n'.encode("utf-16")),
        ("tweets.jsonl", f'"{LAMP}"\n{{"text": "What a match"}}\n'),
        (
            "tweets.json",
            json.dumps([{"full_text": LAMP}, {"full_text": "What a match"}]),
        ),
    ],
)
def test_texts_come_from_a_file(
    client: Client, cast: list[User], name: str, content: str | bytes
) -> None:
    page = send(client, name, content)
    assert [row.text for row in rows(page)] == [LAMP, "What a match"]


def test_entities_are_letters(client: Client, cast: list[User]) -> None:
    page = send(client, "a.csv", "text,n\ntea &amp; toast &lt;3,&copy=1\n")
    assert rows(page)[0].cells == ["tea & toast <3", "&copy=1"]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"users": HANDLES}, "Enter at least one text"),
        ({"users": HANDLES, "texts": "\n \n"}, "Enter at least one text"),
        ({"users": HANDLES, "texts": "a b c\n" * 501}, "At most 500 texts"),
        ({"users": [KEEPER], "texts": LAMP}, "Pick at least two users"),
    ],
)
def test_bad_input_is_explained(
    client: Client, cast: list[User], asked: dict[str, object], message: str
) -> None:
    answer = client.post("/batch/", asked)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not Batch.objects.exists()


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"{nonsense", b"[1, 2]", b""])
def test_an_unreadable_file_is_explained(
    client: Client, cast: list[User], content: bytes
) -> None:
    answer = send(client, "tweets.jsonl", content)
    assert answer.status_code == 422
    assert 'id="file-errors"' in answer.content.decode()
    assert not Batch.objects.exists()


def test_a_table_without_texts_is_refused_by_name(
    client: Client, cast: list[User]
) -> None:
    answer = send(client, "a.csv", f'id,message,day\n1,"{LAMP}",Monday\n')
    assert answer.status_code == 422
    expected = "This table has no column with texts: found “id”, “message”, “day”"
    assert expected in answer.content.decode()
    page = send(client, "a.csv", f'id,message\n1,"{LAMP}"\n', text_column="Message")
    assert rows(page)[0].text == LAMP
    answer = send(client, "a.csv", "id,message\n1,a b\n", text_column="words")
    assert "There is no column “words”" in answer.content.decode()


def test_downloads_keep_all_columns(client: Client, cast: list[User]) -> None:
    content = f'id,text,predicted,author\n007,"{LAMP}",=1+1,@{KEEPER.upper()}\n8,,x,\n'
    page = send(client, "a.csv", content)
    first, second = table(client, page)
    assert list(first)[:4] == ["id", "text", "predicted", "author"]
    assert (first["id"], first["predicted"]) == ("007", "'=1+1")
    assert (first["predicted_by_hypotweet"], first["right"]) == (KEEPER, "yes")
    assert (second["id"], second["predicted_by_hypotweet"]) == ("8", "")
    assert second["problem"] == "Enter a tweet"
    book = client.get(address(page) + "hypotweet.xlsx")
    sheet = ZipFile(BytesIO(book.content)).read("sheet.xml").decode()
    for text in ("007", LAMP, "=1+1", KEEPER, "yes"):
        assert f'<t xml:space="preserve">{text}</t>' in sheet


def test_people_are_counted_and_rows_filtered_and_sorted(
    client: Client, cast: list[User]
) -> None:
    lines = [*texts_of(KEEPER, 46)[41:], *texts_of(FAN, 44)[41:]]
    page = ask(client, texts="\n".join(" ".join(t.split()) for t in lines))
    totals = page.context["results"].totals  # type: ignore[attr-defined]
    assert sum(total.count for total in totals) == 8
    where = address(page)
    shown = rows(client.get(where, {"who": KEEPER}))  # type: ignore[arg-type]
    assert len(shown) == next(t.count for t in totals if t.user.handle == KEEPER)
    assert {row.user.handle for row in shown} == {KEEPER}
    surest = [row.share for row in rows(client.get(where, {"sort": "sure"}))]  # type: ignore[arg-type]
    assert surest == sorted(surest, reverse=True)
    strong = rows(client.get(where, {"least": "80"}))  # type: ignore[arg-type]
    assert all(row.share >= 0.8 for row in strong)
    assert "No text matches" in client.get(where, {"words": "zzzz"}).content.decode()
    for odd in ({"who": "\0"}, {"least": "x"}, {"sort": "x"}, {"page": "x"}):
        assert client.get(where, odd).status_code == 200


def test_accuracy_is_told_where_the_author_is_known(
    client: Client, cast: list[User]
) -> None:
    lines = "".join(
        f'"{text.replace(chr(34), "")} indeed","@{handle.upper()} "\n'
        for handle in (KEEPER, FAN)
        for text in texts_of(handle, 46)[40:]
    )
    known = texts_of(KEEPER, 3)[-1].replace('"', "")
    content = (
        f'tweet,screen_name\n{lines}"{known}",{KEEPER}\n"tea is lovely",nobody_else\n'
    )
    page = send(client, "a.csv", content)
    found = page.context["accuracy"]  # type: ignore[attr-defined]
    assert (found.of, found.known, found.foreign) == (12, 1, 1)
    assert found.right >= 9
    assert [row.author.handle for row in found.rows] == [KEEPER, FAN] or found.rows
    assert sum(cell.count for row in found.rows for cell in row.cells) == 12
    assert f"<strong>{found.right} of 12</strong>" in page.content.decode()
    wrong = rows(client.get(address(page), {"verdict": "wrong"}))  # type: ignore[arg-type]
    assert len([row for row in wrong if row.truth in (KEEPER, FAN.lower())]) == (
        12 - found.right
    )


def test_much_work_is_done_in_the_background_and_shown(
    client: Client, cast: list[User]
) -> None:
    page = ask(client, texts=HEAVY)
    shown = page.content.decode()
    assert "Waiting" in shown
    assert '<noscript><meta http-equiv="refresh"' in shown
    assert "Nothing works in the background" in shown
    Batch.objects.update(state="working", done=5)
    assert "5 of 12 texts are answered" in client.get(address(page)).content.decode()
    Batch.objects.update(state="waiting", done=0)
    work()
    polled = client.get(address(page), headers={"HX-Request": "true"})
    assert polled.headers["HX-Refresh"] == "true"
    assert len(rows(polled)) == 12  # type: ignore[arg-type]


def test_what_is_not_built_yet_is_left_to_a_worker(
    client: Client, cast: list[User]
) -> None:
    Worker.objects.create(id="w", seen_at=timezone.now())
    page = ask(client, texts=LAMP)
    assert "It begins in a moment" in page.content.decode()
    work()
    assert rows(client.get(address(page)))[0].user.handle == KEEPER  # type: ignore[arg-type]


def test_an_interrupted_batch_begins_again(client: Client, cast: list[User]) -> None:
    ask(client, texts=HEAVY)
    batch = Batch.objects.get()
    Batch.objects.update(state="working", done=7)
    assert answer_batch.call(batch.pk) == 12
    batch.refresh_from_db()
    assert (batch.state, batch.done, len(batch.answers)) == ("done", 12, 12)
    assert answer_batch.call(batch.pk) == 0


def test_a_batch_whose_task_was_given_up_says_so(
    client: Client, cast: list[User]
) -> None:
    page = ask(client, texts=HEAVY)
    Batch.objects.update(state="working", task_id="")
    assert "broken off" in client.get(address(page)).content.decode()


def test_a_batch_that_is_deleted_while_it_waits_stays_deleted(
    client: Client, cast: list[User]
) -> None:
    page = ask(client, texts=HEAVY)
    client.post(address(page) + "delete/")
    work()
    assert not Batch.objects.exists()


def test_the_kept_texts_can_be_asked_about_again(
    client: Client, cast: list[User]
) -> None:
    first = send(client, "a.csv", f'text,author\n"{LAMP}",{KEEPER}\n')
    slug = first.context["batch"].slug  # type: ignore[attr-defined]
    again = ask(client, users=[CRITIC, KEEPER], again=slug)
    assert address(again) != address(first)
    assert rows(again)[0].text == LAMP
    assert again.context["accuracy"].of == 1  # type: ignore[attr-defined]
    named = send(client, "b.csv", f'message,n\n"{LAMP}",1\n', text_column="message")
    slug_of_named = named.context["batch"].slug  # type: ignore[attr-defined]
    renewed = ask(client, users=[CRITIC, KEEPER], again=slug_of_named)
    assert rows(renewed)[0].text == LAMP
    shown = client.get("/batch/").content.decode()
    assert address(first) in shown
    assert address(again) in shown
    assert (
        Client().post("/batch/", {"users": HANDLES, "again": slug}).status_code == 422
    )


def test_nobody_else_sees_a_batch(client: Client, cast: list[User]) -> None:
    page = ask(client, texts=LAMP)
    where = address(page)
    for path in (where, where + "hypotweet.csv", where + "hypotweet.xlsx"):
        assert client.get(path).status_code == 200
        assert Client().get(path).status_code == 404
    assert Client().post(where + "delete/").status_code == 404
    assert client.get(where + "hypotweet.pdf").status_code == 404
    client.cookies["batches"] = "forged:abc"
    assert client.get(where).status_code == 404


def test_an_account_sees_its_batches_everywhere(
    client: Client, cast: list[User]
) -> None:
    ann = Account.objects.create_user("ann")
    client.force_login(ann)
    where = address(ask(client, texts=LAMP))
    elsewhere = Client()
    elsewhere.force_login(ann)
    assert elsewhere.get(where).status_code == 200
    ann.delete()
    assert not Batch.objects.exists()


def test_a_batch_ends_when_it_expires_or_is_deleted(
    client: Client,
    cast: list[User],
    settings: Settings,
    django_capture_on_commit_callbacks: Any,
) -> None:
    page = ask(client, texts=LAMP)
    batch = Batch.objects.get()
    settings.BATCH_DAYS = 0
    assert client.get(address(page)).status_code == 404
    assert address(page) not in client.get("/batch/").content.decode()
    settings.BATCH_DAYS = 7
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address(page) + "delete/")
    assert not Batch.objects.exists()
    assert not batch.content.storage.exists(batch.content.name)


def test_people_who_are_gone_are_in_no_batch(client: Client, cast: list[User]) -> None:
    page = ask(client, texts=LAMP)
    User.objects.filter(handle=FAN).update(is_listed=False)
    assert client.get(address(page)).status_code == 404
    User.objects.update(is_listed=True)
    delete_user(cast[2])
    assert not Batch.objects.exists()
    send(client, "a.csv", f'text,author\n"{LAMP}",@{FAN}\n', users=HANDLES[:2])
    fan = make_user(FAN, texts_of(FAN, 20))
    delete_user(fan)
    assert not Batch.objects.exists()


def test_a_merged_person_stays_in_the_answers(client: Client, cast: list[User]) -> None:
    page = ask(client, texts=LAMP)
    kept = make_user("keeper_two", texts_of(KEEPER, 60)[40:])
    merge_users(kept, [cast[0]])
    shown = client.get(address(page))
    assert rows(shown)[0].user == kept  # type: ignore[arg-type]


def test_only_so_much_is_kept(
    client: Client, cast: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prediction.pages.batch.asking.MOST_KEPT", 1)
    assert ask(client, texts=LAMP).status_code == 200
    assert ask(client, texts=LAMP).status_code == 429


def test_large_files_count_as_many_requests(
    client: Client, cast: list[User], settings: Settings
) -> None:
    settings.RATE_LIMIT_ANON = (1, 60)
    wide = f"text,note\na b c,{'x' * 120_000}\n"
    statuses = [send(client, "a.csv", wide).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]
