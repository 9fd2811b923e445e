"""A small file of erasures and opt-outs, kept beside the backups.

A backup still holds whoever was erased after it was made. This file keeps them out when
it is restored. It names nobody who was only erased: it has digests of their handles.
"""

import json
import logging
import os
from collections.abc import Iterator
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone

from tweets.models import OptOut, User
from tweets.signals import user_erased
from tweets.store.erasure import delete_user, opt_out_of

logger = logging.getLogger(__name__)
_PERSON = b"hypotweet erased"


@receiver(user_erased)
def note_erasure(user: User, **kwargs: Any) -> None:
    """Note an erasure, before it is committed: one too many is the smaller mistake."""
    known = [name.lower() for name in user.names] + (
        [str(user.x_id)] if user.x_id else []
    )
    _append({"erased": [_digest(name) for name in known]})


@receiver(post_save, sender=OptOut)
def note_opt_out(instance: OptOut, **kwargs: Any) -> None:
    _append({"opted_out": instance.handle, "x_id": instance.x_id})


@receiver(post_delete, sender=OptOut)
def note_end_of_opt_out(instance: OptOut, **kwargs: Any) -> None:
    _append({"opt_out_ended": instance.handle})


def _append(what: dict[str, Any]) -> None:
    path = Path(settings.ERASURES_FILE)
    line = json.dumps({"at": timezone.now().isoformat()} | what) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
            file.write(line)
    except OSError as error:
        # Nobody is kept from being erased by a full disk.
        logger.error("An erasure could not be noted for restores: %s", error)


def apply_since(moment: datetime, path: Path) -> int:
    """Erase and opt out whoever a file says was, after that moment; count them.

    Whose opt-out was removed since may be stored again, but does not come back.
    """
    digests: set[str] = set()
    opted_out: dict[str, tuple[str, int | None]] = {}
    ended: set[str] = set()
    for entry in _entries(path, moment):
        digests |= set(entry.get("erased", ()))
        if handle := entry.get("opted_out"):
            opted_out[handle.lower()] = handle, entry.get("x_id")
            ended.discard(handle.lower())
        if handle := entry.get("opt_out_ended"):
            opted_out.pop(handle.lower(), None)
            ended.add(handle.lower())
    for handle in ended:
        OptOut.objects.filter(handle__iexact=handle).delete()
    for handle, x_id in opted_out.values():
        opt_out_of(handle, x_id)
    kept_out = len(opted_out)
    for user in User.objects.only("pk", "handle", "x_id"):
        if {_digest(user.handle.lower()), _digest(str(user.x_id))} & digests:
            delete_user(user)
            kept_out += 1
    return kept_out


def _entries(path: Path, moment: datetime) -> Iterator[dict[str, Any]]:
    if not path.exists():
        return
    # Restoring notes erasures itself: what is there now is what counts.
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            entry = json.loads(line)
            later = datetime.fromisoformat(entry["at"]) > moment
        except (ValueError, TypeError, KeyError):
            logger.warning("A damaged line in %s was left out.", path)
            continue
        if later:
            yield entry


def _digest(name: str) -> str:
    return blake2b(name.encode(), digest_size=16, person=_PERSON).hexdigest()
