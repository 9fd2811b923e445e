"""Background tasks that are started from the admin."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from common.jobs import heartbeat
from common.models import Worker
from tests.working import work
from tweets.models import Fetch, OptOut, Tweet, Upload, User
from tweets.tests.cast import make_user
from tweets.tests.fake_x import FakeX

pytestmark = pytest.mark.django_db


def own_tasks() -> QuerySet[DBTaskResult]:
    """Without what other apps do when tweets change."""
    return DBTaskResult.objects.filter(task_path__startswith="tweets.")


def act(staff: Client, action: str, *users: User, **more: str) -> HttpResponse:
    ids = [str(user.pk) for user in users]
    data = {"action": action, "_selected_action": ids} | more
    return staff.post(reverse("admin:tweets_user_changelist"), data, follow=True)


def test_staff_add_users_from_x(staff: Client, x: FakeX) -> None:
    ada, bob = x.add_user("ada", posts=12), x.add_user("bob", posts=3)
    page = reverse("admin:tweets_user_from_x")
    answer = staff.post(page, {"handles": "@ada, bob\nnobody_here"})
    assert answer.status_code == 302
    assert not User.objects.exists()
    work()
    assert set(User.objects.values_list("handle", "tweet_count")) == {
        ("ada", 12),
        ("bob", 3),
    }
    assert Fetch.objects.filter(outcome="done").count() == 2
    report = own_tasks().get().return_value
    assert report["refused"] == {"nobody_here": "not found on X"}
    assert ada.x_id != bob.x_id


def test_bad_handles_are_named_and_cost_nothing(staff: Client, x: FakeX) -> None:
    answer = staff.post(reverse("admin:tweets_user_from_x"), {"handles": "a-b ok"})
    assert "Not handles: a-b" in answer.content.decode()
    assert not own_tasks().exists()


def test_without_a_key_the_page_points_to_files(
    staff: Client, settings: Settings
) -> None:
    settings.X_BEARER_TOKEN = ""
    page = staff.get(reverse("admin:tweets_user_from_x")).content.decode()
    assert "X_BEARER_TOKEN is not set" in page
    assert reverse("admin:tweets_upload_add") in page


def test_staff_refresh_chosen_users(staff: Client, x: FakeX) -> None:
    x.add_user("ada", posts=5)
    user = User.objects.create(handle="ada", source="x")
    page = act(staff, "refresh", user)
    assert "About <strong>800 posts</strong> of 1 user" in page.content.decode()
    act(staff, "refresh", user, confirmed="yes")
    work()
    assert Tweet.objects.count() == 5


def test_staff_follow_and_refresh_from_the_pages_of_the_site(
    staff: Client, x: FakeX
) -> None:
    x.add_user("ada", posts=5)
    page = staff.post(reverse("tweets:add-users"), {"handles": "@ada"}, follow=True)
    assert "being looked up" in page.content.decode()
    work()
    assert Tweet.objects.count() == 5
    x.add_user("bob")
    page = staff.post(reverse("tweets:refresh-user", args=["ada"]), follow=True)
    assert "@ada is being refreshed" in page.content.decode()
    for typed, words in (("a-b", "Not handles: a-b"), ("", "required")):
        page = staff.post(reverse("tweets:add-users"), {"handles": typed}, follow=True)
        assert words in page.content.decode()


def test_without_a_key_the_boxes_and_actions_say_so(
    staff: Client, settings: Settings
) -> None:
    settings.X_BEARER_TOKEN = ""
    ada = User.objects.create(handle="ada", source="x")
    pages = [
        staff.post(reverse("tweets:add-users"), {"handles": "ada"}, follow=True),
        staff.post(reverse("tweets:refresh-user", args=["ada"]), follow=True),
        act(staff, "refresh", ada),
    ]
    for page in pages:
        assert "X_BEARER_TOKEN" in page.content.decode()
    assert not own_tasks().exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"handle": "two words", "lines": "one two three"}, "handle"),
        ({"handle": "ann"}, "Choose a file, or paste some lines."),
    ],
)
def test_an_invalid_upload_is_refused_with_the_reason(
    staff: Client, wrong: dict[str, str], words: str
) -> None:
    page = staff.post(reverse("admin:tweets_upload_add"), wrong)
    assert words in page.content.decode()
    assert not Upload.objects.exists()


def test_an_upload_is_checked_then_imported(staff: Client) -> None:
    file = SimpleUploadedFile(
        "t.csv", b"user,text\nann,one two three\nann,one two three\n"
    )
    staff.post(reverse("admin:tweets_upload_add"), {"file": file})
    work()
    upload = Upload.objects.get()
    assert upload.state == Upload.State.CHECKED
    assert (upload.report["stored"], upload.report["skipped"]) == (1, {"duplicate": 1})
    assert not Tweet.objects.exists()
    page = reverse("admin:tweets_upload_change", args=[upload.pk])
    assert "Import 1 tweets" in staff.get(page).content.decode()
    for _ in range(2):
        staff.post(reverse("admin:tweets_upload_import", args=[upload.pk]))
    work()
    upload.refresh_from_db()
    assert upload.state == Upload.State.IMPORTED
    assert not upload.content
    assert Tweet.objects.count() == 1


def test_pasted_lines_need_an_author(staff: Client) -> None:
    page = reverse("admin:tweets_upload_add")
    answer = staff.post(page, {"lines": "one two three"})
    assert "Give the author of these lines" in answer.content.decode()
    staff.post(page, {"lines": "one two three\nfour five six", "handle": "@ann"})
    work()
    assert Upload.objects.get().report["stored"] == 2


def test_a_file_without_tweets_is_refused_with_the_reason(staff: Client) -> None:
    file = SimpleUploadedFile("t.csv", b"\x00\x01\x02 nothing of use")
    staff.post(reverse("admin:tweets_upload_add"), {"file": file})
    work()
    upload = Upload.objects.get()
    assert upload.state == Upload.State.REFUSED
    assert upload.report["refused"]


def test_importing_requires_a_post_request(staff: Client) -> None:
    upload = Upload.objects.create(name="t", state=Upload.State.CHECKED)
    page = reverse("admin:tweets_upload_import", args=[upload.pk])
    assert staff.get(page).status_code == 405


def test_erasing_asks_first_and_opts_out(staff: Client) -> None:
    user = make_user("ann", ["one two three"], x_id=5)
    assert "for good" in act(staff, "erase", user).content.decode()
    assert User.objects.exists()
    act(staff, "erase", user, confirmed="yes")
    assert not User.objects.exists()
    assert not Tweet.objects.exists()
    assert OptOut.objects.filter(handle="ann", x_id=5).exists()


@pytest.mark.parametrize("hours", [-1, 24], ids=["an hour ago", "clock set back"])
def test_the_task_of_a_dead_worker_is_run_by_another(
    staff: Client, x: FakeX, hours: int
) -> None:
    x.add_user("ada", posts=5)
    user = User.objects.create(handle="ada", source="x")
    act(staff, "refresh", user, confirmed="yes")
    abandoned = own_tasks().get()
    abandoned.claim("dead-worker")
    last_seen = timezone.now() + timedelta(hours=hours)
    Worker.objects.create(id="dead-worker", seen_at=last_seen)
    own_tasks().update(started_at=last_seen)
    heartbeat.beat("new-worker")
    work()
    abandoned.refresh_from_db()
    assert abandoned.status == "SUCCESSFUL"
    assert Tweet.objects.count() == 5


def test_the_task_of_a_living_worker_is_left_alone(staff: Client) -> None:
    upload = Upload.objects.create(name="t")
    from tweets.tasks import check_upload

    check_upload.enqueue(upload.pk)
    running = own_tasks().get()
    running.claim("busy-worker")
    own_tasks().update(started_at=timezone.now() - timedelta(hours=1))
    heartbeat.beat("busy-worker")
    assert heartbeat.reclaim() == 0


def test_a_task_that_kills_its_workers_is_given_up() -> None:
    from tweets.tasks import check_upload

    check_upload.enqueue(Upload.objects.create(name="t").pk)
    long_ago = timezone.now() - timedelta(hours=1)
    for number in range(heartbeat.MAX_ATTEMPTS):
        own_tasks().get().claim(f"worker{number}")
        own_tasks().update(started_at=long_ago)
        heartbeat.reclaim()
    assert own_tasks().get().status == "FAILED"
