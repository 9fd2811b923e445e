"""A text that somebody really wrote is recognised, not predicted."""

from datetime import UTC, datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from prediction.serving import predictor
from prediction.serving.question import EVERYBODY, LISTED, Pool
from prediction.serving.result import Result
from prediction.serving.verbatim import recognised, writings
from tweets.models import Tweet, User
from tweets.sources.records import TweetRecord
from tweets.store.erasure import erase_and_opt_out
from tweets.store.identity import gist
from tweets.store.ingest import ingest
from tweets.tests.cast import KEEPER, make_cast, make_user

pytestmark = pytest.mark.django_db
WORDS = "The moon owes me an apology"


@pytest.fixture
def cast() -> list[User]:
    return make_cast(40)


def write(
    handle: str, text: str = WORDS, day: int | None = 3, x_id: int | None = None
) -> None:
    posted_at = datetime(2019, 5, day, tzinfo=UTC) if day else None
    record = TweetRecord(text=text, handle=handle, x_id=x_id, posted_at=posted_at)
    ingest([record], User.Source.FILE)


def ask(group: list[User], text: str = WORDS, among: Pool = LISTED) -> Result:
    return recognised([predictor.predict(group, text)], among)[0]


def test_whoever_wrote_it_wins_in_the_group_and_the_figures_stay_the_models(
    cast: list[User],
) -> None:
    text = "Log. Wind SW 6, lamp lit, and the gull is back once more."
    before = ask(cast, text)
    assert before.verbatim is None
    assert before.favourite.user.handle == KEEPER
    author = before.candidates[-1].user
    write(author.handle, text, x_id=987)
    Tweet.objects.filter(x_id=987).update(is_excluded=True)  # The model never saw it.
    after = ask(cast, text)
    assert after.favourite.user.handle == KEEPER
    assert after.best.user == author
    assert after.ranking[0].user == author
    assert after.favourite.probability == max(c.probability for c in after.candidates)
    assert after.best.probability < 1
    answer = after.as_json()
    assert answer["predicted"] == answer["candidates"][0]["handle"] == author.handle
    assert answer["verbatim"] == {
        "handle": author.handle,
        "posted_at": "2019-05-03T00:00:00Z",
        "url": f"https://x.com/{author.handle}/status/987",
    }


def test_it_is_recognised_whatever_the_group(cast: list[User]) -> None:
    make_user("ann", [WORDS])
    found = ask(cast)
    assert found.verbatim
    assert found.verbatim.author.handle == "ann"
    assert found.author is None
    assert found.best == found.favourite
    assert found.as_json()["verbatim"]["url"] == "https://x.com/ann/status/1"


def test_links_mentions_numbers_and_case_make_no_difference(cast: list[User]) -> None:
    write(KEEPER, "@bob The  MOON owes me 3 apologies https://t.co/x")
    found = ask(cast, "@cem the moon owes me 12 apologies")
    assert found.verbatim
    assert found.verbatim.author.handle == KEEPER


def test_a_text_of_very_few_words_is_no_evidence(cast: list[User]) -> None:
    write(KEEPER, "Good morning https://t.co/x @ann")
    assert ask(cast, "Good morning").verbatim is None


def test_different_texts_with_the_same_hash_are_different(cast: list[User]) -> None:
    write(KEEPER)
    Tweet.objects.filter(text=WORDS).update(gist=gist("Quite another text"))
    assert ask(cast, "Quite another text").verbatim is None


def test_of_several_the_first_by_date_is_named_and_the_others_counted(
    cast: list[User],
) -> None:
    write("ann", day=None)
    write("bob", day=9)
    write("cem", day=5)
    write("cem", f"{WORDS} ", day=20)
    found = ask(cast).verbatim
    assert found
    assert (found.author.handle, found.others) == ("cem", 2)
    assert found.tweet.posted_at == datetime(2019, 5, 5, tzinfo=UTC)


def test_a_member_of_the_group_is_named_before_an_earlier_outsider(
    cast: list[User],
) -> None:
    write("ann", day=1)
    write(KEEPER, day=9)
    found = ask(cast)
    assert found.verbatim
    assert (found.verbatim.author.handle, found.verbatim.others) == (KEEPER, 1)
    assert found.best.user.handle == KEEPER


def test_public_answers_name_only_listed_people(cast: list[User]) -> None:
    make_user("hidden", [WORDS], is_listed=False)
    assert ask(cast).verbatim is None
    found = ask(cast, among=EVERYBODY).verbatim
    assert found
    assert found.author.handle == "hidden"


def test_nobody_of_the_reference_population_is_named(cast: list[User]) -> None:
    make_user("ann", [WORDS], is_listed=False, source=User.Source.REFERENCE)
    assert ask(cast, among=EVERYBODY).verbatim is None


def test_who_opted_out_is_never_named(cast: list[User]) -> None:
    user = make_user("ann", [WORDS])
    assert ask(cast).verbatim
    erase_and_opt_out(user)
    assert ask(cast, among=EVERYBODY).verbatim is None


def test_it_is_known_at_once_and_forgotten_at_once(cast: list[User]) -> None:
    assert ask(cast).verbatim is None
    user = make_user("ann", [WORDS])
    assert ask(cast).verbatim
    user.tweets.all().delete()
    assert ask(cast).verbatim is None


def test_a_tweet_without_date_and_original_leads_to_its_author(
    cast: list[User],
) -> None:
    write(KEEPER, day=None)
    url = f"/users/{KEEPER}/"
    expected = {"handle": KEEPER, "posted_at": None, "url": url}
    assert ask(cast).as_json()["verbatim"] == expected


def test_many_texts_cost_one_query_by_index(
    cast: list[User], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    texts = [f"{WORDS} {word}" for word in ("a", "b", "c")] + [WORDS]
    write(KEEPER)
    with django_assert_num_queries(1):
        found = writings(texts, LISTED)
        assert found[WORDS][0].user.handle == KEEPER
    members = LISTED.members().order_by().values("pk")
    plan = Tweet.objects.filter(gist__in=[1], user__in=members).explain()
    assert "tweet_gist" in plan or "Seq Scan" in plan  # PostgreSQL scans small tables
