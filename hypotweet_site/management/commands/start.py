import errno
import os
import socket
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command

from common.commands import HypotweetCommand
from common.jobs.companion import begin_worker
from tweets.demo import load_demo
from tweets.models import User

HOST, HOST_V6, LAST_PORT = "127.0.0.1", "::1", 65_535
# A task may take long; one that is cut off is queued again.
PATIENCE = 10.0


class Command(HypotweetCommand):
    help = "Prepares a demo site and serves it: `make run`."
    examples = "  manage.py start\n  PORT=8001 manage.py start"
    stopped_message = "Stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        require_free_port(settings.PORT)
        call_command("migrate", verbosity=0)
        if not User.objects.exists():
            self.stdout.write("Loading the fictional demo users…")
            load_demo()
        try:
            call_command("build_signatures", stdout=self.stdout, stderr=self.stderr)
        except CommandError as error:
            self.note(str(error))
        # Background tasks run without a second terminal.
        worker = begin_worker(verbosity=0)
        try:
            self.stdout.write(f"\nHypoTweet is at http://localhost:{settings.PORT}/\n")
            call_command("runserver", f"{HOST}:{settings.PORT}", use_reloader=False)
        finally:
            worker.terminate()
            worker.join(PATIENCE)
            worker.kill()
            worker.join()


def require_free_port(port: int) -> None:
    """Raise CommandError if a server cannot listen on this port, before anything is
    started that would have to be stopped again.

    Nor may anybody listen on it by IPv6, which browsers try first for localhost.
    """
    reason = _why_not(socket.AF_INET, HOST, port)
    by_v6 = _why_not(socket.AF_INET6, HOST_V6, port)
    # Other errors mean that this machine has no IPv6.
    if reason or by_v6 == errno.EADDRINUSE:
        another = port + 1 if port < LAST_PORT else port - 1
        raise CommandError(
            f"Port {port} cannot be used: {os.strerror(reason or by_v6)}. Is HypoTweet "
            f"running already? Another port: PORT={another} make run"
        )


def _why_not(family: socket.AddressFamily, host: str, port: int) -> int:
    """Return the number of the error of listening there; 0 if that works."""
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        return error.errno or errno.EADDRINUSE
    return 0
