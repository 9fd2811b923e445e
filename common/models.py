"""Windows of rate limits, and running workers."""

from django.db import models


class RateWindow(models.Model):
    """The number of requests from one client in the current window of time."""

    bucket = models.CharField(
        primary_key=True, max_length=64, help_text="A keyed hash of who asks for what."
    )
    ends_at = models.BigIntegerField(help_text="Seconds since 1970.", db_index=True)
    count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.bucket[:8]}…: {self.count}"


class Worker(models.Model):
    """A process that runs background tasks, and when it last sent a heartbeat."""

    id = models.CharField(primary_key=True, max_length=64)
    seen_at = models.DateTimeField()
    builds = models.BooleanField(
        default=True, help_text="Whether it takes tasks of the queue `builds`."
    )

    def __str__(self) -> str:
        return self.id
