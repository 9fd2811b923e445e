"""The permissions of staff roles, on new databases and on those of version 1."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission

pytestmark = pytest.mark.django_db
migration = import_module("hypotweet_site.migrations.0001_role_permissions")

CURATOR = """
django_tasks_database.view_dbtaskresult
prediction.change_feedback prediction.view_background prediction.view_feedback
prediction.view_prediction prediction.view_signature
tweets.add_optout tweets.add_upload tweets.add_user tweets.change_tweet
tweets.change_user tweets.view_fetch tweets.view_optout tweets.view_tweet
tweets.view_upload tweets.view_user
"""
OPERATOR = f"""{CURATOR}
accounts.add_account accounts.add_apikey accounts.change_account
accounts.change_apikey accounts.delete_account accounts.view_account
accounts.view_apikey
axes.delete_accessattempt axes.view_accessattempt
django_tasks_database.change_dbtaskresult
prediction.add_signature prediction.delete_feedback prediction.delete_prediction
prediction.delete_signature
tweets.change_optout tweets.delete_optout tweets.delete_tweet tweets.delete_upload
tweets.delete_user
"""
# What version 1 gave, and what came with the audit.
VERSION_1 = {"curator": set(CURATOR.split()), "operator": set(OPERATOR.split())}
SINCE = {"curator": set(), "operator": {"common.view_auditentry"}}
NOW = {name: VERSION_1[name] | SINCE[name] for name in VERSION_1}


def rights() -> dict[str, set[str]]:
    return {
        group.name: {
            f"{right.content_type.app_label}.{right.codename}"
            for right in group.permissions.select_related("content_type")
        }
        for group in Group.objects.all()
    }


def give() -> None:
    migration.give_permissions(apps, None)


def test_a_new_database_has_the_permissions_of_version_1_and_the_audit() -> None:
    assert rights() == NOW


def test_a_database_of_version_1_keeps_its_permissions() -> None:
    give()
    assert rights() == NOW


def test_a_role_that_staff_changed_stays_as_it_is() -> None:
    only = Permission.objects.get(codename="view_user")
    Group.objects.get(name="curator").permissions.set([only])
    give()
    assert rights()["curator"] == {"tweets.view_user"}


def test_roles_without_permissions_get_them() -> None:
    for group in Group.objects.all():
        group.permissions.clear()
    give()
    assert rights() == VERSION_1


def test_a_role_that_staff_deleted_is_not_made_again() -> None:
    Group.objects.get(name="curator").delete()
    give()
    assert set(rights()) == {"operator"}
