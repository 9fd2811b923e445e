"""Saved predictions on the account page: listed and deleted by their owner."""

import pytest
from django.test import Client

from accounts.models import Account
from prediction.models import Prediction
from tests.every_url import RESULT
from tweets.models import User
from tweets.tests.cast import KEEPER, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def saved(client: Client) -> Prediction:
    """A prediction of an account that is signed in to `client`."""
    users = make_cast(1)
    ann = Account.objects.create_user("ann")
    prediction = Prediction.objects.create(
        text="Lamp lit.", engine="signature", best=users[0], result=RESULT, account=ann
    )
    prediction.group.set(users)
    client.force_login(ann)
    return prediction


def delete(client: Client, prediction: Prediction) -> int:
    return client.post(f"/account/predictions/{prediction.slug}/delete/").status_code


def test_it_lists_what_the_account_saved(client: Client, saved: Prediction) -> None:
    page = client.get("/account/").content.decode()
    assert "Lamp lit." in page
    assert f"@{KEEPER}" in page
    other = Client()
    other.force_login(Account.objects.create_user("bob"))
    assert "Lamp lit." not in other.get("/account/").content.decode()


def test_it_hides_predictions_with_unlisted_users(
    client: Client, saved: Prediction
) -> None:
    User.objects.filter(handle=KEEPER).update(is_listed=False)
    assert "Lamp lit." not in client.get("/account/").content.decode()


def test_the_owner_deletes_a_prediction(client: Client, saved: Prediction) -> None:
    assert delete(client, saved) == 302
    assert not Prediction.objects.exists()


def test_nobody_else_deletes_it(client: Client, saved: Prediction) -> None:
    client.force_login(Account.objects.create_user("bob"))
    assert delete(client, saved) == 404
    assert Prediction.objects.exists()


def test_what_an_account_saved_goes_with_it(
    client: Client, cast: list[User], question: dict[str, object]
) -> None:
    account = Account.objects.create_user("leaver", password="a lamp in the fog")
    client.force_login(account)
    client.post("/p/", question)
    saved = Prediction.objects.get()
    client.post("/account/delete/", {"password": "a lamp in the fog"})
    assert not Account.objects.filter(pk=account.pk).exists()
    assert client.get(saved.get_absolute_url()).status_code == 404
    assert not Prediction.objects.exists()
