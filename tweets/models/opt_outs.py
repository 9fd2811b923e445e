"""People whose tweets must not be stored."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Lower

from tweets.sources.fields.identifiers import parse_handle


class OptOutQuerySet(models.QuerySet["OptOut"]):
    def covers(self, handle: str, x_id: int | None = None) -> bool:
        known = Q(handle__iexact=handle)
        if x_id is not None:
            known |= Q(x_id=x_id)
        return self.filter(known).exists()

    def hold(self) -> None:
        """Let nobody opt out until the caller's transaction ends.

        Whoever tries to waits, and then finds what the transaction stored. On SQLite,
        transactions that write follow each other anyway.
        """
        if connection.vendor == "postgresql":
            table = self.model._meta.db_table  # noqa: SLF001 - its documented name
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")

    def among(
        self, handles: Iterable[str], x_ids: Iterable[int]
    ) -> tuple[set[str], set[int]]:
        """Return which of these handles, in lower case, and X ids have opted out."""
        folded = {handle.lower() for handle in handles}
        rows = self.annotate(folded=Lower("handle"))
        by_handle = rows.filter(folded__in=folded).values_list("folded", flat=True)
        by_id = rows.filter(x_id__in=set(x_ids)).values_list("x_id", flat=True)
        return set(by_handle), {x_id for x_id in by_id if x_id is not None}


class OptOut(models.Model):
    """A person whose tweets must not be stored again."""

    handle = models.CharField(max_length=50)
    x_id = models.BigIntegerField("X id", null=True, blank=True, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OptOutQuerySet.as_manager()
    RECORDS_ITSELF = ("added", "changed")

    class Meta:
        verbose_name = "opt-out"
        ordering = [Lower("handle")]
        constraints = [
            models.UniqueConstraint(Lower("handle"), name="opt_out_handle_unique")
        ]

    def __str__(self) -> str:
        """Name nobody: the admin's log keeps this."""
        return f"opt-out {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the handle as X spells it, however it was typed."""
        self.handle = self.handle.strip().removeprefix("@")
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Raise ValidationError for what is no handle."""
        try:
            self.handle = parse_handle(self.handle) or ""
        except ValueError as error:
            raise ValidationError({"handle": str(error)}) from None
        if not self.handle:
            raise ValidationError({"handle": "Give a handle."})
