"""Programs that bring users and tweets in."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Account, ApiKey, Scope
from tests.working import work
from tweets.models import Tweet, Upload, User
from tweets.tests.fake_x import FakeX

pytestmark = pytest.mark.django_db


@pytest.fixture
def robot() -> Client:
    boss = Account.objects.create_superuser("boss")
    key = ApiKey(account=boss, name="robot", scopes=[Scope.MANAGE])
    token = ApiKey.objects.issue(key)
    return Client(headers={"Authorization": f"Bearer {token}"})


def done(robot: Client, answer: object) -> dict[str, object]:
    """What the task says before and after it was worked on."""
    assert answer.status_code == 202
    task = answer.json()
    assert robot.get(task["url"]).json()["status"] == "waiting"
    work()
    answer: dict[str, object] = robot.get(task["url"]).json()
    return answer


def post(robot: Client, path: str, body: object) -> object:
    return robot.post(path, json.dumps(body), content_type="application/json")


def test_users_are_added_and_read(robot: Client, x: FakeX) -> None:
    x.add_user("ada", posts=12)
    body = {"handles": ["@ada", "nobody_here"]}
    answer = done(robot, post(robot, "/api/v1/users", body))
    assert answer["status"] == "done"
    assert answer["result"]["added"] == ["ada"]
    assert answer["result"]["refused"] == {"nobody_here": "not found on X"}
    assert User.objects.get().tweet_count == 12


def test_a_user_is_refreshed(robot: Client, x: FakeX) -> None:
    x.add_user("ada", posts=5)
    User.objects.create(handle="ada", source="x")
    answer = done(robot, robot.post("/api/v1/users/ADA/refresh"))
    assert answer["status"] == "done"
    assert Tweet.objects.count() == 5
    assert robot.post("/api/v1/users/nobody/refresh").status_code == 404


def test_a_file_is_imported_at_once(robot: Client) -> None:
    file = SimpleUploadedFile("t.csv", b"user,text\nann,one two three\n")
    answer = done(robot, robot.post("/api/v1/imports", {"file": file}))
    assert (answer["status"], answer["result"]["stored"]) == ("done", 1)
    assert Upload.objects.get().uploaded_by.get_username() == "boss"


def test_lines_are_imported_for_a_handle(robot: Client) -> None:
    lines = {"handle": "ann", "lines": "one two three\nfour five six"}
    answer = done(robot, robot.post("/api/v1/imports", lines))
    assert answer["result"]["stored"] == 2


def test_a_file_of_no_tweets_says_why(robot: Client) -> None:
    file = SimpleUploadedFile("t.csv", b"\x00\x01 nothing of use")
    answer = done(robot, robot.post("/api/v1/imports", {"file": file}))
    assert answer["result"]["refused"]


def test_wrong_fields_are_named(robot: Client, x: FakeX) -> None:
    answer = robot.post("/api/v1/imports", {"lines": "one two three"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "handle"
    answer = post(robot, "/api/v1/users", {"handles": ["a-b"]})
    assert answer.status_code == 422
    assert "a-b" in answer.json()["detail"]


def test_a_task_that_fails_says_why(robot: Client, x: FakeX) -> None:
    x.fail(401, times=99)
    answer = done(robot, post(robot, "/api/v1/users", {"handles": ["ada"]}))
    assert answer["status"] == "failed"
    assert "XError" in answer["error"]


def test_tasks_of_other_apps_are_not_shown(robot: Client) -> None:
    from accounts.tasks import send_reset_mails

    task = send_reset_mails.enqueue("ann@example.org", "http://testserver")
    assert robot.get(f"/api/v1/tasks/{task.id}").status_code == 404
