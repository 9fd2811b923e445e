import subprocess  # nosec B404
import sys
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command

from common.commands import HypotweetCommand
from tweets.demo import load_demo
from tweets.models import User


class Command(HypotweetCommand):
    help = "Prepares a demo site and serves it: `make run`."
    examples = "  manage.py start"
    stopped_message = "Stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        if not User.objects.exists():
            self.stdout.write("Loading the fictional demo users…")
            load_demo()
        try:
            call_command("build_signatures", stdout=self.stdout, stderr=self.stderr)
        except CommandError as error:
            self.note(str(error))
        # Background tasks run without a second terminal. No part comes from user input.
        worker = subprocess.Popen(  # nosec B603
            [sys.executable, "manage.py", "db_worker", "-v0", "--no-reload"]
        )
        try:
            self.stdout.write(f"\nHypoTweet is at http://localhost:{settings.PORT}/\n")
            call_command("runserver", f"127.0.0.1:{settings.PORT}", use_reloader=False)
        finally:
            worker.terminate()
            worker.wait()
