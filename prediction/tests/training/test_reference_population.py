"""Texts of unrelated users are background only: never listed, predicted or shown."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import IntegrityError, transaction
from django.test import Client

from prediction.engine.models.background import Background as Sample
from prediction.models import Background, Signature
from prediction.training import rebuild
from tests.commands import run
from tweets.models import OptOut, User
from tweets.store.erasure import erase_and_opt_out
from tweets.tests.cast import CRITIC, KEEPER, make_cast

pytestmark = pytest.mark.django_db
SECRET = "The ferry timetable is written by somebody who hates ferries"


def written(path: Path, handle: str = "unrelated", texts: int = 30) -> Path:
    rows = [
        {"user": handle, "id": str(n), "text": f"{SECRET}, part {'x' * n} of it"}
        for n in range(1, texts)
    ]
    rows.append({"user": handle, "id": "9999", "text": SECRET})
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


@pytest.fixture
def population(tmp_path: Path) -> User:
    make_cast(40)
    run("import_tweets", written(tmp_path / "strangers.jsonl"), "--reference")
    return User.objects.get(handle="unrelated")


def test_it_is_stored_unlisted_and_open_to_no_prediction(population: User) -> None:
    assert (population.source, population.is_listed) == ("reference", False)
    assert population.eligible_count > 10
    assert not population.is_predictable
    assert population not in User.objects.predictable()
    assert population not in User.objects.listed()


def test_nobody_can_list_it(population: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=population.pk).update(is_listed=True)


def test_staff_who_list_everybody_leave_it_out(
    population: User, admin_client: Client
) -> None:
    keys = [str(pk) for pk in User.objects.values_list("pk", flat=True)]
    chosen = {"action": "list_users", "_selected_action": keys}
    answer = admin_client.post("/admin/tweets/user/", chosen, follow=True)
    assert answer.status_code == 200
    population.refresh_from_db()
    assert not population.is_listed
    assert "unrelated" in admin_client.get("/admin/tweets/user/").content.decode()


def test_backgrounds_take_it_but_it_has_no_signature(population: User) -> None:
    rebuild.rebuild_all()
    sample = Sample.from_bytes(bytes(Background.objects.get().sample))
    assert (sample.owners == population.pk).any()
    assert not Signature.objects.filter(user=population).exists()
    assert Signature.objects.count() == 3


def test_a_command_cannot_ask_about_it(population: User) -> None:
    with pytest.raises(CommandError, match="Not known here: @unrelated"):
        run("predict", "--users", KEEPER, population.handle, "--text", "Hello there")


def test_no_page_and_no_program_is_shown_it(population: User, client: Client) -> None:
    rebuild.rebuild_all()
    handle = population.handle
    for address in (f"/users/{handle}/", f"/api/v1/users/{handle}"):
        assert client.get(address).status_code == 404
    for address in ("/", "/users/", f"/users/?q={handle}", "/compare/"):
        page = client.get(address).content.decode()
        assert f"@{handle}" not in page
    found = client.get("/api/v1/users").json()
    assert handle not in {user["handle"] for user in found["items"]}
    question = {"text": SECRET, "users": [KEEPER, handle]}
    asked = client.post("/api/v1/predictions", question, "application/json")
    assert asked.status_code == 404


def test_its_texts_are_not_recognised(population: User, client: Client) -> None:
    said = run("predict", "--users", KEEPER, CRITIC, "--text", SECRET, "--json")
    assert json.loads(said)["verbatim"] is None
    question = {"text": SECRET, "users": [KEEPER, CRITIC]}
    answer = client.post("/api/v1/predictions", question, "application/json").json()
    assert answer["verbatim"] is None
    assert population.handle not in json.dumps(answer)


def test_tracked_users_and_the_population_never_mix(
    population: User, tmp_path: Path
) -> None:
    before = population.tweet_count
    again = written(tmp_path / "again.jsonl", texts=40)
    document = json.loads(run("import_tweets", again, "--json"))
    assert document["files"][0]["skipped"] == {"in the reference population": 40}
    tracked = written(tmp_path / "tracked.jsonl", KEEPER)
    document = json.loads(run("import_tweets", tracked, "--reference", "--json"))
    assert document["files"][0]["skipped"] == {"tracked here": 30}
    population.refresh_from_db()
    assert population.tweet_count == before


def test_opt_outs_and_erasure_hold(population: User, tmp_path: Path) -> None:
    rebuild.rebuild_all()
    gone = population.pk
    erase_and_opt_out(population)
    sample = Sample.from_bytes(bytes(Background.objects.get().sample))
    assert not (sample.owners == gone).any()
    assert OptOut.objects.covers("unrelated")
    path = written(tmp_path / "once_more.jsonl")
    document = json.loads(run("import_tweets", path, "--reference", "--json"))
    assert document["files"][0]["skipped"] == {"opted out": 30}
