import os
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.core.management.base import CommandError, CommandParser

from common.audit import record
from common.commands import HypotweetCommand
from common.texts import MIN_TWEETS
from prediction.serving.map import style_map
from prediction.training import backgrounds, cluster, rebuild
from prediction.training.local_processes import LocalProcesses
from prediction.training.rebuild import Builders, OnBuilt
from tweets.models import User


class Command(HypotweetCommand):
    help = "Builds signatures that are missing or stale."
    examples = """  manage.py build_signatures
  manage.py build_signatures some_handle another
  manage.py build_signatures --all --jobs 4
  manage.py build_signatures --all --scheduler tcp://10.0.0.5:8786"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "handles", nargs="*", metavar="HANDLE", help="Rebuild only these users."
        )
        parser.add_argument(
            "--all", action="store_true", help="Also rebuild fresh ones."
        )
        where = parser.add_mutually_exclusive_group()
        where.add_argument(
            "--jobs",
            type=int,
            default=os.cpu_count() or 1,
            metavar="N",
            help="Number of processes (default: one per core).",
        )
        where.add_argument(
            "--scheduler",
            metavar="URL",
            help="Build by the workers of this Dask scheduler instead, on any number "
            "of machines; needs PostgreSQL and requirements-extras.txt.",
        )
        self.add_json(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["jobs"] < 1:
            raise CommandError("--jobs must be 1 or more.", returncode=2)
        with self.progress("signature") as bar:

            def on_built(total: int) -> None:
                bar.total = total
                bar.update()

            try:
                with _builders(options) as builders:
                    built = self._build(options, builders, on_built)
            except (backgrounds.NotEnoughUsersError, cluster.ClusterError) as error:
                raise CommandError(str(error)) from None
        if built:
            record("signatures built", signatures=built)
        style_map.prepare()
        if options["json"]:
            self.write_json({"built": built})
        else:
            self.stdout.write(f"{built:,} signatures built.")

    def _build(
        self, options: dict[str, Any], builders: Builders, on_built: OnBuilt
    ) -> int:
        if options["handles"]:
            users = self._named(options["handles"])
            return rebuild.rebuild(users, builders, on_built)
        build = rebuild.rebuild_all if options["all"] else rebuild.rebuild_stale
        return build(builders, on_built)

    def _named(self, handles: list[str]) -> list[User]:
        found = {user.handle.lower(): user for user in User.objects.by_handles(handles)}
        wanted = [handle.removeprefix("@").lower() for handle in handles]
        if unknown := [handle for handle in wanted if handle not in found]:
            raise CommandError(f"Not known here: {', '.join(unknown)}")
        if few := [u for u in found.values() if not u.is_predictable]:
            counts = ", ".join(
                f"@{user.handle} has {user.eligible_count}" for user in few
            )
            raise CommandError(
                f"Too few eligible tweets: {counts}; {MIN_TWEETS} are needed."
            )
        return list(found.values())


def _builders(options: dict[str, Any]) -> AbstractContextManager[Builders]:
    if options["scheduler"]:
        return cluster.Cluster(options["scheduler"])
    return nullcontext(LocalProcesses(options["jobs"]))
