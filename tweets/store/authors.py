"""Finds the stored user of each record, or creates one."""

from collections.abc import Collection

from tweets.models import Alias, OptOut, User
from tweets.sources.records import TweetRecord

# A handle in lower case, and an X id if the record has one.
Key = tuple[str, int | None]
IDENTITY = ("pk", "handle", "x_id")


class Authors:
    """Resolves the authors of records, and remembers them for the rest of a run.

    Tracked users and the reference population never take each other's tweets.
    Opt-outs are looked up anew for each batch, since one may be filed meanwhile.
    `created` are the keys of users who were not here before.
    """

    def __init__(self, source: User.Source) -> None:
        self.source = source
        self.created: set[int] = set()
        self._resolved: dict[Key, int | str] = {}

    def resolve(self, records: list[TweetRecord]) -> list[int | str]:
        """Return for each record its user's primary key, or why there is none.

        Locks the users until the caller's transaction ends, and lets nobody opt out.
        """
        OptOut.objects.hold()
        keys = [_key(record) for record in records]
        self._refuse_opted_out(keys)
        missing: dict[Key, TweetRecord] = {}
        for key, record in zip(keys, records, strict=True):
            if key not in self._resolved:
                missing.setdefault(key, record)
        # Sorted, so that two concurrent imports lock rows in the same order.
        for key in sorted(missing, key=str):
            self._resolved[key] = self._resolve(missing[key])
        self._lock(set(keys))
        return [self._resolved[key] for key in keys]

    def _lock(self, keys: set[Key]) -> None:
        """Lock the users, so that a concurrent import cannot store the same tweets, and
        refuse those that are gone or, under another name, opted out."""
        of_key = {key: pk for key in keys if isinstance(pk := self._resolved[key], int)}
        there = User.objects.filter(pk__in=User.objects.lock(of_key.values()))
        rows = {pk: (handle, x_id) for pk, handle, x_id in there.values_list(*IDENTITY)}
        handles, x_ids = _opted_out(rows.values())
        for key, pk in of_key.items():
            if pk not in rows:
                self._resolved[key] = "erased or merged meanwhile"
            elif rows[pk][0].lower() in handles or rows[pk][1] in x_ids:
                self._resolved[key] = "opted out"

    def _refuse_opted_out(self, keys: list[Key]) -> None:
        handles, x_ids = _opted_out(keys)
        for handle, x_id in keys:
            if handle in handles or x_id in x_ids:
                self._resolved[handle, x_id] = "opted out"

    def _resolve(self, record: TweetRecord) -> int | str:
        handle, x_id = record.handle or "", record.author_x_id
        if x_id is not None and (user := User.objects.filter(x_id=x_id).first()):
            return self._accept(user, record)
        if not handle:
            return "no author"
        user = User.objects.by_handle(handle).first()
        if user is None and (alias := Alias.objects.by_handle(handle).first()):
            # Whoever else has this handle on X by now is somebody else here, too.
            mine = x_id is None or alias.user.x_id in (None, x_id)
            user = alias.user if mine else None
        if user is None:
            return self._create(record, handle)
        if x_id is not None and user.x_id not in (None, x_id):
            return "handle belongs to another X id"
        accepted = self._accept(user, record)
        if accepted == user.pk and x_id is not None and user.x_id is None:
            User.objects.filter(pk=user.pk).update(x_id=x_id)
        return accepted

    def _accept(self, user: User, record: TweetRecord) -> int | str:
        wants_reference = self.source == User.Source.REFERENCE
        if user.is_reference == wants_reference:
            _introduce(user, record)
            return user.pk
        return "in the reference population" if user.is_reference else "tracked here"

    def _create(self, record: TweetRecord, handle: str) -> int:
        User.objects.bulk_create(
            [
                User(
                    handle=handle,
                    x_id=record.author_x_id,
                    name=record.author_name,
                    bio=record.author_bio,
                    source=self.source,
                    is_listed=self.source != User.Source.REFERENCE,
                )
            ],
            ignore_conflicts=True,
        )
        user = User.objects.by_handle(handle).get()
        self.created.add(user.pk)
        return user.pk


def _introduce(user: User, record: TweetRecord) -> None:
    """Store the name and the bio where none are stored yet."""
    known = user.name, user.bio
    user.name, user.bio = user.name or record.author_name, user.bio or record.author_bio
    if (user.name, user.bio) != known:
        user.save(update_fields=["name", "bio"])


def _key(record: TweetRecord) -> Key:
    return (record.handle or "").lower(), record.author_x_id


def _opted_out(people: Collection[Key]) -> tuple[set[str], set[int]]:
    return OptOut.objects.among(
        (handle for handle, _ in people),
        (x_id for _, x_id in people if x_id is not None),
    )
