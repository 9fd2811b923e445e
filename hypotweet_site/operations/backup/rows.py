"""Rows of the tables that are backed up, as JSON."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import BinaryField, Field, ManyToManyField, Model

from accounts.models import Account, ApiKey
from common.models import AuditEntry
from prediction.models import Feedback, Prediction
from tweets.models import (
    Alias,
    Avatar,
    DayOfReading,
    Fetch,
    Gap,
    Merge,
    OptOut,
    Tweet,
    User,
)

# In the order in which they are restored: a row comes after those that it names.
TABLES: tuple[type[Model], ...] = (
    Account, ApiKey, OptOut, User, Avatar, Tweet, Gap, Fetch, Prediction, Feedback,
    DayOfReading, Alias, Merge, AuditEntry,
)  # fmt: skip
CHUNK = 2_000
Row = dict[str, Any]


def name_of(table: type[Model]) -> str:
    """Return the name of a table's file in a backup."""
    return f"{table._meta.label_lower}.jsonl"


def rows_of(table: type[Model]) -> Iterator[Row]:
    """Yield every row, in the order of the keys."""
    rows = table._base_manager.order_by("pk")
    many = [field.name for field in _many(table)]
    if many:
        rows = rows.prefetch_related(*many)
    for row in rows.iterator(chunk_size=CHUNK):
        yield _as_json(row)


def _as_json(row: Model) -> Row:
    found = {field.attname: _value(row, field) for field in row._meta.concrete_fields}
    for field in _many(type(row)):
        others = getattr(row, field.name).all()
        found[field.name] = sorted(_key(other) for other in others)
    return found


def _value(row: Model, field: Field) -> object:
    value = getattr(row, field.attname)
    if isinstance(field, BinaryField):
        return None if value is None else b64encode(bytes(value)).decode()
    return value.isoformat() if isinstance(value, datetime | date) else value


def from_json(table: type[Model], row: Row) -> Model:
    """Make an object of a row; columns that it lacks have their defaults.

    Raises ValueError for a column that the table does not have.
    """
    columns = {field.attname: field for field in table._meta.concrete_fields}
    unknown = row.keys() - columns.keys() - {field.name for field in _many(table)}
    if unknown:
        raise ValueError(f"{table._meta.label} has no column {min(unknown)}")
    return table(
        **{
            name: field.to_python(row[name]) if row[name] is not None else None
            for name, field in columns.items()
            if name in row
        }
    )


def insert(table: type[Model], rows: list[Row]) -> None:
    """Insert rows as they are, with their keys and times."""
    objects = [from_json(table, row) for row in rows]
    # As Django loads fixtures: a plain insert would set times of creation to now.
    table._base_manager.all()._insert(  # type: ignore[attr-defined]
        objects,
        fields=table._meta.concrete_fields,
        using=None,
        raw=True,
    )
    for field in _many(table):
        _connect(field, objects, rows)


def _connect(field: ManyToManyField, objects: list[Model], rows: list[Row]) -> None:
    through: Any = field.remote_field.through
    own, other = field.m2m_column_name(), field.m2m_reverse_name()
    keys = dict(Group.objects.values_list("name", "pk"))
    through._base_manager.bulk_create(
        [
            through(**{own: made.pk, other: keys.get(key, key)})
            for made, row in zip(objects, rows, strict=True)
            for key in row.get(field.name, [])
            if isinstance(key, int) or key in keys
        ]
    )


def _many(table: type[Model]) -> list[ManyToManyField]:
    """Return the lists of other rows; single permissions are not given out here."""
    fields = table._meta.local_many_to_many
    return [field for field in fields if field.name != "user_permissions"]


def _key(row: Model) -> Any:
    """Return the key of a row; the name of a group, whose key differs elsewhere."""
    return row.name if isinstance(row, Group) else row.pk
