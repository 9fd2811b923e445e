"""The form on the home page: what it answers, and what bad input gets."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries, Settings

from prediction.models import Prediction
from prediction.serving.signals import predicted
from prediction.tests.pages.conftest import HANDLES, LAMP
from tweets.models import User
from tweets.sources.records import TweetRecord
from tweets.store.ingest import ingest
from tweets.tests.cast import CRITIC, FAN, KEEPER, make_user, texts_of

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def test_a_group_is_picked_before_the_first_visit(
    client: Client, cast: list[User]
) -> None:
    page = client.get("/").content.decode()
    assert page.count(" checked>") == 3
    assert "The answer follows your typing" in page


def test_a_link_fills_the_form_in(client: Client, cast: list[User]) -> None:
    page = client.get("/", {"users": HANDLES[:2], "text": "Lamp <lit>"})
    assert page.context["form"].handles == HANDLES[:2]
    assert "Lamp &lt;lit&gt;</textarea>" in page.content.decode()


def test_one_user_in_the_address_gets_company(client: Client, cast: list[User]) -> None:
    handles = client.get("/", {"users": KEEPER}).context["form"].handles
    assert handles[0] == KEEPER
    assert set(handles) == set(HANDLES)


def test_the_answer_names_author_probability_and_accuracy(
    client: Client, cast: list[User], question: dict[str, object]
) -> None:
    answer = client.post("/predict/", question)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f"<strong>@{KEEPER}</strong>" in page
    assert "these people’s newest tweets" in page.lower()
    assert "Closest real tweets" in page
    assert "[speaks for @" in page
    assert "Who was taken for whom" in page
    assert page.count("<rect id=") == 4  # Three people, and nobody.


def test_what_was_typed_is_kept_with_the_answer(
    client: Client, cast: list[User], question: dict[str, object]
) -> None:
    page = client.post("/predict/", question).content.decode()
    assert f"{LAMP}</textarea>" in page


def test_typing_gets_only_the_answer(
    client: Client, cast: list[User], question: dict[str, object]
) -> None:
    fragment = client.post("/predict/", question, headers=HTMX).content.decode()
    assert "<html" not in fragment
    assert f"@{KEEPER}" in fragment
    assert 'id="said" hx-swap-oob="true"' in fragment


def test_nothing_is_stored_unless_saved(
    client: Client, cast: list[User], question: dict[str, object]
) -> None:
    client.post("/predict/", question)
    assert not Prediction.objects.exists()


def test_the_word_all_means_everyone(client: Client, cast: list[User]) -> None:
    answer = client.post("/predict/", {"users": "all", "text": LAMP})
    assert {user.handle for user in answer.context["result"].members} == set(HANDLES)


def test_opening_the_address_of_an_answer_leads_to_the_form(client: Client) -> None:
    assert client.get("/predict/").headers["Location"] == "/"


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize(
    ("users", "text", "message"),
    [
        ([], LAMP, "Pick at least two users"),
        ([KEEPER], LAMP, "Pick at least two users"),
        ([KEEPER, KEEPER.upper()], LAMP, "Pick at least two different users"),
        (HANDLES, "", "Enter a tweet"),
        (HANDLES, " \n\t ", "Enter a tweet"),
        (HANDLES, "a" * 5_001, "At most 5,000 characters"),
        ([KEEPER, "nobody"], LAMP, "Not known here: @nobody"),
        ([KEEPER, "hidden"], LAMP, "Not known here: @hidden"),
        ([KEEPER, "<b>'"], LAMP, "Not known here: @&lt;b&gt;&#x27;"),
        ([KEEPER, "few"], LAMP, "Too few eligible tweets: @few has 1; 10 are needed"),
    ],
)
def test_bad_input_is_explained_at_the_field(
    client: Client,
    cast: list[User],
    headers: dict[str, str],
    users: list[str],
    text: str,
    message: str,
) -> None:
    make_user("few", ["One two three four"])
    make_user("hidden", ["One two three four"], is_listed=False)
    answer = client.post("/predict/", {"users": users, "text": text}, headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"<li>{message}" in page
    if not headers and text:
        assert f"{text}</textarea>" in page


def test_a_text_that_is_stored_is_recognised_with_date_and_link(
    client: Client, cast: list[User], question: dict[str, object]
) -> None:
    written = datetime(2019, 5, 3, tzinfo=UTC)
    text = "The moon owes me an apology"
    ingest([TweetRecord(text, CRITIC, x_id=987, posted_at=written)], User.Source.FILE)
    page = client.post("/predict/", question | {"text": text.upper()}, headers=HTMX)
    said = page.content.decode()
    verdict = f"<strong>@{CRITIC}</strong> really wrote this, on 3 May 2019"
    assert said.count(verdict) == 2  # The heading, and what is read aloud.
    assert f'href="https://x.com/{CRITIC}/status/987"' in said
    assert "numbers, capitals or spaces differ" in said
    assert "recognised from the stored tweets, not predicted" in said
    assert said.index("really wrote it</span>") < said.index("</li>")


def test_a_writer_outside_the_group_is_named_beside_the_models_choice(
    client: Client, cast: list[User], question: dict[str, object]
) -> None:
    make_user("ann", [LAMP])
    said = client.post("/predict/", question, headers=HTMX).content.decode()
    assert "<strong>@ann</strong> really wrote this" in said
    assert "is not one of the people you picked" in said
    assert f"the model would choose @{KEEPER}" in said


def test_a_text_with_little_to_go_by_gets_a_notice(
    client: Client, cast: list[User]
) -> None:
    text = "https://example.org/ @ann hm"
    page = client.post("/predict/", {"users": HANDLES, "text": text})
    assert "There is little to go by here" in page.content.decode()


@hypothesis_settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=st.text(st.characters(), min_size=1, max_size=200))
def test_no_text_breaks_the_page(client: Client, cast: list[User], text: str) -> None:
    answer = client.post(
        "/predict/", {"users": HANDLES, "text": text.encode("utf-8", "replace")}
    )
    assert answer.status_code in (200, 422)


def test_surprise_me_keeps_what_was_typed(client: Client, cast: list[User]) -> None:
    page = client.post("/surprise/", {"text": LAMP})
    assert set(page.context["form"].handles) == set(HANDLES)
    assert f"{LAMP}</textarea>" in page.content.decode()


def test_the_picker_gets_people_at_random(client: Client, cast: list[User]) -> None:
    items = client.get("/surprise.json").json()["items"]
    assert {item["handle"] for item in items} == set(HANDLES)


def test_tweets_that_are_unlike_are_not_called_close(
    client: Client, cast: list[User]
) -> None:
    text = "QUARTERLY REVENUE: http://example.com/a board@example.com $$$ #growth"
    asked = {"users": HANDLES, "text": text}
    page = client.post("/predict/", asked)
    assert page.context["closest"] == []
    assert "None comes close" in page.content.decode()


def test_the_closest_tweets_come_with_the_answer(
    client: Client, cast: list[User], question: dict[str, object]
) -> None:
    fragment = client.post("/predict/", question, headers=HTMX).content.decode()
    closest = fragment.partition('id="closest"')[2]
    assert "<blockquote" not in closest
    assert closest.count("<li>") >= 1


def test_an_answer_and_its_saving_are_one_prediction(
    client: Client, cast: list[User], question: dict[str, object]
) -> None:
    counted: list[int] = []

    def count(texts: int, **kwargs: object) -> None:
        counted.append(texts)

    predicted.connect(count)
    client.post("/predict/", question, headers=HTMX)
    client.post("/p/", question)
    assert counted == [1]


def test_new_tweets_change_an_answer_given_before(
    client: Client, cast: list[User], question: dict[str, object]
) -> None:
    def score() -> float:
        return client.post("/predict/", question).context["result"].best.score

    before = score()
    keeper = User.objects.by_handle(KEEPER).get()
    newer = [TweetRecord(f"{LAMP} And {n} more.", KEEPER) for n in range(40)]
    ingest(newer, keeper.Source.FILE)
    assert score() != before


def test_an_empty_site_says_what_to_do(client: Client, db: None) -> None:
    assert "Nobody is here yet" in client.get("/").content.decode()


def test_people_without_tweets_are_no_group_to_start_with(client: Client) -> None:
    make_user("ann")
    make_user("bob")
    page = client.get("/").content.decode()
    assert "Nobody has enough tweets yet" in page
    assert "It takes two people with at least 10 tweets each" in page
    assert "2 people are listed, and none of them has that many" in page
    assert "<textarea" not in page


def test_a_site_with_one_person_says_that_it_takes_two(client: Client) -> None:
    make_user("ann", texts_of(FAN, 20))
    page = client.get("/").content.decode()
    assert "Only one person has enough tweets so far" in page
    assert "1 person is listed, and one has that many" in page


@pytest.mark.parametrize("address", ["/", "/voice/", "/batch/", "/guess/", "/users/"])
def test_staff_can_fill_an_empty_site_from_any_page(
    client: Client, admin_client: Client, address: str
) -> None:
    visitors = client.get(address).content.decode()
    staffs = admin_client.get(address).content.decode()
    assert "Do you run this site?" in visitors
    assert "Load the demo" not in visitors
    assert "Load the demo" in staffs
    assert "Import a file" in staffs


def test_before_the_first_answer_the_page_says_that_it_takes_longer(
    client: Client, cast: list[User], question: dict[str, object]
) -> None:
    waiting = "This site has yet to learn"
    assert waiting in client.get("/").content.decode()
    client.post("/predict/", question)
    assert waiting not in client.get("/").content.decode()


def test_examples_keep_the_chosen_people(client: Client, cast: list[User]) -> None:
    page = client.get("/", {"users": HANDLES})
    links = re.findall(r'<li><a href="([^"]+text=[^"]+)"', page.content.decode())
    filled = client.get(unescape(links[0]))
    assert filled.context["form"].handles == HANDLES
    assert filled.context["form"]["text"].value() == page.context["examples"][0]


def test_examples_fit_the_group_and_are_no_tweets(
    client: Client, cast: list[User]
) -> None:
    examples = client.get("/", {"users": [KEEPER, CRITIC]}).context["examples"]
    assert len(examples) == 2
    for text in examples:
        answer = client.post("/predict/", {"users": HANDLES, "text": text})
        assert answer.context["result"].verbatim is None
        assert answer.context["result"].best.user.handle in (KEEPER, CRITIC)


def test_only_the_first_look_at_the_page_types_an_example(
    client: Client, cast: list[User]
) -> None:
    assert "data-example=" in client.get("/").content.decode()
    assert "data-example=" not in client.get("/?users=a").content.decode()


def test_a_name_cannot_smuggle_markup_in(client: Client, cast: list[User]) -> None:
    User.objects.filter(handle=FAN).update(name="<script>alert(1)</script>")
    page = client.post("/predict/", {"users": HANDLES, "text": LAMP})
    assert "<script>alert" not in page.content.decode()


def test_typing_costs_four_queries(
    client: Client,
    cast: list[User],
    question: dict[str, object],
    settings: Settings,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    settings.RATE_LIMIT_ANON = None
    client.post("/predict/", question, headers=HTMX)
    with django_assert_num_queries(4):
        client.post("/predict/", question | {"text": f"{LAMP} Again."}, headers=HTMX)


def test_the_classic_engine_says_what_it_needs(
    client: Client, cast: list[User], question: dict[str, object]
) -> None:
    answer = client.post("/predict/", question | {"engine": "vectors"})
    assert answer.status_code == 422
    assert "SPACY_PIPELINE" in answer.content.decode()
    assert 'id="engine-errors"' in answer.content.decode()


def test_an_unknown_engine_is_refused(
    client: Client, cast: list[User], question: dict[str, object]
) -> None:
    answer = client.post("/predict/", question | {"engine": "nonsense"})
    assert answer.status_code == 422


def test_asking_too_often_says_when_to_try_again(
    client: Client,
    cast: list[User],
    question: dict[str, object],
    settings: Settings,
) -> None:
    settings.RATE_LIMIT_ANON = (1, 60)
    answers = [client.post("/predict/", question) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_without_scripts_the_answer_says_why_and_what_would_change_it(
    client: Client, cast: list[User], question: dict[str, object]
) -> None:
    page = unescape(client.post("/predict/", question).content.decode())
    marks = re.findall(r'<a class="words" href="#(why-\d+)">', page)
    assert marks
    assert all(f'<li id="{mark}">' in page for mark in marks)
    assert "’s tweets, " in page
    assert "Real tweets with it" in page
    assert re.search(r"Without “[^”]+” it would be @\w+\.", page)
    assert "hx-post" not in page.split('id="why"')[1]


def test_while_typing_the_reasons_come_after_the_answer(
    client: Client, cast: list[User], question: dict[str, object]
) -> None:
    answer = client.post("/predict/", question, headers=HTMX).content.decode()
    assert 'hx-post="/predict/why/"' in answer
    assert "’s tweets, " not in answer
    reasons = unescape(
        client.post("/predict/why/", question, headers=HTMX).content.decode()
    )
    for mark in re.findall(r'href="#(why-\d+)"', answer):
        assert f'<li id="{mark}">' in reasons
    assert "’s tweets, " in reasons
    assert re.search(r"Without “[^”]+” it would be @\w+\.", reasons)


def test_reasons_for_a_bad_question_lead_home(client: Client, cast: list[User]) -> None:
    assert client.post("/predict/why/", {"text": "hm"}).url == "/"
    assert client.get("/predict/why/").url == "/"


def test_nothing_is_marked_that_nobody_here_could_have_written(
    client: Client, cast: list[User]
) -> None:
    text = "今朝もまた電車に乗り遅れて、会社まで走る羽目になった。"
    page = client.post("/predict/", {"users": HANDLES, "text": text}).content.decode()
    assert 'class="evidence"' not in page
    assert "No part of it speaks clearly" in page


def test_who_types_too_fast_waits_without_an_error(
    client: Client,
    cast: list[User],
    question: dict[str, object],
    settings: Settings,
) -> None:
    settings.RATE_LIMIT_ANON = (1, 60)
    answers = [client.post("/predict/", question, headers=HTMX) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [204]
    assert int(answers[-1].headers["Retry-After"]) > 0
