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

HOST = "127.0.0.1"
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
    started that would have to be stopped again."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            why = os.strerror(error.errno or errno.EADDRINUSE)
            raise CommandError(
                f"Port {port} cannot be used: {why}. Is HypoTweet running already? "
                f"Another port: PORT={port + 1} make run"
            ) from None
