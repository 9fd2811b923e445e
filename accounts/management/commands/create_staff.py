import getpass
import os
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser

from accounts.models import Account
from accounts.roles import Role, give_role
from common.commands import HypotweetCommand


class Command(HypotweetCommand):
    help = (
        "Creates a staff account. Without a prompt, it is read from environment "
        "variables: STAFF_USERNAME, STAFF_PASSWORD, STAFF_EMAIL (optional) and "
        "STAFF_ROLE (curator, operator or superuser; curator by default). On a "
        "terminal, the password is asked for. An account that already exists gets this "
        "password and role."
    )
    examples = """  manage.py create_staff ann
  manage.py create_staff ann --role operator
  STAFF_PASSWORD=... manage.py create_staff ann"""
    stopped_message = "Stopped. No account was made or changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", nargs="?", help="Replaces STAFF_USERNAME.")
        parser.add_argument(
            "--role", help="Replaces STAFF_ROLE: curator, operator or superuser."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        username = options["username"] or _required("STAFF_USERNAME")
        role = _role(
            options["role"] or os.environ.get("STAFF_ROLE") or Role.CURATOR.value
        )
        password = _password()
        account = Account.objects.filter(username=username).first()
        is_new = account is None
        account = account or Account(username=username)
        account.email = os.environ.get("STAFF_EMAIL") or account.email
        try:
            validate_password(password, account)
            account.set_password(password)
            account.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=2) from None
        give_role(account, role)
        done = "created" if is_new else "updated"
        self.stdout.write(f"The {role.value} {username} was {done}.")


def _password() -> str:
    if "STAFF_PASSWORD" in os.environ or not sys.stdin.isatty():
        return _required("STAFF_PASSWORD")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise CommandError("The two passwords differ.", returncode=2)
    return password


def _required(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise CommandError(f"{name} is not set.", returncode=2)
    return value


def _role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError:
        known = ", ".join(role.value for role in Role)
        raise CommandError(
            f"STAFF_ROLE={name!r} is unknown. Use one of: {known}.", returncode=2
        ) from None
