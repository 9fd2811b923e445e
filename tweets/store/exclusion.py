"""Excludes tweets from training."""

from django.db import transaction
from django.db.models import QuerySet

from common.audit import record
from tweets.models import Tweet, User
from tweets.store import changes


def set_excluded(tweets: QuerySet[Tweet], is_excluded: bool) -> int:
    """Exclude tweets from training, or include them again; return how many changed."""
    changing = tweets.filter(is_excluded=not is_excluded).order_by()
    with transaction.atomic():
        users = set(changing.values_list("user_id", flat=True).distinct())
        User.objects.lock(users)
        named = User.objects.filter(pk__in=users).first() if len(users) == 1 else None
        changed = changing.update(is_excluded=is_excluded)
        if changed:
            done = "tweets excluded" if is_excluded else "tweets included again"
            record(done, named, tweets=changed)
        User.objects.mark_changed(users)
        User.objects.recount(users)
    changes.announce(users)
    return changed
