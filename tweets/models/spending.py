"""What was read from X on each day, for the budget."""

from django.db import models


class DayOfReading(models.Model):
    """Posts and users read from X on one day (UTC), by all processes together.

    A request counts before it is sent, and is corrected once its answer is there: a
    process that is killed between the two has counted too much, never too little.
    """

    day = models.DateField(unique=True)
    posts = models.PositiveIntegerField(default=0)
    users = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-day"]
        verbose_name_plural = "days of reading"

    def __str__(self) -> str:
        return f"{self.day}: {self.posts:,} posts, {self.users:,} users"
