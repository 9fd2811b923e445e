"""Training is not the visitor's to start: a worker builds, and nobody waits for it."""

import json
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from common.jobs.locks import locked
from common.models import Worker
from prediction.models import Background, Signature
from prediction.serving import loader, predictor, ranking_index
from prediction.training import backgrounds, rebuild, signatures
from tests.working import work
from tweets.models import User
from tweets.store.ingest import ingest
from tweets.tests.cast import CRITIC, KEEPER, make_cast, make_user, record, texts_of

pytestmark = pytest.mark.django_db
LOG = "Log. Wind SW 6, sea moderate, visibility good. Lamp lit."
ASKED = {"users": [KEEPER, CRITIC], "text": "Log. Lamp lit."}


@pytest.fixture
def cast(settings: Settings, tmp_path: Path) -> list[User]:
    settings.INDEX_DIR = tmp_path / "index"
    return make_cast(40)


@pytest.fixture
def worker(cast: list[User]) -> Worker:
    """A worker somewhere else, which has not come to it yet."""
    DBTaskResult.objects.all().delete()
    return Worker.objects.create(id="of-a-test", seen_at=timezone.now())


@pytest.fixture
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "LARGE", 2)


@pytest.fixture
def fitted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Whose signatures are built."""
    ids: list[int] = []
    fit = signatures.fit_signature

    def noting(own: object, sample: object, user_id: int, profiles: object) -> object:
        ids.append(user_id)
        return fit(own, sample, user_id, profiles)  # type: ignore[arg-type]

    monkeypatch.setattr(signatures, "fit_signature", noting)
    return ids


def more_of(handle: str) -> None:
    ingest([record("Quite another thing today", handle=handle)], User.Source.FILE)


def test_before_the_first_build_programs_are_told_when_to_come_again(
    worker: Worker, client: Client, fitted: list[int]
) -> None:
    body = json.dumps(ASKED)
    answer = client.post("/api/v1/predictions", body, "application/json")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "being built" in answer.json()["detail"]
    assert fitted == []
    work()
    answer = client.post("/api/v1/predictions", body, "application/json")
    assert answer.status_code == 200


def test_a_form_keeps_what_was_asked_and_asks_again(
    worker: Worker, client: Client
) -> None:
    page = client.post("/predict/", ASKED | {"text": "\n <b> & all"})
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    shown = page.content.decode()
    assert 'method="post" action="/predict/"' in shown
    assert '<textarea name="text" hidden>\n\n &lt;b&gt; &amp; all</textarea>' in shown
    assert shown.count('<textarea name="users"') == 2
    while_typing = client.post("/predict/", ASKED, headers={"HX-Request": "true"})
    assert (while_typing.status_code, while_typing.content) == (204, b"")
    assert while_typing.headers["Retry-After"] == "5"
    work()
    assert client.post("/predict/", ASKED).status_code == 200


@pytest.mark.parametrize("path", ["/voice/"])
def test_other_pages_say_so_too(worker: Worker, client: Client, path: str) -> None:
    sent = ASKED | {"texts": ASKED["text"]}
    assert client.post(path, sent).status_code == 503
    assert client.get("/guess/").status_code == 503
    assert client.get(f"/users/{KEEPER}/would/?text=tea").status_code == 503


def test_a_stale_user_answers_as_before_and_is_queued_once(
    worker: Worker, cast: list[User], fitted: list[int]
) -> None:
    rebuild.rebuild_stale()
    fitted.clear()
    for handle in (KEEPER, CRITIC):
        more_of(handle)
    queued = DBTaskResult.objects.count()
    before = Signature.objects.get(user=cast[0]).built_at
    for text in (LOG, f"{LOG} The gull is back.", f"{LOG} Rain."):
        assert predictor.predict(cast, text).best.user.handle == KEEPER
    assert fitted == []
    assert DBTaskResult.objects.count() == queued + 2
    work()
    assert len(fitted) == len(set(fitted)) == 2
    assert Signature.objects.get(user=cast[0]).built_at > before
    assert Signature.objects.fresh().count() == 3


def test_without_a_worker_whoever_asks_first_builds(
    cast: list[User], fitted: list[int]
) -> None:
    assert predictor.predict(cast, LOG).best.user.handle == KEEPER
    assert sorted(fitted) == [user.pk for user in cast]


def test_nobody_waits_for_a_signature_that_another_process_builds(
    cast: list[User], client: Client, fitted: list[int]
) -> None:
    rebuild.rebuild_stale()
    Signature.objects.filter(user=cast[0]).delete()
    more_of(CRITIC)
    fitted.clear()
    with locked(signatures._lock(cast[0].pk)):
        assert client.post("/predict/", ASKED).status_code == 503
    assert fitted == [cast[1].pk]
    assert client.post("/predict/", ASKED).status_code == 200
    assert fitted == [cast[1].pk, cast[0].pk]


def test_nobody_waits_for_a_background_that_another_process_samples(
    cast: list[User], client: Client
) -> None:
    with locked(backgrounds.LOCK):
        assert client.post("/predict/", ASKED).status_code == 503
    assert client.post("/predict/", ASKED).status_code == 200


def test_two_rebuilds_build_each_signature_once(
    cast: list[User], fitted: list[int]
) -> None:
    background = backgrounds.usable_background()
    both = 2 * signatures.stale_users(background)
    features = rebuild.TweetFeatures()
    assert all(signatures.build_stale(pk, background.pk, features) for pk in both)
    assert len(fitted) == 3


@pytest.mark.usefixtures("few_are_many")
def test_the_worker_writes_the_index_ahead_of_time(
    worker: Worker, cast: list[User]
) -> None:
    body = {"text": "Lamp lit", "users": "all"}
    client = Client()

    def status() -> int:
        answer = client.post(
            "/api/v1/predictions", json.dumps(body), "application/json"
        )
        return answer.status_code

    assert status() == 503
    assert Background.objects.count() == 0
    work()
    assert ranking_index._index(backgrounds.usable_background())
    assert status() == 200


@pytest.mark.usefixtures("few_are_many")
def test_everybody_answers_without_whoever_is_new(
    worker: Worker, cast: list[User]
) -> None:
    rebuild.rebuild_stale()
    loader.prepare()
    new = make_user("new_keeper", texts_of(KEEPER, 80)[40:])
    result = predictor.predict([*cast, new], "Lamp lit")
    assert [user.handle for user in result.members] == [u.handle for u in cast]
    work()
    handles = [u.handle for u in predictor.predict([*cast, new], "Lamp lit").members]
    assert handles[-1] == "new_keeper"


@pytest.mark.usefixtures("few_are_many")
def test_a_named_group_is_answered_whole_or_later(
    worker: Worker, cast: list[User], client: Client
) -> None:
    rebuild.rebuild_stale()
    loader.prepare()
    make_user("another", texts_of(KEEPER, 120)[80:])
    make_user("new_keeper", texts_of(KEEPER, 80)[40:])
    asked = {"users": [KEEPER, CRITIC, "new_keeper"], "text": "Lamp lit"}
    assert client.post("/predict/", asked).status_code == 503
    work()
    assert client.post("/predict/", asked).status_code == 200


@pytest.mark.usefixtures("few_are_many")
def test_the_index_is_written_by_one_at_a_time(cast: list[User]) -> None:
    rebuild.rebuild_stale()
    with locked(ranking_index.LOCK), pytest.raises(loader.BeingPreparedError):
        loader.compose(cast)
    assert loader.compose(cast).members


@pytest.mark.usefixtures("few_are_many")
def test_a_new_version_is_used_once_its_index_is_there(cast: list[User]) -> None:
    rebuild.rebuild_stale()
    loader.prepare()
    old = backgrounds.usable_background()
    seen = []

    def check(new: Background) -> None:
        loader.prepare_version(new)
        seen.append([bool(ranking_index._index(version)) for version in (old, new)])

    rebuild.rebuild_all(before_switch=check)
    assert seen == [[True, True]]
    loader.prepare()
    folder = ranking_index._path(old).parent
    assert len([path for path in folder.iterdir() if path.is_file()]) == 1


def test_a_group_that_is_new_costs_by_its_size(
    client: Client, settings: Settings
) -> None:
    settings.RATE_LIMIT_ANON = (2, 60)
    texts = [f"{text} {n}" for n in range(5) for text in texts_of(KEEPER, 40)]
    users = [make_user(f"u{n}", texts[10 * n :][:10]) for n in range(18)]
    rebuild.rebuild_stale()
    handles = [user.handle for user in users]

    def status(group: list[str]) -> int:
        return client.post("/predict/", {"users": group, "text": "tea"}).status_code

    same = [status(handles[:16]) for _ in range(6)]
    assert same == [200] * 6
    others = [status(handles[n : n + 16]) for n in (1, 2)] + [
        status([*handles[:14], handles[17], *handles[15:17]]) for _ in range(6)
    ]
    assert 429 in others[1:]
    assert status(handles[:2]) == 429
