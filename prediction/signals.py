"""What follows when tweets change."""

from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver

from prediction.models import Background, Feedback, Prediction, Signature
from prediction.tasks import build_soon
from prediction.training.feedback import retrain
from tweets.models import MIN_ELIGIBLE, User
from tweets.signals import tweets_changed, user_erased, users_merged


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
    from prediction.training import signatures

    Prediction.objects.naming(user).delete()
    for background in Background.objects.all():
        signatures.take_out(user.pk, background)


@receiver(post_delete, sender=Feedback)
def train_without_what_is_deleted(instance: Feedback, **kwargs: Any) -> None:
    """Where a saved prediction goes, what was accepted of it trains no longer."""
    if instance.state == Feedback.State.ACCEPTED and instance.author_id:
        retrain(User.objects.filter(pk=instance.author_id).first())


@receiver(users_merged)
def follow_the_merged(kept: User, gone: User, **kwargs: Any) -> None:
    """What is said of the one who goes is said of the one who stays."""
    Feedback.objects.filter(author=gone).update(author=kept)
    # Who stood beside themselves: that question makes no sense any longer.
    Prediction.objects.filter(group=kept).filter(group=gone).delete()
    for saved in Prediction.objects.filter(group=gone):
        saved.rename(gone, kept)
