"""What staff and runs do beside the usual forms is in the audit, too."""

import json

import pytest
from axes.models import AccessFailureLog, AccessLog
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import Account
from accounts.roles import Role, give_role
from common.models import AuditEntry
from tests.test_audit import ADDRESS, entry
from tweets.models import Fetch, OptOut
from tweets.tests.cast import make_user
from tweets.tests.fake_x import FakeX
from tweets.tests.test_refresh import follow

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client: Client) -> Account:
    account = Account.objects.create_user("boss", password="a lamp in the fog")
    give_role(account, Role.SUPERUSER)
    client.force_login(account)
    client.defaults["REMOTE_ADDR"] = ADDRESS
    AuditEntry.objects.all().delete()
    return account


def test_an_edited_opt_out_has_an_entry_that_names_nobody(
    client: Client, boss: Account
) -> None:
    kept = OptOut.objects.create(handle="eve")
    page = reverse("admin:tweets_optout_change", args=[kept.pk])
    for handle in ("evelyn", "evelyn"):
        assert client.post(page, {"handle": handle}).status_code == 302
    assert entry("opt-out changed").who == "boss"
    assert "eve" not in json.dumps([*AuditEntry.objects.values()], default=str)


def test_a_check_against_x_has_an_entry(settings: Settings) -> None:
    with FakeX() as x:
        settings.X_BEARER_TOKEN, settings.X_API_BASE_URL = x.token, x.base_url
        follow(x.add_user("ada", posts=12))
        call_command("refresh_tweets")
        call_command("refresh_tweets", "--check-deleted")
    assert entry("checked against X").counts == {"posts_read": 12, "users": 1}


def test_whoever_deletes_logs_and_fetches_is_recorded(
    client: Client, boss: Account
) -> None:
    rows = [
        Fetch.objects.create(user=make_user("ann")),
        AccessLog.objects.create(username="eve"),
        AccessFailureLog.objects.create(username="eve"),
    ]
    for row in rows:
        page = f"admin:{row._meta.app_label}_{row._meta.model_name}_changelist"
        chosen = {"action": "delete_selected", "_selected_action": [row.pk]}
        client.post(reverse(page), chosen | {"post": "yes"})
        assert not type(row).objects.filter(pk=row.pk).exists()
    kept = AuditEntry.objects.filter(action="deleted", who="boss", address=ADDRESS)
    assert kept.count() == 3


def test_the_demo_counts_its_people(client: Client, boss: Account) -> None:
    client.post(reverse("admin:tweets_user_load_demo"), {"sure": "yes"})
    assert entry("demo loaded").counts["new_users"] == 8


def test_groups_and_their_rights_have_entries(client: Client, boss: Account) -> None:
    group = Group.objects.create(name="guests")
    client.post(
        reverse("admin:auth_group_change", args=[group.pk]), {"name": "readers"}
    )
    client.post(reverse("admin:auth_group_delete", args=[group.pk]), {"post": "yes"})
    assert entry("changed").kind == "auth.group"
    assert entry("deleted").target == "readers"
