"""What a visitor's question lacks: nobody waits for more than a second, and nothing is
built twice at once.

Where a worker runs, it builds. Elsewhere the first visitor does, and others get the
last version or are told to come again.
"""

from collections.abc import Sequence

from common.http.later import BeingPreparedError
from common.jobs.heartbeat import builders
from common.jobs.locks import tried
from prediction.models import Background, Signature
from prediction.training import backgrounds, signatures
from prediction.training.signals import signatures_needed
from prediction.training.tweet_features import TweetFeatures
from tweets.models import User


def provide(users: Sequence[User]) -> None:
    """Have stale and missing signatures built.

    Raises NotEnoughUsersError, and BeingPreparedError where nothing is there yet.
    """
    version = background()
    if builders().exists():
        ids = [user.pk for user in users]
        signatures_needed.send(Signature, user_ids=ids)
        return
    features = TweetFeatures()
    for user in users:
        signatures.try_stale(user.pk, version.pk, features)


def background() -> Background:
    """Return the version in use. Raises like `provide`."""
    backgrounds.discard_unreadable()
    if current := Background.objects.current():
        return current
    backgrounds.check_users()
    if builders().exists():
        signatures_needed.send(Signature, user_ids=[])
        raise BeingPreparedError
    with tried(backgrounds.LOCK) as is_free:
        if is_free:
            return backgrounds.first_background()
    raise BeingPreparedError


def replace_damaged(users: Sequence[User]) -> None:
    """Have what is damaged of these users, or of the version, built again."""
    if not builders().exists():
        signatures.build(users)
        return
    backgrounds.discard_damaged()
    signatures.delete_damaged(Signature.objects.filter(user__in=users))
