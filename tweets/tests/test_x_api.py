"""The X client against a server that acts as X."""

import base64
import re
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tweets.tests.fake_x import FakeUser, FakeX, RateLimit
from tweets.x.api.client import XClient
from tweets.x.api.errors import XError, XErrorKind
from tweets.x.api.responses import XStatus, read_page

CASSETTES = Path(__file__).parents[2] / "../shared/samples/tweepy_cassettes"


@pytest.fixture
def x() -> Iterator[FakeX]:
    with FakeX() as server:
        yield server


@pytest.fixture
def client(x: FakeX) -> Iterator[XClient]:
    client = XClient(x.token, x.base_url, timeout=5, retries=2)
    yield client
    client.close()


def whole_timeline(client: XClient, user: FakeUser, **options: object) -> list[int]:
    ids: list[int] = []
    token = None
    while True:
        page = client.timeline_page(user.x_id, pagination_token=token, **options)
        ids += [record.x_id for record in page.records if record.x_id]
        token = page.next_token
        if token is None:
            return ids


def error_of(call: Callable[[], object]) -> XError:
    with pytest.raises(XError) as caught:
        call()
    return caught.value


# Users


def test_users_are_found_in_any_case_and_spelled_as_on_x(
    x: FakeX, client: XClient
) -> None:
    ada = x.add_user("Ada", posts=7)
    (found,) = client.look_up_users(["aDA"]).found
    assert (found.x_id, found.handle, found.name) == (ada.x_id, "Ada", "Ada")
    assert (found.status, found.posts) == (XStatus.ACTIVE, 7)


def test_every_missing_user_comes_with_the_reason(x: FakeX, client: XClient) -> None:
    x.add_user("gone", state="gone")
    x.add_user("bad", state="suspended")
    x.add_user("shy", state="protected")
    seen = client.look_up_users(["gone", "Bad", "shy", "nobody", "no/such?handle"])
    assert [user.status for user in seen.found] == [XStatus.PROTECTED]
    assert seen.missing == {
        "gone": XStatus.NOT_FOUND,
        "Bad": XStatus.SUSPENDED,
        "nobody": XStatus.NOT_FOUND,
        "no/such?handle": XStatus.INVALID,
    }


def test_handles_that_x_cannot_have_cost_no_request(x: FakeX, client: XClient) -> None:
    assert client.look_up_users(["a b", "é"]).found == []
    assert x.requests == []


def test_a_user_is_found_by_id_after_a_change_of_handle(
    x: FakeX, client: XClient
) -> None:
    ada = x.add_user("ada")
    ada.handle = "countess"
    (found,) = client.look_up_users_by_id([ada.x_id, 5]).found
    assert found.handle == "countess"
    assert client.look_up_users_by_id([5]).missing == {"5": XStatus.NOT_FOUND}


@pytest.mark.parametrize("count", [0, 101])
def test_look_ups_take_one_to_a_hundred(client: XClient, count: int) -> None:
    with pytest.raises(ValueError, match="1 to 100"):
        client.look_up_users(["ada"] * count)


# Timelines


def test_all_pages_together_hold_every_post_once_and_newest_first(
    x: FakeX, client: XClient
) -> None:
    ada = x.add_user("ada", posts=250)
    assert whole_timeline(client, ada) == ada.ids()[::-1]


def test_since_and_until_bound_a_timeline_and_are_left_out_themselves(
    x: FakeX, client: XClient
) -> None:
    ada = x.add_user("ada", posts=20)
    ids = ada.ids()
    got = whole_timeline(client, ada, since_id=ids[4], until_id=ids[9])
    assert got == ids[5:9][::-1]


def test_a_page_has_its_bounds_and_its_cost(x: FakeX, client: XClient) -> None:
    ada = x.add_user("ada", posts=30)
    page = client.timeline_page(ada.x_id, max_results=10)
    assert (page.newest_id, page.oldest_id) == (ada.ids()[-1], ada.ids()[-10])
    assert page.posts_read == 10 == x.posts_read()


