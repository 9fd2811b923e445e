"""Would this person have written it? And their tweets that are most like them."""

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from prediction.models import Prediction, Signature
from prediction.serving.verification.like_themselves import like_themselves
from prediction.tests.pages.conftest import LAMP
from prediction.training import signatures
from prediction.training.eligible import eligible_texts
from tweets.models import Tweet, User
from tweets.store.ingest import ingest
from tweets.tests.cast import CRITIC, KEEPER, make_user, record

pytestmark = pytest.mark.django_db
PAGE = f"/users/{KEEPER}/would/"
SHOUT = "WHAT A GOAL!!! UP THE PLUMS, NEVER IN DOUBT LADS"


def test_the_answer_says_how_strong_the_evidence_is_and_marks_it(
    client: Client, cast: list[User]
) -> None:
    page = client.post(PAGE, {"text": LAMP})
    said = page.content.decode()
    assert page.status_code == 200
    assert "evidence in favour: it sounds like" in said
    assert f"from @{KEEPER} as from somebody else" in said
    assert f"[speaks for @{KEEPER}: " in said
    assert f"{LAMP}</textarea>" in said


def test_a_text_that_is_not_theirs_gets_evidence_against(
    client: Client, cast: list[User]
) -> None:
    said = client.post(PAGE, {"text": SHOUT}).content.decode()
    assert f"evidence against: it does not sound like @{KEEPER}" in said
    assert f"[speaks against @{KEEPER}: " in said


def test_the_form_posts_and_an_address_with_a_text_works_too(
    client: Client, cast: list[User]
) -> None:
    form = client.get(PAGE).content.decode()
    assert f'method="post" action="{PAGE}"' in form
    posted = client.post(PAGE, {"text": LAMP}).context["found"]
    assert client.get(PAGE, {"text": LAMP}).context["found"] == posted
    assert not Prediction.objects.exists()


@pytest.mark.parametrize("text", ["", " \n", "a" * 5_001])
def test_bad_input_is_explained_at_the_field(
    client: Client, cast: list[User], text: str
) -> None:
    for page in (client.post(PAGE, {"text": text}), client.get(PAGE, {"text": text})):
        assert page.status_code == 422
        assert 'id="text-errors"' in page.content.decode()
        assert f"{text}</textarea>" in page.content.decode()


def test_only_listed_people_have_the_page(client: Client, cast: list[User]) -> None:
    make_user("hidden", ["One two three"], is_listed=False)
    assert client.get("/users/hidden/would/").status_code == 404
    assert client.post("/users/nobody/would/", {"text": LAMP}).status_code == 404


def test_a_person_with_few_tweets_is_told_how_many_it_takes(
    client: Client, cast: list[User]
) -> None:
    make_user("few", ["One two three"])
    page = client.get("/users/few/would/").content.decode()
    assert "1 can train the model, and it takes 10" in page
    assert "<textarea" not in page


def test_one_person_alone_cannot_be_compared(client: Client, cast: list[User]) -> None:
    for user in cast[1:]:
        user.delete()
    page = client.post(PAGE, {"text": LAMP})
    assert page.status_code == 422
    assert "Fewer than two users" in page.content.decode()


def test_what_they_really_wrote_is_recognised(client: Client, cast: list[User]) -> None:
    text = "The moon owes me an apology"
    ingest([record(text, handle=CRITIC, x_id=987)], User.Source.FILE)
    said = client.post(PAGE, {"text": text}).content.decode()
    assert f"<strong>@{CRITIC}</strong> really wrote this" in said
    assert "recognised from the stored tweets" in said
    own = client.post(f"/users/{CRITIC}/would/", {"text": text}).content.decode()
    assert "may have learnt from this very tweet" in own


def test_another_language_never_counts_in_their_favour(
    client: Client, cast: list[User]
) -> None:
    text = "Heute gibt es bei uns Suppe, und wer mag, kommt einfach vorbei."
    said = client.post(PAGE, {"text": text}).content.decode()
    assert "is not known to write in this language" in said
    assert "evidence in favour" not in said


@pytest.mark.parametrize("method", ["get", "post"])
def test_asking_too_often_says_when_to_try_again(
    client: Client, cast: list[User], settings: Settings, method: str
) -> None:
    cache.clear()
    settings.RATE_LIMIT_ANON = (1, 60)
    ask = getattr(client, method)
    answers = [ask(PAGE, {"text": LAMP}).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]
    assert client.get(PAGE).status_code == 200


def test_asking_again_costs_two_queries_more_than_the_page(
    client: Client,
    cast: list[User],
    settings: Settings,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    settings.RATE_LIMIT_ANON = None
    client.post(PAGE, {"text": LAMP})
    with django_assert_num_queries(1):
        client.get(PAGE)
    with django_assert_num_queries(3):
        client.post(PAGE, {"text": f"{LAMP} Again."})


def test_the_ends_are_held_out_tweets_ranked_by_the_model_that_never_saw_them(
    cast: list[User],
) -> None:
    assert like_themselves(cast[0]) is None
    signatures.build(cast)
    found = like_themselves(cast[0])
    assert found
    held_out = Signature.objects.get(user=cast[0]).held_out_count
    unseen = eligible_texts(cast[0].pk)[-held_out:]
    shown = [tweet.text for tweet in (*found.most, *found.least)]
    assert set(shown) <= set(unseen)
    assert len(set(shown)) == len(shown) == 6
    scores = held_out_scores(cast[0], unseen)
    ordered = sorted(unseen, key=lambda text: -scores[text])
    assert [tweet.text for tweet in found.most] == ordered[:3]
    assert [tweet.text for tweet in found.least] == ordered[::-1][:3]


def held_out_scores(user: User, texts: list[str]) -> dict[str, float]:
    """What the model without the newest tweets says, computed from their texts."""
    from prediction.engine.features import ngrams
    from prediction.engine.models.signature import Holdout
    from prediction.serving.loader import weighting

    row = Signature.objects.get(user=user)
    model = Holdout.from_bytes(bytes(row.held_out)).model
    features = weighting(row.background_id).transform(ngrams.transform(texts))
    scores = model.decision_function(features).tolist()
    return dict(zip(texts, scores, strict=True))


def test_a_persons_page_shows_the_ends_and_asks(
    client: Client, cast: list[User]
) -> None:
    signatures.build(cast)
    page = client.get(f"/users/{KEEPER}/").content.decode()
    assert "Most like themselves" in page
    assert "Least like themselves" in page
    assert f'action="{PAGE}"' in page


def test_a_deleted_tweet_is_not_shown_again(cast: list[User]) -> None:
    signatures.build(cast)
    found = like_themselves(cast[0])
    assert found
    Tweet.objects.filter(pk=found.most[0].pk).delete()
    User.objects.mark_changed([cast[0].pk])
    assert like_themselves(cast[0]) is None
