"""What follows when tweets change."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.signals import post_delete
from django.dispatch import receiver

from common.texts import MIN_TWEETS
from prediction.models import Background, Batch, Feedback, Prediction, Signature
from prediction.tasks import build_first, build_soon
from prediction.training.feedback import retrain, training_texts_changed
from prediction.training.signals import signatures_needed
from tweets.models import User
from tweets.signals import (
    Comparison,
    styles_compared,
    tweets_changed,
    user_erased,
    users_merged,
    users_parted,
)
from tweets.store.traces import blank_log

FEW = 10


@receiver([tweets_changed, training_texts_changed])
def build_signatures_soon(user_id: int, **kwargs: Any) -> None:
    """Queue a build; a visitor who asks earlier has stale signatures built at once."""
    build_soon()


@receiver(signatures_needed)
def build_what_is_asked_for(user_ids: list[int], **kwargs: Any) -> None:
    """Queue what a visitor's question lacks; many users go with everybody's build."""
    if 0 < len(user_ids) <= FEW and Background.objects.current():
        build_first(user_ids)
    else:
        build_soon()


@receiver(tweets_changed)
def drop_signatures_of_too_few_tweets(user_id: int, **kwargs: Any) -> None:
    """Delete signatures of users who fell below the minimum of tweets.

    All other signatures are stale because the user's revision went up.
    """
    signatures = Signature.objects.filter(
        user_id=user_id, user__eligible_count__lt=MIN_TWEETS
    )
    if signatures.delete()[0] and not Signature.objects.exists():
        Background.objects.all().delete()


@receiver(user_erased)
def remove_erased_user(user: User, **kwargs: Any) -> None:
    """Delete saved predictions and batches that name the user, their tweets in
    backgrounds, and the files with their weights, which a worker writes anew.

    Their signatures go with the user.
    """
    # Imported late: numpy and scipy would slow every command down.
    from prediction.serving import index_files
    from prediction.training import backgrounds

    Prediction.objects.naming(user).delete()
    Batch.objects.naming(user).delete()
    for model in (Prediction, Feedback, Batch):
        blank_log(model)
    for background in Background.objects.all():
        backgrounds.remove_user(user.pk, background)
    Background.objects.note_removal()
    transaction.on_commit(index_files.drop_all)
    if Signature.objects.exists():
        build_soon()


@receiver(post_delete, sender=Feedback)
def retrain_without_deleted_feedback(instance: Feedback, **kwargs: Any) -> None:
    """Accepted feedback that is deleted trains no longer."""
    if instance.state == Feedback.State.ACCEPTED and instance.author_id:
        retrain(User.objects.filter(pk=instance.author_id).first())


@receiver(users_merged)
def move_to_merged_user(kept: User, gone: User, **kwargs: Any) -> dict[str, list[int]]:
    """Move feedback and saved predictions from the user who goes to the one kept."""
    moved = {"feedback": _keys(Feedback.objects.filter(author=gone))}
    accepted = Feedback.objects.accepted().filter(author=gone).exists()
    Feedback.objects.filter(author=gone).update(author=kept)
    # Imported late: numpy and scipy would slow every command down.
    from prediction.serving import index_files
    from prediction.training import backgrounds

    relabelled = [
        backgrounds.relabel_user(gone.pk, kept.pk, background)
        for background in Background.objects.all()
    ]
    if accepted or any(relabelled):
        retrain(kept)
    # They hold figures and weights of two people who are one.
    Background.objects.note_removal()
    transaction.on_commit(index_files.drop_all)
    # A question with both in its group makes no sense any longer.
    Prediction.objects.filter(group=kept).filter(group=gone).delete()
    moved["predictions"] = _keys(Prediction.objects.filter(group=gone))
    for saved in Prediction.objects.filter(group=gone):
        saved.rename(gone, kept)
    Batch.objects.filter(group=kept).filter(group=gone).delete()
    moved["batches"] = _keys(Batch.objects.filter(group=gone))
    for batch in Batch.objects.filter(group=gone):
        batch.rename(gone, kept)
    return moved


@receiver(styles_compared)
def compare(users: Sequence[User], **kwargs: Any) -> list[Comparison]:
    """Say how alike the styles are of users who may be one person."""
    # Imported late: numpy and scipy would slow every command down.
    from prediction.serving.map.same_person import compare_styles

    return compare_styles(users)


@receiver(users_parted)
def move_back(
    kept: User, gone: User, moved: dict[str, list[int]], **kwargs: Any
) -> None:
    """Move back what a merge moved. The background knows the tweets of both as those of
    one, so it goes without them until it is built anew."""
    from prediction.serving import index_files
    from prediction.training import backgrounds

    Feedback.objects.filter(pk__in=moved["feedback"], author=kept).update(author=gone)
    for saved in Prediction.objects.filter(pk__in=moved["predictions"], group=kept):
        saved.rename(kept, gone)
    for batch in Batch.objects.filter(pk__in=moved["batches"], group=kept):
        batch.rename(kept, gone)
    for background in Background.objects.all():
        backgrounds.remove_user(kept.pk, background)
    transaction.on_commit(index_files.drop_all)


def _keys(rows: QuerySet) -> list[int]:
    return list(rows.values_list("pk", flat=True))
