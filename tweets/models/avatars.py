"""Pictures of users, taken from their own archives."""

from django.db import models

from tweets.models.users import User


class Avatar(models.Model):
    """A user's picture as WebP, 96 x 96 pixels, without any metadata."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    image = models.BinaryField()

    def __str__(self) -> str:
        return f"picture of {self.user}"
