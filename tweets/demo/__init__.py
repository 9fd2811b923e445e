"""The fictional users that come with HypoTweet, and how to load them."""

import json
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from common.audit import Tally, record
from tweets.models import User
from tweets.sources.read_source import read_source
from tweets.store.erasure import delete_user
from tweets.store.ingest import ingest

FOLDER = Path(__file__).parent / "tweets"


@dataclass(frozen=True)
class DemoReport:
    users: int
    stored: int
    taken: list[str]


def real_people() -> int:
    """Count the users of a site who are neither fictional nor its population."""
    return User.objects.tracked().exclude(source=User.Source.DEMO).count()


def remove_demo() -> int:
    """Delete the demo users with everything built from them; return how many."""
    users = list(User.objects.filter(source=User.Source.DEMO))
    with transaction.atomic():
        for user in users:
            delete_user(user)
        if users:
            record("demo removed", users=len(users))
    return len(users)


def load_demo() -> DemoReport:
    """Store the demo users and their tweets.

    What is stored already stays as it is. If a real user has one of the handles, that
    demo user is left out and named in the report.
    """
    cast = json.loads((FOLDER / "users.json").read_text(encoding="utf-8"))
    tally = Tally("demo loaded")
    stored, taken = 0, []
    for person in cast:
        user = _member(person, tally)
        if not user.is_fictional:
            taken.append(user.handle)
            continue
        if not user.bio:
            user.bio = person["description"]
            user.save(update_fields=["bio"])
        path = FOLDER / f"{person['handle'].lower()}.jsonl"
        source = read_source(path, handle=user.handle)
        report = ingest(source, User.Source.DEMO, audit=tally)
        stored += report.stored
    return DemoReport(len(cast) - len(taken), stored, taken)


@transaction.atomic
def _member(person: dict[str, str], tally: Tally) -> User:
    """Return the user with the handle of a fictional person, perhaps a new one."""
    user, is_new = User.objects.get_or_create(
        handle__iexact=person["handle"],
        defaults={
            "handle": person["handle"],
            "name": person["name"],
            "bio": person["description"],
            "source": User.Source.DEMO,
        },
    )
    if is_new:
        tally.add(new_users=1)
    return user
