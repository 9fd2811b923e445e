"""People whose tweets must not be stored."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class OptOutQuerySet(models.QuerySet["OptOut"]):
    def covers(self, handle: str, x_id: int | None = None) -> bool:
        known = Q(handle__iexact=handle)
        if x_id is not None:
            known |= Q(x_id=x_id)
        return self.filter(known).exists()


class OptOut(models.Model):
    """A person whose tweets must not be stored again."""

    handle = models.CharField(max_length=50)
    x_id = models.BigIntegerField("X id", null=True, blank=True, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OptOutQuerySet.as_manager()

    class Meta:
        verbose_name = "opt-out"
        ordering = [Lower("handle")]
        constraints = [
            models.UniqueConstraint(Lower("handle"), name="opt_out_handle_unique")
        ]

    def __str__(self) -> str:
        return f"@{self.handle}"
