"""Answers that were saved to be shared, and feedback about them."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags
from pytest_django import Settings

from accounts.models import Account
from prediction.models import Feedback, Prediction
from prediction.serving import saved as saved_answers
from prediction.serving.predictor import predict
from prediction.serving.result import Candidate, Result
from prediction.tests.pages.conftest import LAMP
from tweets.models import User
from tweets.store.ingest import ingest
from tweets.tests.cast import CRITIC, FAN, KEEPER, make_user, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def saved(client: Client, cast: list[User], question: dict[str, object]) -> Prediction:
    client.post("/p/", question)
    return Prediction.objects.get()


def tell(client: Client, saved: Prediction, author: str) -> str:
    address = f"{saved.get_absolute_url()}feedback/"
    return client.post(address, {"author": author}, follow=True).content.decode()


def test_saving_leads_to_an_address_nobody_can_guess(
    client: Client, cast: list[User], question: dict[str, object]
) -> None:
    first = client.post("/p/", question).headers["Location"]
    second = client.post("/p/", question).headers["Location"]
    assert first != second
    assert len(first) == len("/p/") + 16 + len("/")


def test_anybody_with_the_address_sees_the_same_answer(
    client: Client, saved: Prediction
) -> None:
    page = Client().get(saved.get_absolute_url()).content.decode()
    assert f"@{KEEPER}" in page
    assert LAMP in page
    assert "[speaks for @" in page


def test_a_saved_answer_stays_as_it_was(client: Client, saved: Prediction) -> None:
    before = saved.result["candidates"]
    User.objects.get(handle=CRITIC).tweets.all().delete()
    page = client.get(saved.get_absolute_url())
    shown = page.context["result"].candidates
    assert [[c.user.pk, c.probability, c.score] for c in shown] == before


def test_a_saved_answer_names_who_wrote_it_only_while_listed(
    client: Client, saved: Prediction
) -> None:
    address = saved.get_absolute_url()
    before = saved.result
    ann = make_user("ann", [LAMP])
    assert "<strong>@ann</strong> really wrote this" in client.get(address).text
    User.objects.filter(pk=ann.pk).update(is_listed=False)
    assert "@ann" not in client.get(address).text
    saved.refresh_from_db()
    assert saved.result == before


def test_a_saved_answer_shows_how_far_to_trust_it(
    client: Client, saved: Prediction, question: dict[str, object]
) -> None:
    live = client.post("/predict/", question).context["result"]
    page = client.get(saved.get_absolute_url())
    shown = page.context["result"]
    assert named(shown) == named(live)
    assert shown.held_out.bins == live.held_out.bins
    html = page.content.decode()
    assert "How far can I trust this?" in html
    assert "when this answer was saved" in html


def named(result: Result) -> dict[tuple[str, str], int]:
    """How often whose tweets were given to whom."""
    return {
        (author.handle, other.handle): count
        for author, counts in zip(
            result.members, result.held_out.confusion, strict=True
        )
        for other, count in zip(result.members, counts, strict=True)
    }


def test_the_figures_of_a_saved_answer_stay_those_of_that_day(
    client: Client, saved: Prediction
) -> None:
    before = client.get(saved.get_absolute_url()).context["result"].held_out
    fan = User.objects.get(handle=FAN)
    ingest([record(f"Lamp lit, night {n}", handle=FAN) for n in "abcdefgh"], "file")
    assert User.objects.get(pk=fan.pk).revision > fan.revision
    page = client.get(saved.get_absolute_url())
    assert page.context["result"].held_out == before
    assert "on the day this was saved" in page.content.decode()


def test_an_answer_saved_by_an_earlier_version_is_shown_without_tables(
    client: Client, saved: Prediction
) -> None:
    for part in ("confusion", "bins"):
        saved.result.pop(part)
    saved.save()
    page = client.get(saved.get_absolute_url()).content.decode()
    assert "How far can I trust this?" not in page
    assert f"Very likely <strong>@{KEEPER}" in page


def test_a_renamed_user_is_shown_by_the_new_name(
    client: Client, saved: Prediction
) -> None:
    User.objects.filter(handle=KEEPER).update(handle="new_keeper")
    assert "@new_keeper" in client.get(saved.get_absolute_url()).content.decode()


def test_a_link_shows_a_preview_elsewhere(client: Client, saved: Prediction) -> None:
    page = client.get(saved.get_absolute_url()).content.decode()
    answer = r"(Very likely|Probably) @gullrock_keeper, (over )?\d+%"
    assert re.search(f'<meta property="og:title" content="{answer}">', page)
    preview = page.split('<meta property="og:description" content="')[1].split('"')[0]
    assert preview.startswith(f"“{LAMP}” Asked about @{KEEPER}, @")
    assert "the model was right" in preview
    address = f"http://testserver{saved.get_absolute_url()}card.png"
    assert f'<meta property="og:image" content="{address}">' in page
    assert '<meta name="robots" content="noindex">' in page


def test_a_preview_does_not_claim_more_than_the_answer(
    client: Client, saved: Prediction
) -> None:
    saved.result["none_of_these"]["flag"] = True
    saved.save()
    page = client.get(saved.get_absolute_url()).content.decode()
    assert '<meta property="og:title" content="Nobody here writes like this' in page
    assert "<title>Nobody here writes like this" in page


def test_an_answer_saved_before_there_were_reasons_is_shown_without_one(
    client: Client, saved: Prediction
) -> None:
    saved.result["none_of_these"] = {"flag": True, "probability": 0.9}
    saved.save()
    page = client.get(saved.get_absolute_url()).content.decode()
    assert "Nobody here writes like this. If one of them did" in strip_tags(page)


def test_a_saved_answer_keeps_its_reason(client: Client, saved: Prediction) -> None:
    saved.result["none_of_these"] |= {"flag": True, "reason": "language"}
    saved.save()
    page = client.get(saved.get_absolute_url()).content.decode()
    assert "Nobody here writes like this: none of them tweets in this language." in (
        strip_tags(page)
    )


def test_a_preview_quotes_no_more_than_the_beginning(
    client: Client, cast: list[User], question: dict[str, object]
) -> None:
    client.post("/p/", question | {"text": f'{LAMP}\n"' + "word " * 200})
    page = client.get(Prediction.objects.get().get_absolute_url()).content.decode()
    preview = page.split('<meta property="og:description" content="')[1].split('">')[0]
    assert "&quot;word" in preview
    assert len(preview) < 300


def test_it_is_hidden_when_somebody_in_it_is(client: Client, saved: Prediction) -> None:
    User.objects.filter(handle=CRITIC).update(is_listed=False)
    assert client.get(saved.get_absolute_url()).status_code == 404


def test_a_wrong_address_is_not_found(client: Client, db: None) -> None:
    assert client.get("/p/nonsense/").status_code == 404


def test_bad_input_saves_nothing(client: Client, cast: list[User]) -> None:
    answer = client.post("/p/", {"users": [KEEPER], "text": LAMP})
    assert answer.status_code == 422
    assert "Pick at least two users" in answer.content.decode()
    assert "Everyone (3)" in answer.content.decode()
    assert not Prediction.objects.exists()


def test_it_belongs_to_the_account_that_is_signed_in(
    client: Client, cast: list[User], question: dict[str, object]
) -> None:
    account = Account.objects.create_user("ann")
    client.force_login(account)
    client.post("/p/", question)
    assert Prediction.objects.get().account == account


def test_feedback_waits_for_staff(client: Client, saved: Prediction) -> None:
    page = tell(client, saved, KEEPER)
    feedback = Feedback.objects.get()
    assert feedback.author == User.objects.get(handle=KEEPER)
    assert feedback.state == Feedback.State.PENDING
    assert "Thank you" in page
    assert f"You told us it was <strong>@{KEEPER}</strong>" in page


def test_it_may_have_been_somebody_else(client: Client, saved: Prediction) -> None:
    page = tell(client, saved, "somebody else")
    assert Feedback.objects.get().author is None
    assert "<strong>somebody else</strong>" in page


def test_one_visitor_counts_once(client: Client, saved: Prediction) -> None:
    tell(client, saved, KEEPER)
    page = tell(client, saved, CRITIC)
    assert "You have already told us about this one" in page
    assert Feedback.objects.get().author == User.objects.get(handle=KEEPER)


def test_another_visitor_counts_too(client: Client, saved: Prediction) -> None:
    tell(client, saved, KEEPER)
    tell(Client(REMOTE_ADDR="192.0.2.7"), saved, CRITIC)
    assert Feedback.objects.count() == 2


def test_a_visitor_without_cookies_has_one_opinion(saved: Prediction) -> None:
    tell(Client(), saved, KEEPER)
    pages = [tell(Client(), saved, CRITIC) for _ in range(5)]
    assert Feedback.objects.get().author == User.objects.get(handle=KEEPER)
    assert "Somebody with your address has already told us" in pages[0]
    assert "You told us it was" not in pages[0]


def test_accounts_at_one_address_each_have_an_opinion(saved: Prediction) -> None:
    for name in ("ann", "bob"):
        browser = Client()
        browser.force_login(Account.objects.create_user(name))
        assert "You told us" in tell(browser, saved, KEEPER)
        assert "You have already told us" in tell(browser, saved, KEEPER)
    assert Feedback.objects.count() == 2


def test_opinions_of_a_visitor_are_known_across_answers(
    client: Client, saved: Prediction, question: dict[str, object]
) -> None:
    client.post("/p/", question)
    for each in Prediction.objects.all():
        tell(Client(), each, KEEPER)
    names = set(Feedback.objects.values_list("visitor", flat=True))
    assert len(names) == 1
    assert "127" not in names.pop()


def test_whoever_saved_it_can_delete_it(client: Client, saved: Prediction) -> None:
    address = f"{saved.get_absolute_url()}delete/"
    assert "Delete it now" not in Client().get(saved.get_absolute_url()).text
    assert Client().post(address).status_code == 404
    forger = Client()
    forger.cookies["saved"] = f'[["{saved.slug}"], []]:forged:signature'
    assert forger.post(address).status_code == 404
    page = client.get(saved.get_absolute_url()).text
    assert "Delete it now" in page
    assert "has opened it for 90 days" in page
    client.post(address)
    assert not Prediction.objects.exists()
    assert client.post(address).status_code == 404


def test_what_belongs_to_an_account_is_deleted_there(
    client: Client, cast: list[User], question: dict[str, object]
) -> None:
    client.force_login(Account.objects.create_user("ann"))
    client.post("/p/", question)
    saved = Prediction.objects.get()
    page = client.get(saved.get_absolute_url()).text
    assert "Delete it now" not in page
    assert "no account" not in page
    client.logout()
    assert client.post(f"{saved.get_absolute_url()}delete/").status_code == 404


def test_visits_leave_no_session(
    client: Client, saved: Prediction, question: dict[str, object]
) -> None:
    for path in ("/", "/guess/", "/users/", saved.get_absolute_url()):
        Client().get(path)
    Client().post("/predict/", question)
    tell(Client(), saved, KEEPER)
    assert not Session.objects.exists()


def test_an_address_saves_only_so_much(
    client: Client,
    cast: list[User],
    question: dict[str, object],
    settings: Settings,
) -> None:
    settings.SAVES_PER_ADDRESS = (2, 3600)
    statuses = [Client().post("/p/", question).status_code for _ in range(3)]
    assert statuses == [302, 302, 429]
    body = json.dumps(question | {"save": True})
    api = Client().post("/api/v1/predictions", body, "application/json")
    assert api.status_code == 429
    settings.MAX_SAVED_PER_ACCOUNT = 1
    client.force_login(Account.objects.create_user("ann"))
    assert client.post("/p/", question).status_code == 302
    page = client.post("/p/", question)
    assert page.status_code == 422
    assert "At most 1 saved answers" in page.text


def test_an_answer_of_a_large_group_keeps_its_top_and_sums(
    client: Client,
    cast: list[User],
    question: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    live = client.post("/predict/", question).context["result"]
    monkeypatch.setattr(saved_answers, "KEPT_WHOLE", 2)
    monkeypatch.setattr(saved_answers, "KEPT_OF_LARGE", 1)
    client.post("/p/", question)
    saved = Prediction.objects.get()
    shown = client.get(saved.get_absolute_url())
    result = shown.context["result"]
    assert result.size == 3
    assert result.best.user == live.best.user
    named = {c.user.handle for c in result.candidates}
    assert {found.toward for found in result.evidence} <= named
    assert len(result.candidates) < 3
    probabilities = [c.probability for c in result.candidates]
    assert sum(probabilities) + result.others.probability == pytest.approx(1)
    assert "which of 3 people" in shown.text
    assert "others share" in shown.text
    assert f"/?users=all#text={LAMP[:4]}" in shown.text
    assert saved.group.count() == len(result.candidates)
    api = client.get(f"/api/v1/predictions/{saved.slug}").json()
    assert api["others"]["count"] == 3 - len(result.candidates)
    card = client.get(f"{saved.get_absolute_url()}card.png")
    assert card.status_code == 200


def test_an_answer_of_everybody_takes_little_room(cast: list[User]) -> None:
    users = [User(pk=n, handle=f"someone{n}") for n in range(2_000)]
    live = predict(cast, LAMP)
    many = [Candidate(user, 1 / 2_000, -1 / 3) for user in users]
    large = replace(live, candidates=many, members=tuple(users), evidence=())
    stored = saved_answers._stored(saved_answers._shortened(large))
    assert len(json.dumps(stored)) < 4_000


def test_openings_are_noted_once_a_day(client: Client, saved: Prediction) -> None:
    old = timezone.now() - timedelta(days=30)
    Prediction.objects.update(opened_at=old)
    client.get(f"{saved.get_absolute_url()}card.png")
    saved.refresh_from_db()
    assert saved.opened_at == old
    client.get(saved.get_absolute_url())
    saved.refresh_from_db()
    assert timezone.now() - saved.opened_at < timedelta(minutes=1)
    first = saved.opened_at
    client.get(saved.get_absolute_url())
    saved.refresh_from_db()
    assert saved.opened_at == first


@pytest.mark.parametrize("author", ["", "nobody", "\0", "<b>"])
def test_feedback_names_one_of_the_group(
    client: Client, saved: Prediction, author: str
) -> None:
    address = f"{saved.get_absolute_url()}feedback/"
    assert client.post(address, {"author": author}).status_code == 422
    assert not Feedback.objects.exists()


def test_the_database_refuses_moderation_without_a_time(saved: Prediction) -> None:
    feedback = Feedback(prediction=saved, visitor="v", state="accepted")
    with pytest.raises(IntegrityError), transaction.atomic():
        feedback.save()
    feedback.moderated_at = timezone.now()
    feedback.save()
