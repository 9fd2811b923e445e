"""Finds the stored user of each record, or creates one."""

from tweets.models import OptOut, User
from tweets.sources.records import TweetRecord


class Authors:
    """Resolves the authors of records, and remembers them for the rest of a run.

    Tracked users and the reference population never take each other's tweets.
    """

    def __init__(self, source: User.Source) -> None:
        self.source = source
        self._resolved: dict[tuple[str, int | None], int | str] = {}
        opted_out = OptOut.objects.values_list("handle", "x_id")
        self._refused_handles = {handle.lower() for handle, _ in opted_out}
        self._refused_ids = {x_id for _, x_id in opted_out if x_id is not None}

    def resolve(self, records: list[TweetRecord]) -> list[int | str]:
        """Return for each record its user's primary key, or why there is none."""
        keys = [_key(record) for record in records]
        missing: dict[tuple[str, int | None], TweetRecord] = {}
        for key, record in zip(keys, records, strict=True):
            if key not in self._resolved:
                missing.setdefault(key, record)
        # Sorted, so that two concurrent imports lock rows in the same order.
        for key in sorted(missing, key=str):
            self._resolved[key] = self._resolve(missing[key])
        return [self._resolved[key] for key in keys]

    def _resolve(self, record: TweetRecord) -> int | str:
        handle, x_id = record.handle or "", record.author_x_id
        if handle.lower() in self._refused_handles or x_id in self._refused_ids:
            return "opted out"
        if x_id is not None and (user := User.objects.filter(x_id=x_id).first()):
            return self._accept(user)
        if not handle:
            return "no author"
        user = User.objects.by_handle(handle).first()
        if user is None:
            return self._create(record, handle)
        if x_id is not None and user.x_id not in (None, x_id):
            return "handle belongs to another X id"
        accepted = self._accept(user)
        if accepted == user.pk and x_id is not None and user.x_id is None:
            User.objects.filter(pk=user.pk).update(x_id=x_id)
        return accepted

    def _accept(self, user: User) -> int | str:
        wants_reference = self.source == User.Source.REFERENCE
        if user.is_reference == wants_reference:
            return user.pk
        return "in the reference population" if user.is_reference else "tracked here"

    def _create(self, record: TweetRecord, handle: str) -> int:
        User.objects.bulk_create(
            [
                User(
                    handle=handle,
                    x_id=record.author_x_id,
                    name=record.author_name[:100],
                    source=self.source,
                    is_listed=self.source != User.Source.REFERENCE,
                )
            ],
            ignore_conflicts=True,
        )
        return User.objects.by_handle(handle).get().pk


def _key(record: TweetRecord) -> tuple[str, int | None]:
    return (record.handle or "").lower(), record.author_x_id
