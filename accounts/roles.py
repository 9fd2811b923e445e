"""Roles of staff. Migrations make the groups `curator` and `operator`."""

from django.contrib.auth.models import Group
from django.db import models, transaction

from accounts.models import Account
from common.audit import record


class Role(models.TextChoices):
    CURATOR = "curator", "curator: users, tweets, imports, feedback"
    OPERATOR = "operator", "operator: also resets, rebuilds, erasures, accounts"
    SUPERUSER = "superuser", "superuser: everything"


@transaction.atomic
def give_role(account: Account, role: Role) -> None:
    """Make an account a member of staff in this role only."""
    account.is_staff = True
    account.is_superuser = role == Role.SUPERUSER
    account.save()
    account.groups.set(Group.objects.filter(name=role.value))
    record("given a role and a password", account, role.value)
