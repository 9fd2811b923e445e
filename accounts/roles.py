"""What staff may do: the groups `curator` and `operator` that a migration makes."""

from django.contrib.auth.models import Group
from django.db import models

from accounts.models import Account


class Role(models.TextChoices):
    CURATOR = "curator", "curator: users, tweets, imports, feedback"
    OPERATOR = "operator", "operator: also resets, rebuilds, erasures, accounts"
    SUPERUSER = "superuser", "superuser: everything"


def give_role(account: Account, role: Role) -> None:
    """Makes an account staff of this role and of no other."""
    account.is_staff = True
    account.is_superuser = role == Role.SUPERUSER
    account.save()
    account.groups.set(Group.objects.filter(name=role.value))
