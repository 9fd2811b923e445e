from django.contrib.auth.models import AbstractUser


class Account(AbstractUser):
    """Somebody who signs in to this site. Tracked people are tweets.User."""

    class Meta(AbstractUser.Meta):
        verbose_name = "account"
        verbose_name_plural = "accounts"
