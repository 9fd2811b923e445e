"""The page of a user."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from tweets.models import User
from tweets.store.ingest import ingest
from tweets.tests.cast import KEEPER, make_user, record, texts_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper() -> User:
    make_user("another", ["An entirely other tweet here"] * 1)
    return make_user(KEEPER, texts_of(KEEPER, 60), name="Osric Tallow")


def test_the_timeline_is_sorted_newest_first(client: Client, keeper: User) -> None:
    page = client.get(keeper.get_absolute_url())
    assert page.context["page"][0].text == texts_of(KEEPER, 60)[-1]
    assert page.context["page"].paginator.num_pages == 3


def test_a_handle_in_another_case_leads_here(client: Client, keeper: User) -> None:
    answer = client.get(f"/users/{KEEPER.upper()}/")
    assert answer.headers["Location"] == keeper.get_absolute_url()


@pytest.mark.parametrize("handle", ["nobody", "hidden", "a%00b", "..."])
def test_unknown_and_unlisted_users_are_not_found(client: Client, handle: str) -> None:
    make_user("hidden", ["One two three four"], is_listed=False)
    assert client.get(f"/users/{handle}/").status_code == 404


def test_search_finds_tweets_of_this_user_only(client: Client, keeper: User) -> None:
    page = client.get(keeper.get_absolute_url(), {"q": "lamp"})
    found = [tweet.text.lower() for tweet in page.context["page"]]
    assert found
    assert all("lamp" in text for text in found)


def test_a_search_without_results_says_so(client: Client, keeper: User) -> None:
    page = client.get(keeper.get_absolute_url(), {"q": "zzzz<"}).content.decode()
    assert "contains “zzzz&lt;”" in page


def test_originals_are_linked_where_there_are_any(client: Client) -> None:
    real = make_user("real_one", ["One two three four"])
    page = client.get(real.get_absolute_url()).content.decode()
    assert 'href="https://x.com/real_one/status/1"' in page
    User.objects.filter(pk=real.pk).update(source=User.Source.DEMO)
    page = client.get(real.get_absolute_url()).content.decode()
    assert "x.com" not in page
    assert "fictional" in page


def test_the_chart_counts_every_month(client: Client) -> None:
    user = make_user("ann")
    ingest(
        [
            record(
                f"a tweet numbered {n}", posted_at=datetime(2025, m, 3, 9, tzinfo=UTC)
            )
            for n, m in enumerate([1, 1, 4])
        ],
        User.Source.FILE,
    )
    page = client.get(user.get_absolute_url())
    months = page.context["posting_times"].months
    assert [month.tweets for month in months] == [2, 0, 0, 1]
    assert "most in January 2025: 2" in page.content.decode()


def test_a_date_without_a_time_is_shown_without_one(client: Client) -> None:
    user = make_user("ann")
    ingest(
        [record("only a date here", posted_at=datetime(2025, 3, 1, tzinfo=UTC))],
        User.Source.FILE,
    )
    page = client.get(user.get_absolute_url()).content.decode()
    assert ">1 March 2025</time>" in page


def test_style_is_described_in_plain_words(client: Client, keeper: User) -> None:
    make_user("shouter", [f"goal number {n} for us #up" for n in "abcdefghijkl"])
    page = client.get("/users/shouter/").content.decode()
    assert "Ends with a hashtag in <strong>100%</strong> of tweets" in page
    assert "<li>goal</li>" in page


def test_a_user_without_tweets_has_a_page(client: Client) -> None:
    page = client.get(make_user("empty").get_absolute_url()).content.decode()
    assert "No tweets are stored" in page
    assert "Too few tweets to predict with" in page


def test_strange_texts_are_shown(client: Client) -> None:
    texts = [
        "<script>alert(1)</script> here it is",
        "\u202eright to left text",
        "日本語 の 本文 です",
    ]
    page = client.get(make_user("ann", texts).get_absolute_url()).content.decode()
    assert "&lt;script&gt;" in page
    assert "日本語" in page


def test_staff_can_refresh_a_real_user(client: Client, admin_client: Client) -> None:
    user = make_user("ann", ["One two three four"], source="x")
    assert "Refresh from X" not in client.get(user.get_absolute_url()).content.decode()
    page = admin_client.get(user.get_absolute_url()).content.decode()
    assert "Refresh from X" in page
    imported = make_user("bob", ["One two three four"])
    page = admin_client.get(imported.get_absolute_url()).content.decode()
    assert "Refresh from X" not in page


def test_someone_who_repeats_one_text_is_said_not_to_be_in_everyone(
    client: Client, keeper: User
) -> None:
    shouts = ["OPEN", "SHUT", "GONE", "BACK", "LOST", "SOLD", "MINE", "DONE"]
    same = [f"THE FOUNTAIN IN THE MARKET IS {a} AND {b}" for a in shouts for b in "XY"]
    bot = make_user("fountain", same)
    assert (bot.is_predictable, bot.is_varied, bot.different_count) == (True, False, 1)
    page = client.get(bot.get_absolute_url()).content.decode()
    assert "not part of “Everyone”" in page
    assert "Predict with" in page
    assert "not part of" not in client.get(keeper.get_absolute_url()).content.decode()
    stored = client.get("/api/v1/users/fountain").json()
    assert (stored["predictable"], stored["in_everyone"]) == (True, False)
    assert client.get(f"/api/v1/users/{KEEPER}").json()["in_everyone"]
