"""Answers that were saved to be shared, and feedback about them."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Account
from prediction.models import Feedback, Prediction
from prediction.tests.site.conftest import LAMP
from tweets.models import User
from tweets.tests.cast import CRITIC, KEEPER

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


def test_a_renamed_user_is_shown_by_the_new_name(
    client: Client, saved: Prediction
) -> None:
    User.objects.filter(handle=KEEPER).update(handle="new_keeper")
    assert "@new_keeper" in client.get(saved.get_absolute_url()).content.decode()


def test_a_link_shows_a_preview_elsewhere(client: Client, saved: Prediction) -> None:
    page = client.get(saved.get_absolute_url()).content.decode()
    assert f'<meta property="og:title" content="Probably @{KEEPER}' in page
    assert '<meta property="og:image" content="http://testserver/static/' in page
    assert '<meta name="robots" content="noindex">' in page


def test_it_is_hidden_when_somebody_in_it_is(client: Client, saved: Prediction) -> None:
    User.objects.filter(handle=CRITIC).update(is_listed=False)
    assert client.get(saved.get_absolute_url()).status_code == 404


def test_a_wrong_address_is_not_found(client: Client, db: None) -> None:
    assert client.get("/p/nonsense/").status_code == 404


def test_bad_input_saves_nothing(client: Client, cast: list[User]) -> None:
    answer = client.post("/p/", {"users": [KEEPER], "text": LAMP})
    assert answer.status_code == 422
    assert "Pick at least two users" in answer.content.decode()
    assert not Prediction.objects.exists()


def test_it_belongs_to_the_account_that_is_signed_in(
    client: Client, cast: list[User], question: dict[str, object]
) -> None:
    account = Account.objects.create_user("ann")
    client.force_login(account)
    client.post("/p/", question)
    assert Prediction.objects.get().account == account


def test_right_is_told_and_waits_for_staff(client: Client, saved: Prediction) -> None:
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
    assert "You told us about this one before" in page
    assert Feedback.objects.get().author == User.objects.get(handle=KEEPER)


def test_another_visitor_counts_too(client: Client, saved: Prediction) -> None:
    tell(client, saved, KEEPER)
    tell(Client(), saved, CRITIC)
    assert Feedback.objects.count() == 2


@pytest.mark.parametrize("author", ["", "nobody", "\0", "<b>"])
def test_feedback_names_one_of_the_group(
    client: Client, saved: Prediction, author: str
) -> None:
    address = f"{saved.get_absolute_url()}feedback/"
    assert client.post(address, {"author": author}).status_code == 422
    assert not Feedback.objects.exists()


def test_the_database_knows_no_moderation_without_a_time(saved: Prediction) -> None:
    feedback = Feedback(prediction=saved, visitor="v", state="accepted")
    with pytest.raises(IntegrityError), transaction.atomic():
        feedback.save()
    feedback.moderated_at = timezone.now()
    feedback.save()
