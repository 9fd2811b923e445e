"""What a worker of a cluster does: it sets Django up from its own environment, refuses
where it would store something else than others do, and reads and stores by itself.

Dask imports this by name in processes that know nothing of the site, so nothing of
Django is imported before it is set up. Only ids, numbers and names come in.
"""

import hashlib
import os
from collections.abc import Callable
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
# What signatures and evaluations are computed by.
CODE = ("common/texts.py", "prediction/engine", "prediction/training")
LIBRARIES = ("numpy", "scipy", "scikit-learn", "spacy")


class Refusal(NamedTuple):
    """Why a worker did nothing."""

    reason: str


def perform(task: str, argument: Any, expected: dict[str, str], **shared: Any) -> Any:
    """Do one task, unless code, libraries or database differ from the expected."""
    from django.db import close_old_connections

    _set_up()
    close_old_connections()
    try:
        if different := _differences(here(), expected):
            return Refusal(f"has {different}")
        return TASKS[task](argument, **shared)
    finally:
        close_old_connections()


def here() -> dict[str, str]:
    """Describe what this process computes by, and the database it stores in."""
    return {**_computed_by(), "database": _database()}


@lru_cache(maxsize=1)
def _computed_by() -> dict[str, str]:
    """A digest of the code, read once: what is loaded stays loaded."""
    digest = hashlib.sha256()
    for name in CODE:
        path = ROOT / name
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            if file.suffix in {".py", ".jsonl"}:
                digest.update(file.relative_to(ROOT).as_posix().encode())
                digest.update(file.read_bytes())
    return {"code": digest.hexdigest()[:12]} | {
        library: version(library) for library in LIBRARIES
    }


@lru_cache(maxsize=1)
def _database() -> str:
    """Identify the database, whatever its address is from this machine."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return connection.vendor
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (pg_control_system()).system_identifier, oid FROM pg_database "
            "WHERE datname = current_database()"
        )
        server, database = cursor.fetchone()
    return f"{server}-{database}"


def _differences(ours: dict[str, str], expected: dict[str, str]) -> str:
    return ", ".join(
        f"{name} {ours.get(name)} instead of {wanted}"
        for name, wanted in expected.items()
        if ours.get(name) != wanted
    )


def _set_up() -> None:
    import django
    from django.apps import apps

    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hypotweet_site.settings")
        django.setup()


def _build(user_id: int, how: str, background_id: int) -> bool:
    from prediction.training import signatures
    from prediction.training.tweet_features import TweetFeatures

    builds = {"build_one": signatures.build_one, "build_stale": signatures.build_stale}
    return builds[how](user_id, background_id, TweetFeatures())


def _evaluate(plan: Any) -> dict[str, Any]:
    from prediction.training.evaluations import carry_out

    return carry_out(plan)


TASKS: dict[str, Callable[..., Any]] = {"build": _build, "evaluate": _evaluate}
