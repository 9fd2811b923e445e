"""Users and tweets in the admin."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import Account
from tweets import tasks
from tweets.admin.tweets import SEARCHED
from tweets.models import DayOfReading, Fetch, Tweet, User
from tweets.store.ingest import ingest
from tweets.store.merging import CannotMergeError, merge_users
from tweets.tests.cast import make_user, record

pytestmark = pytest.mark.django_db
USERS = "admin:tweets_user_changelist"
WORDS = ["one two three", "four five six", "seven eight nine"]


def act(staff: Client, page: str, action: str, *chosen: object, **more: str) -> str:
    data = {"action": action, "_selected_action": [str(one.pk) for one in chosen]}
    return staff.post(reverse(page), data | more, follow=True).content.decode()


def test_an_excluded_tweet_is_shown_but_not_used_for_training(staff: Client) -> None:
    user = make_user("ann", WORDS)
    revision = user.revision
    tweet = user.tweets.first()
    act(staff, "admin:tweets_tweet_changelist", "exclude_tweets", tweet)
    user.refresh_from_db()
    assert (user.tweet_count, user.eligible_count) == (3, 2)
    assert user.revision > revision
    assert user.tweets.long_enough().count() == 2
    act(staff, "admin:tweets_tweet_changelist", "include_tweets", tweet)
    user.refresh_from_db()
    assert user.eligible_count == 3


def test_excluding_twice_changes_nothing(staff: Client) -> None:
    user = make_user("ann", WORDS)
    tweet = user.tweets.first()
    for _ in range(2):
        act(staff, "admin:tweets_tweet_changelist", "exclude_tweets", tweet)
    assert User.objects.get().revision == user.revision + 1


def test_all_tweets_of_a_filter_are_excluded_at_once(staff: Client) -> None:
    make_user("ann", [*WORDS, "buy now, only today"])
    page = reverse("admin:tweets_tweet_changelist") + "?q=buy"
    first = Tweet.objects.get(text__startswith="buy")
    data = {"action": "exclude_tweets", "_selected_action": [first.pk]}
    staff.post(page, data | {"select_across": "1"})
    assert list(Tweet.objects.filter(is_excluded=True)) == [first]


def test_the_list_shows_each_user_in_few_queries(
    staff: Client, django_assert_max_num_queries: object
) -> None:
    for number in range(12):
        make_user(f"user{number}", WORDS, source="x")
    with django_assert_max_num_queries(16):
        page = staff.get(reverse(USERS) + "?freshness=stale").content.decode()
    assert "user11" in page
    assert "https://x.com/user11" in page


def test_the_page_of_a_user_shows_the_newest_tweets(staff: Client) -> None:
    user = make_user("ann", [f"tweet number {word} here" for word in "abcdefghijklm"])
    page = staff.get(reverse("admin:tweets_user_change", args=[user.pk])).content
    assert b"tweet number m here" in page
    assert b"tweet number a here" not in page


def test_two_users_are_merged(staff: Client) -> None:
    kept = make_user("ann", WORDS)
    gone = make_user("old_ann", [WORDS[0], "ten eleven twelve"], x_id=7)
    Tweet.objects.filter(user=gone).update(x_id=None)
    Fetch.objects.create(user=gone)
    assert "Which one stays?" in act(staff, USERS, "merge", kept, gone)
    assert User.objects.count() == 2
    act(staff, USERS, "merge", kept, gone, kept=str(kept.pk))
    user = User.objects.get()
    assert (user.handle, user.x_id, user.tweet_count) == ("ann", 7, 4)
    assert user.fetches.count() == 1
    assert user.revision > kept.revision
    assert "old_ann" in LogEntry.objects.get().change_message


def test_a_merge_counts_the_stored_revision_up() -> None:
    kept, gone = make_user("ann", WORDS), make_user("old_ann", ["ten eleven twelve"])
    Tweet.objects.filter(user=gone).update(x_id=None)
    User.objects.mark_changed([kept.pk])
    assert merge_users(kept, [gone]) == 1
    assert User.objects.get().revision == kept.revision + 2


def test_users_with_different_x_ids_cannot_be_merged() -> None:
    ann, bob = make_user("ann", x_id=1), make_user("bob", x_id=2)
    with pytest.raises(CannotMergeError):
        merge_users(ann, [bob])
    assert User.objects.count() == 2


@pytest.mark.parametrize(
    ("handles", "words"),
    [
        (["ann"], "Select two or more users"),
        (["ann", "bob"], "@ann and @bob are two users on X."),
    ],
)
def test_a_refused_merge_says_why(
    staff: Client, handles: list[str], words: str
) -> None:
    users = [make_user(handle, x_id=number) for number, handle in enumerate(handles, 1)]
    page = act(staff, USERS, "merge", *users, kept=str(users[0].pk))
    assert words in page
    assert User.objects.count() == len(handles)


def test_users_are_unlisted_and_listed_again(staff: Client, client: Client) -> None:
    ann, bob = make_user("ann", WORDS), make_user("bob", WORDS)
    assert "1 user unlisted." in act(staff, USERS, "unlist_users", ann)
    assert list(User.objects.listed()) == [bob]
    assert "2 users listed." in act(staff, USERS, "list_users", ann, bob)
    assert User.objects.listed().count() == 2
    assert LogEntry.objects.count() == 3


def test_tweets_are_reset_after_a_confirmation(staff: Client) -> None:
    ann, bob = make_user("ann", WORDS), make_user("bob", WORDS)
    assert "3 tweets" in act(staff, USERS, "reset_tweets", ann)
    assert Tweet.objects.count() == 6
    done = act(staff, USERS, "reset_tweets", ann, confirmed="yes")
    assert "3 tweets of 1 users were deleted." in done
    assert [tweet.user for tweet in Tweet.objects.all()] == [bob] * 3


def test_users_are_deleted_with_their_tweets(staff: Client) -> None:
    ann, bob = make_user("ann", WORDS), make_user("bob", WORDS)
    staff.post(reverse("admin:tweets_user_delete", args=[ann.pk]), {"post": "yes"})
    act(staff, USERS, "delete_selected", bob, post="yes")
    assert not User.objects.exists()
    assert not Tweet.objects.exists()


@pytest.mark.parametrize(("enough", "shown"), [("yes", "ann"), ("no", "bob")])
def test_users_can_be_filtered_by_enough_tweets(
    staff: Client, enough: str, shown: str
) -> None:
    make_user("ann", [f"tweet number {word} here" for word in "abcdefghij"])
    make_user("bob")
    page = staff.get(reverse(USERS) + f"?enough={enough}")
    assert [user.handle for user in page.context["cl"].result_list] == [shown]


def test_the_page_of_a_user_without_tweets_says_so(staff: Client) -> None:
    page = staff.get(reverse("admin:tweets_user_change", args=[make_user("ann").pk]))
    assert b"none yet" in page.content


@pytest.mark.parametrize("page", ["from_x", "reset_all", "load_demo"])
def test_staff_without_permission_are_refused(client: Client, page: str) -> None:
    nearly = Account.objects.create_user("nearly", password="x")
    nearly.is_staff = True
    nearly.save()
    client.force_login(nearly)
    assert client.post(reverse(f"admin:tweets_user_{page}")).status_code == 403


def test_everything_is_reset_after_the_word_was_typed(staff: Client) -> None:
    make_user("ann", WORDS, newest_x_id=3)
    make_user("bob", WORDS)
    page = reverse("admin:tweets_user_reset_all")
    assert "all 6 tweets</strong> of all 2 users" in staff.get(page).content.decode()
    assert staff.post(page, {"word": "yes"}).status_code == 422
    assert Tweet.objects.count() == 6
    staff.post(page, {"word": "Reset"})
    assert not Tweet.objects.exists()
    assert set(User.objects.values_list("tweet_count", "newest_x_id")) == {(0, None)}
    assert LogEntry.objects.count() == 2
    for address in ("/", "/users/", "/compare/", "/guess/", "/admin/"):
        assert staff.get(address).status_code == 200


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("lamp", {1, 11}),
        ("@ann lamp", {1}),
        ("@ann", {1, 2}),
        ("12", {12}),
        ("@nobody lamp", set()),
    ],
)
def test_tweets_are_found_by_words_and_by_user(
    staff: Client, term: str, found: set[int]
) -> None:
    for handle, first in (("ann", 1), ("bob", 11)):
        make_user(handle)
        texts = ["one lamp is lit", "nothing is to be seen"]
        ingest(
            [record(t, handle=handle, x_id=n) for n, t in enumerate(texts, first)],
            User.Source.FILE,
        )
    page = reverse("admin:tweets_tweet_changelist")
    shown = staff.get(page, {"q": term}).context["cl"].result_list
    assert {tweet.x_id for tweet in shown} == found


def test_without_a_name_only_the_newest_tweets_are_searched(staff: Client) -> None:
    user = make_user("ann", ["the oldest lamp", "a lamp", "the newest lamp"])
    newer = Tweet.objects.exclude(text="the oldest lamp")
    newer.update(id=F("id") + SEARCHED)
    page = reverse("admin:tweets_tweet_changelist")
    assert staff.get(page, {"q": "lamp"}).context["cl"].result_count == 2
    assert staff.get(page, {"q": "lamp @ann"}).context["cl"].result_count == 3
    of_user = {"q": "lamp", "user__id__exact": user.pk}
    assert staff.get(page, of_user).context["cl"].result_count == 3


@pytest.mark.parametrize("chosen", ["excluded", "undated"])
def test_excluded_and_undated_tweets_can_be_filtered(
    staff: Client, chosen: str
) -> None:
    make_user("ann", WORDS)
    Tweet.objects.filter(x_id=2).update(is_excluded=True)
    Tweet.objects.exclude(x_id=2).update(posted_at=timezone.now())
    page = reverse("admin:tweets_tweet_changelist")
    assert staff.get(page).context["cl"].result_count == 3
    shown = staff.get(page, {chosen: "yes"}).context["cl"].result_list
    assert [tweet.x_id for tweet in shown] == [2]


def test_everything_needs_the_token_of_the_form() -> None:
    boss = Account.objects.create_superuser("boss", password="x")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(boss)
    make_user("ann", WORDS)
    page = reverse("admin:tweets_user_reset_all")
    assert strict.post(page, {"word": "reset"}).status_code == 403
    assert Tweet.objects.count() == 3


def test_the_demo_is_loaded_with_one_click(staff: Client) -> None:
    page = reverse("admin:tweets_user_load_demo")
    assert staff.get(page).status_code == 405
    answer = staff.post(page, follow=True)
    assert "8 demo users are here" in answer.content.decode()
    assert User.objects.filter(source="demo").count() == 8


def test_a_failed_task_is_tried_again(staff: Client) -> None:
    for _ in range(2):
        tasks.refresh_users.enqueue([1])
    first, second = DBTaskResult.objects.filter(task_path__startswith="tweets.")
    DBTaskResult.objects.filter(pk=first.pk).update(
        status="FAILED", traceback="Traceback\nXError: X is down", worker_ids=["a"]
    )
    page = "admin:django_tasks_database_dbtaskresult_changelist"
    assert "XError: X is down" in staff.get(reverse(page)).content.decode()
    act(staff, page, "retry", first, second)
    first.refresh_from_db()
    assert (first.status, first.worker_ids, first.traceback) == ("READY", [], "")


def test_the_first_page_lists_what_needs_attention(staff: Client) -> None:
    assert "No users yet" in staff.get("/admin/").content.decode()
    user = make_user("ann", WORDS, source="x")
    Fetch.objects.create(user=user, outcome="failed")
    DayOfReading.objects.create(day=timezone.now().date(), posts=200)
    page = staff.get("/admin/").content.decode()
    for words in (
        "Listed users with too few tweets",
        "1 of 1 failed in a day",
        "Users not refreshed for a week",
        "Start one: python manage.py db_worker",
        "200, about $1.00",
    ):
        assert words in page