def test_a_post_comes_in_full_with_its_date_and_author(
    x: FakeX, client: XClient
) -> None:
    ada = x.add_user("ada")
    x.post(ada, "Short &amp; cut…", long_text="Long &lt;and&gt; whole &amp;amp; more")
    (record,) = client.timeline_page(ada.x_id).records
    assert record.text == "Long <and> whole &amp; more"
    assert record.author_x_id == ada.x_id
    assert record.posted_at == datetime(2020, 1, 1, tzinfo=UTC)


def test_replies_come_only_when_asked_for_and_retweets_never(
    x: FakeX, client: XClient
) -> None:
    ada = x.add_user("ada", posts=1)
    x.post(ada, "@bob yes", reply_to=5)
    x.post(ada, "RT @bob: no", retweet_of=6)
    assert len(client.timeline_page(ada.x_id).records) == 1
    both = client.timeline_page(ada.x_id, include_replies=True).records
    assert [record.is_reply for record in both] == [True, False]


def test_empty_pages_with_a_next_token_are_no_end(x: FakeX, client: XClient) -> None:
    ada = x.add_user("ada", posts=3)
    for _ in range(15):
        x.post(ada, "@bob", reply_to=5)
    page = client.timeline_page(ada.x_id, max_results=5)
    assert (page.records, page.status, page.newest_id) == ([], XStatus.ACTIVE, None)
    assert len(whole_timeline(client, ada, max_results=5)) == 3


def test_beyond_the_depth_of_the_api_nothing_comes(x: FakeX, client: XClient) -> None:
    ada = x.add_user("ada", posts=900)
    assert len(whole_timeline(client, ada)) == 800
    assert len(whole_timeline(client, ada, include_replies=True)) == 900


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("protected", XStatus.PROTECTED),
        ("suspended", XStatus.SUSPENDED),
        ("gone", XStatus.NOT_FOUND),
    ],
)
def test_a_closed_timeline_is_a_status_and_no_error(
    x: FakeX, client: XClient, state: str, status: XStatus
) -> None:
    ada = x.add_user("ada", posts=5, state=state)
    page = client.timeline_page(ada.x_id)
    assert (page.status, page.records, page.next_token) == (status, [], None)


def test_both_spellings_of_the_fields_are_read_alike(x: FakeX, client: XClient) -> None:
    ada = x.add_user("ada", posts=3)
    x.post(ada, "cut…", long_text="whole", reply_to=7)
    classic = client.timeline_page(ada.x_id, include_replies=True)
    users = client.look_up_users(["ada"])
    x.spelling = "post"
    assert client.timeline_page(ada.x_id, include_replies=True) == classic
    assert client.look_up_users(["ada"]) == users


@pytest.mark.parametrize("field", ["created_at", "author_id"])
def test_a_missing_field_raises_an_error(x: FakeX, client: XClient, field: str) -> None:
    ada = x.add_user("ada", posts=3)
    x.withheld = {field}
    error = error_of(lambda: client.timeline_page(ada.x_id))
    assert error.kind == XErrorKind.MISSING_FIELD
    assert field in error.message


@pytest.mark.parametrize("size", [4, 101])
def test_page_sizes_that_x_refuses_are_never_sent(client: XClient, size: int) -> None:
    with pytest.raises(ValueError, match="5 to 100"):
        client.timeline_page(1000, max_results=size)


# Posts and usage


def test_look_up_finds_existing_deleted_hidden_and_edited_posts(
    x: FakeX, client: XClient
) -> None:
    ada = x.add_user("ada", posts=3)
    shy = x.add_user("shy", posts=1, state="protected")
    kept, deleted, edited = ada.posts
    x.delete(deleted)
    edited.versions = [edited.x_id, edited.x_id + 1]
    asked = [kept.x_id, deleted.x_id, edited.x_id, shy.posts[0].x_id]
    seen = client.look_up_tweets(asked)
    assert seen.existing == {kept.x_id}
    assert seen.gone == {
        deleted.x_id: XStatus.NOT_FOUND,
        edited.x_id: XStatus.EDITED,
        shy.posts[0].x_id: XStatus.PROTECTED,
    }


