import signal
import threading
from dataclasses import asdict
from datetime import timedelta
from types import FrameType
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from common.commands import HypotweetCommand
from tweets.models import User, UserQuerySet
from tweets.x.api.client import XClient
from tweets.x.api.errors import XError
from tweets.x.api.responses import Page, Usage
from tweets.x.api.sizes import MIN_PAGE
from tweets.x.budget import spent
from tweets.x.connect import NotConfiguredError, connect
from tweets.x.costs import Forecast, forecast
from tweets.x.deletions import DeletedReport, check_deleted, to_check
from tweets.x.rate_limit_wait import RateLimitWait
from tweets.x.refresh import Refresh, RefreshReport, Watcher
from tweets.x.session import Limits, Session
from tweets.x.takeover import Say


class Command(HypotweetCommand):
    help = (
        "Reads new posts of the users followed on X. It can be stopped at any time: "
        "the next run continues from there. Reading posts costs money; see --dry-run."
    )
    examples = """  manage.py refresh_tweets --dry-run
  manage.py refresh_tweets some_handle another
  manage.py refresh_tweets --max-posts 2000 --json
  manage.py refresh_tweets --all --loop 3600
  manage.py refresh_tweets --usage"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("handles", nargs="*", metavar="HANDLE")
        parser.add_argument(
            "--all",
            action="store_true",
            help="Include users from files and archives, and those X no longer shows.",
        )
        parser.add_argument(
            "--max-posts",
            type=int,
            metavar="N",
            help="Read at most so many posts, over all rounds of a --loop.",
        )
        parser.add_argument(
            "--since-days",
            type=float,
            metavar="N",
            help="Only posts of the last N days.",
        )
        parser.add_argument("--include-replies", action="store_true")
        parser.add_argument(
            "--check-deleted",
            action="store_true",
            help="Read nothing new: hide users whom X no longer shows, and delete "
            "posts that it no longer shows of the others.",
        )
        parser.add_argument(
            "--recheck-days",
            type=float,
            default=0,
            metavar="N",
            help="With --check-deleted: leave out who was checked in the last N days, "
            "so that nothing is paid for twice.",
        )
        parser.add_argument(
            "--max-wait",
            type=float,
            default=3600,
            metavar="SECONDS",
            help="Wait at most so long for rate limits in total (default: an hour).",
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="Report what would be read, and the cost.",
        )
        parser.add_argument(
            "--loop",
            type=float,
            metavar="SECONDS",
            help="Wait so long after each round, then start the next.",
        )
        parser.add_argument(
            "--usage",
            action="store_true",
            help="Show how much of its cap at X the project has used.",
        )
        self.add_json(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        users, limits = self._users(options), self._limits(options)
        if options["dry_run"]:
            checks = options["check_deleted"]
            expected = (
                to_check(users, options["recheck_days"])
                if checks
                else forecast(users, limits)
            )
            self._write_forecast(expected, options["json"])
            return
        stop = _stop_on_signals()
        try:
            client = connect(stop.is_set)
        except NotConfiguredError as error:
            raise CommandError(str(error)) from None
        try:
            if options["usage"]:
                self._write_usage(client.usage(), options["json"])
            else:
                self._rounds(client, users, limits, stop, options)
        except XError as error:
            raise CommandError(error.message) from None
        finally:
            client.close()

    def _users(self, options: dict[str, Any]) -> UserQuerySet:
        on_x = User.objects.tracked().exclude(source=User.Source.DEMO)
        handles = options["handles"]
        if handles:
            users = on_x.by_handles(handles)
            known = {user.handle.lower() for user in users}
            wanted = [handle.removeprefix("@") for handle in handles]
            if unknown := [name for name in wanted if name.lower() not in known]:
                raise CommandError(
                    f"Not followed here: {', '.join(unknown)}. "
                    "Add them with add_users.",
                    returncode=2,
                )
            return users
        if options["all"]:
            return on_x
        return on_x.filter(source=User.Source.X, status=User.Status.ACTIVE)

    def _limits(self, options: dict[str, Any]) -> Limits:
        for name in ("max_posts", "since_days", "loop"):
            if options[name] is not None and options[name] <= 0:
                flag = name.replace("_", "-")
                raise CommandError(f"--{flag} must be more than 0.", returncode=2)
        days = options["since_days"]
        try:
            since = days and timezone.now() - timedelta(days=days)
        except OverflowError:
            since = None
        return Limits(options["max_posts"], since or None, options["include_replies"])

    def _rounds(
        self,
        client: XClient,
        users: UserQuerySet,
        limits: Limits,
        stop: threading.Event,
        options: dict[str, Any],
    ) -> None:
        read = 0
        while True:
            session = Session(client, None, limits)
            session.posts_read = read
            failed = self._round(session, users, stop, options)
            read = session.posts_read
            if options["loop"] is None or self._has_read_all(read, limits):
                break
            if stop.wait(options["loop"]):
                break
        if failed:
            raise CommandError("Some users could not be refreshed; see above.")

    @staticmethod
    def _has_read_all(read: int, limits: Limits) -> bool:
        """Whether the rest of --max-posts is less than a page."""
        return limits.max_posts is not None and limits.max_posts - read < MIN_PAGE

    def _round(
        self,
        session: Session,
        users: UserQuerySet,
        stop: threading.Event,
        options: dict[str, Any],
    ) -> bool:
        """Run one round; return whether some of it failed."""
        with self.progress("user", total=users.count()) as bar:
            session.wait = RateLimitWait(
                options["max_wait"],
                stop,
                on_wait=lambda left: bar.set_postfix_str(
                    f"waiting for X, {left:.0f} s" if left else ""
                ),
            )
            if options["check_deleted"]:
                days = options["recheck_days"]
                deleted = check_deleted(session, users, days, self.note)
                self._write_deleted(deleted, options["json"])
                return deleted.failed and not stop.is_set()
            not_since = timezone.now() if options["handles"] else None
            report = Refresh(session, _Progress(bar, self.note)).run(users, not_since)
        self._write_report(report, options["json"])
        return report.failed and not stop.is_set()

    def _write_report(self, report: RefreshReport, as_json: bool) -> None:
        for handle, why in report.failures.items():
            self.note(f"@{handle}: {why}")
        self._write_remarks(report)
        if as_json:
            self.write_json(report.as_json(), indent=None)
            return
        self.stdout.write(
            f"{report.users:,} users refreshed, {report.posts_read:,} posts read "
            f"(about ${report.cost:.2f}), {report.stored:,} tweets stored."
        )
        for status, count in report.statuses.items():
            self.stdout.write(f"  {count:,} {User.Status(status).label} on X")

    def _write_remarks(self, report: RefreshReport | DeletedReport) -> None:
        if report.ended_early:
            self.note(report.ended_early)
        if report.nothing_to_do:
            self.note(report.nothing_to_do)
        elif report.left:
            self.note(f"{report.left:,} left to another run that is at work on them.")

    def _write_deleted(self, report: DeletedReport, as_json: bool) -> None:
        self._write_remarks(report)
        if as_json:
            self.write_json(report.as_json(), indent=None)
            return
        self.stdout.write(
            f"{report.checked:,} posts checked (about ${report.cost:.2f}), "
            f"{report.removed.total():,} removed."
        )
        for status, count in report.hidden.items():
            self.stdout.write(f"  {count:,} {User.Status(status).label} on X: hidden")

    def _write_forecast(self, expected: Forecast, as_json: bool) -> None:
        left = spent().left()
        if as_json:
            self.write_json(
                {
                    "users": expected.users,
                    "posts": expected.posts,
                    "most_posts": expected.most,
                    "cost": expected.cost,
                    "highest_cost": expected.highest_cost,
                    "budget_left": left,
                }
            )
            return
        self.stdout.write(
            f"{expected.users:,} users to look up and about {expected.posts:,} posts "
            f"to read: about ${expected.cost:.2f}. At most {expected.most:,} posts, "
            f"${expected.highest_cost:.2f}. Nothing was read."
        )
        if left is not None and left < expected.most:
            self.stdout.write(f"The budget leaves {left:,} posts; a run ends there.")

    def _write_usage(self, usage: Usage, as_json: bool) -> None:
        if as_json:
            self.write_json(asdict(usage))
            return
        cap = "no cap" if usage.project_cap is None else f"of {usage.project_cap:,}"
        day = usage.cap_reset_day
        resets = f", reset on day {day} of the month" if day else ""
        self.stdout.write(f"{usage.project_usage:,} posts read, {cap}{resets}.")


class _Progress(Watcher):
    """Shows users and posts on the progress bar."""

    def __init__(self, bar: "tqdm[Any]", say: Say) -> None:
        self.bar = bar
        self.say = say
        self.posts = 0

    def user_done(self, user: User) -> None:
        self.bar.update()

    def waiting(self, why: str) -> None:
        self.say(why)

    def page_stored(self, user: User, page: Page, stored: int) -> None:
        self.posts += page.posts_read
        self.bar.set_description(f"{self.posts:,} posts, {user}")


def _stop_on_signals() -> threading.Event:
    """Return an event that the first Ctrl-C or SIGTERM sets.

    A second one ends the process.
    """
    stop = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, ask)
        signal.signal(signal.SIGINT, ask)
    return stop
