"""Deletes tweets and keeps their users."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from common.audit import record
from tweets.models import Gap, Merge, Tweet, User
from tweets.store import changes


def reset_tweets(users: Iterable[User]) -> int:
    """Delete all tweets of these users and forget how far their timelines were read.

    Returns how many tweets were deleted. Each user is a transaction of its own.
    """
    deleted = 0
    for user in users:
        with transaction.atomic():
            User.objects.lock([user.pk])
            gone = Tweet.objects.filter(user=user).delete()[0]
            Gap.objects.filter(user=user).delete()
            User.objects.filter(pk=user.pk).update(newest_x_id=None, refreshed_at=None)
            if gone:
                User.objects.mark_changed([user.pk])
            record("tweets reset", user, tweets=gone)
            Merge.objects.forget_deleted([user.pk])
            repaired = User.objects.recount([user.pk])
        changes.announce({user.pk} if gone else repaired)
        deleted += gone
    return deleted


def delete_tweets(tweets: QuerySet[Tweet]) -> int:
    """Delete some tweets; return how many."""
    with transaction.atomic():
        users = set(tweets.order_by().values_list("user_id", flat=True).distinct())
        User.objects.lock(users)
        named = User.objects.filter(pk__in=users).first() if len(users) == 1 else None
        deleted = tweets.delete()[0]
        if deleted:
            record("tweets deleted", named, tweets=deleted)
            Merge.objects.forget_deleted(users)
        User.objects.mark_changed(users)
        User.objects.recount(users)
    changes.announce(users)
    return deleted