def test_a_post_missing_from_the_answer_is_not_gone(x: FakeX, client: XClient) -> None:
    x.fail(200, body={"data": []})
    seen = client.look_up_tweets([1, 2])
    assert (seen.existing, seen.gone) == (set(), {})


def test_usage_is_what_was_read_this_month(x: FakeX, client: XClient) -> None:
    client.timeline_page(x.add_user("ada", posts=12).x_id)
    usage = client.usage()
    assert (usage.project_usage, usage.project_cap) == (12, 2_000_000)
    assert usage.cap_reset_day == 8


# What goes wrong


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        ({"status": 400}, XErrorKind.BAD_REQUEST),
        ({"status": 401}, XErrorKind.UNAUTHORIZED),
        ({"status": 402, "body": {"title": "CreditsDepleted"}}, XErrorKind.CREDITS),
        ({"status": 403}, XErrorKind.FORBIDDEN),
        ({"status": 404}, XErrorKind.BAD_REQUEST),
        ({"status": 429}, XErrorKind.RATE_LIMITED),
        ({"status": 429, "body": '"slow"'}, XErrorKind.RATE_LIMITED),
        ({"status": 500, "times": 9}, XErrorKind.UNAVAILABLE),
        ({"status": 503, "times": 9, "body": '"text"'}, XErrorKind.UNAVAILABLE),
        ({"status": 200, "body": "<html>sign in</html>"}, XErrorKind.BAD_ANSWER),
        ({"status": 200, "body": "[" * 100_000}, XErrorKind.BAD_ANSWER),
        ({"status": 200, "body": '"a string"'}, XErrorKind.BAD_ANSWER),
        ({"status": 200, "body": {}}, XErrorKind.BAD_ANSWER),
        ({"status": 200, "body": {"data": "x"}}, XErrorKind.BAD_ANSWER),
        ({"status": 200, "cut": True, "times": 9}, XErrorKind.UNAVAILABLE),
        ({"status": None, "drop": True, "times": 9}, XErrorKind.UNAVAILABLE),
        ({"status": 302, "headers": {"Location": "/login"}}, XErrorKind.BAD_ANSWER),
        ({"status": 418}, XErrorKind.BAD_ANSWER),
        (
            {"status": 200, "body": {"errors": [{"type": "x/operational-disconnect"}]}},
            XErrorKind.UNAVAILABLE,
        ),
    ],
)
def test_every_bad_answer_is_one_error_that_names_its_kind(
    x: FakeX, client: XClient, failure: dict, kind: XErrorKind
) -> None:
    x.add_user("ada", posts=1)
    x.fail(**failure)
    error = error_of(lambda: client.timeline_page(1000))
    assert error.kind == kind
    assert x.token not in error.message


def test_a_wrong_key_says_which_setting_to_check(x: FakeX) -> None:
    error = error_of(lambda: XClient("wrong", x.base_url).usage())
    assert error.kind == XErrorKind.UNAUTHORIZED
    assert "X_BEARER_TOKEN" in error.message


def test_an_app_without_a_plan_is_asked_to_check_the_plan(
    x: FakeX, client: XClient
) -> None:
    x.fail(403, body={"reason": "client-not-enrolled", "title": "Client Forbidden"})
    assert "plan" in error_of(client.usage).message


def test_the_monthly_cap_is_not_mistaken_for_the_short_window(
    x: FakeX, client: XClient
) -> None:
    ada = x.add_user("ada", posts=10)
    x.monthly_cap = 5
    client.timeline_page(ada.x_id)
    error = error_of(lambda: client.timeline_page(ada.x_id))
    assert error.kind == XErrorKind.MONTHLY_CAP
    assert client.usage().project_usage == 10


