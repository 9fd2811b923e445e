"""Earlier handles of users: of those who were merged into them."""

from typing import Self

from django.db import models
from django.db.models.functions import Lower

from tweets.models.users import User


class AliasQuerySet(models.QuerySet["Alias"]):
    def by_handle(self, handle: str) -> Self:
        """Select by handle, without regard to case."""
        return self.alias(folded=Lower("handle")).filter(folded=handle.lower())


class Alias(models.Model):
    """A handle under which later imports find a user of another handle."""

    handle = models.CharField(max_length=50)
    user = models.ForeignKey(User, models.CASCADE, related_name="aliases")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AliasQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "aliases"
        ordering = [Lower("handle")]
        constraints = [
            models.UniqueConstraint(Lower("handle"), name="alias_handle_unique")
        ]

    def __str__(self) -> str:
        return f"@{self.handle}"
