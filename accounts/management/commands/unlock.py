from typing import Any

from axes.models import AccessAttempt
from django.core.management.base import CommandError, CommandParser

from accounts import lockout
from common.audit import record
from common.commands import HypotweetCommand
from common.http.addresses import network_of


class Command(HypotweetCommand):
    help = "Lets people sign in again who were locked out or slowed down."
    examples = """  manage.py unlock ann
  manage.py unlock --address 192.0.2.7
  manage.py unlock --all"""

    def add_arguments(self, parser: CommandParser) -> None:
        who = parser.add_mutually_exclusive_group(required=True)
        who.add_argument("username", nargs="?", help="An account.")
        who.add_argument("--address", help="An IP address, with its /64 in IPv6.")
        who.add_argument("--all", action="store_true", help="Every lock.")

    def handle(self, *args: Any, **options: Any) -> None:
        attempts = AccessAttempt.objects.all()
        counts = 0
        if username := options["username"]:
            attempts = attempts.filter(username__iexact=username)
            counts = lockout.unlock(username)
        elif address := options["address"]:
            try:
                network = network_of(address)
            except ValueError:
                raise CommandError(
                    f"{address} is not an IP address.", returncode=2
                ) from None
            attempts = attempts.filter(ip_address=network.partition("/")[0])
            counts = lockout.unlock_network(network)
        removed = attempts.delete()[0] + counts
        if removed:
            record("unlocked", summary=username or "")
        self.stdout.write("Unlocked." if removed else "Nothing was locked.")
