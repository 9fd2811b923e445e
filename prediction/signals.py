"""What follows when tweets change."""

from typing import Any

from django.dispatch import receiver

from prediction.models import Background, Prediction, Signature
from prediction.tasks import build_soon
from tweets.models import MIN_ELIGIBLE, User
from tweets.signals import tweets_changed, user_erased


@receiver(tweets_changed)
def build_signatures_soon(user_id: int, **kwargs: Any) -> None:
    """Whoever asks before that has the stale ones built on demand."""
    build_soon()


@receiver(tweets_changed)
def forget_who_has_too_few_tweets(user_id: int, **kwargs: Any) -> None:
    """Signatures of others become stale by themselves: the revision went up."""
    signatures = Signature.objects.filter(
        user_id=user_id, user__eligible_count__lt=MIN_ELIGIBLE
    )
    if signatures.delete()[0] and not Signature.objects.exists():
        Background.objects.all().delete()


@receiver(user_erased)
def forget_the_erased(user: User, **kwargs: Any) -> None:
    """Signatures go with the user; what names or holds them elsewhere goes here."""
    # Imported late: numpy and scipy would slow every command down.
    from prediction import training

    Prediction.objects.naming(user).delete()
    for background in Background.objects.all():
        training.take_out(user.pk, background)