def test_used_up_credits_end_the_run(x: FakeX, client: XClient) -> None:
    ada = x.add_user("ada", posts=10)
    x.credits = 10
    client.timeline_page(ada.x_id)
    assert error_of(lambda: client.timeline_page(ada.x_id)).kind == "credits"


def test_a_rate_limit_says_when_it_ends(x: FakeX, client: XClient) -> None:
    ada = x.add_user("ada", posts=1)
    x.limits["timeline"] = RateLimit(limit=1, seconds=900)
    client.timeline_page(ada.x_id)
    error = error_of(lambda: client.timeline_page(ada.x_id))
    resets_at = int(x.limits["timeline"].resets_at) + 1
    assert error.reset_at == datetime.fromtimestamp(resets_at, UTC)
    assert len(x.requests) == 2


@pytest.mark.parametrize("header", [None, "", "soon", "9" * 30])
def test_a_rate_limit_without_a_readable_reset_is_still_that(
    x: FakeX, client: XClient, header: str | None
) -> None:
    x.fail(429, headers={} if header is None else {"x-rate-limit-reset": header})
    error = error_of(client.usage)
    assert (error.kind, error.reset_at) == (XErrorKind.RATE_LIMITED, None)


def test_short_failures_are_retried(x: FakeX, client: XClient) -> None:
    ada = x.add_user("ada", posts=3)
    x.fail(503)
    x.fail(None, drop=True)
    assert len(client.timeline_page(ada.x_id).records) == 3
    assert len(x.requests) == 3


def test_retries_are_bounded(x: FakeX, client: XClient) -> None:
    x.fail(503, times=99)
    error_of(client.usage)
    assert len(x.requests) == 3


def test_a_server_that_does_not_answer_times_out(x: FakeX) -> None:
    x.fail(None, delay=1)
    error = error_of(XClient(x.token, x.base_url, timeout=0.1, retries=0).usage)
    assert error.kind == XErrorKind.UNAVAILABLE
    assert "in time" in error.message


def test_an_unreachable_x_is_reported() -> None:
    with FakeX() as x:
        base_url = x.base_url
    error = error_of(XClient("t", base_url, timeout=1, retries=0).usage)
    assert error.kind == XErrorKind.UNAVAILABLE


# Real recorded answers


def recorded_body(name: str) -> str:
    cassette = CASSETTES / name
    if not cassette.exists():
        pytest.skip(f"the recorded answers are not here ({cassette.name})")
    found = re.search(r"!!binary \|\n((?:\s+[\w+/=]+\n)+)", cassette.read_text())
    assert found
    packed = base64.b64decode("".join(found[1].split()))
    return zlib.decompressobj(wbits=31).decompress(packed).decode()


def test_a_recorded_timeline_is_refused_for_the_fields_it_was_not_asked_for(
    x: FakeX, client: XClient
) -> None:
    x.fail(200, body=recorded_body("test_client_get_users_tweets.yaml"))
    error = error_of(lambda: client.timeline_page(783214))
    assert error.kind == XErrorKind.MISSING_FIELD


def test_recorded_users_are_refused_for_the_fields_they_were_not_asked_for(
    x: FakeX, client: XClient
) -> None:
    x.fail(200, body=recorded_body("test_client_get_users.yaml"))
    error = error_of(lambda: client.look_up_users(["Twitter", "TwitterDev"]))
    assert error.kind == XErrorKind.MISSING_FIELD


def test_recorded_posts_are_found_again(x: FakeX, client: XClient) -> None:
    x.fail(200, body=recorded_body("test_client_get_tweets.yaml"))
    asked = [1293593516040269825, 1293595870563381249]
    assert client.look_up_tweets(asked).existing == set(asked)


def test_an_empty_answer_beyond_the_depth_is_a_page_without_posts() -> None:
    page = read_page({"meta": {"result_count": 0}})
    assert (page.records, page.next_token, page.status) == ([], None, XStatus.ACTIVE)
