"""What visitors say about predictions counts once staff accept it, and only then."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Account
from prediction.models import Feedback
from tweets.models import MIN_WORDS, Tweet, User
from tweets.store import ingest
from tweets.store.identity import gist, word_count

# What one visitor says about one user trains so often and no more.
MOST_PER_VISITOR = 5
# However many visitors agree, a user stays mostly what they really tweeted.
LARGEST_SHARE = 0.1


class TooManyAcceptedError(Exception):
    """So much of one visitor counts for this user already."""

    def __init__(self, author: User) -> None:
        super().__init__(
            f"{MOST_PER_VISITOR} texts of this visitor count for {author} already."
        )


def accept(feedback: Feedback, by: Account) -> bool:
    """Lets a claim count; False if it was not pending. Raises TooManyAcceptedError."""
    with transaction.atomic():
        if feedback.author is not None:
            User.objects.select_for_update().get(pk=feedback.author.pk)
            _refuse_flood(feedback, feedback.author)
        return _moderate(feedback, Feedback.State.ACCEPTED, by)


def reject(feedback: Feedback, by: Account) -> bool:
    """Puts a claim aside; False if it was not pending."""
    return _moderate(feedback, Feedback.State.REJECTED, by)


def undo(feedback: Feedback) -> bool:
    """Makes a claim pending again, as if nobody had looked at it."""
    decided = Feedback.objects.filter(pk=feedback.pk).exclude(
        state=Feedback.State.PENDING
    )
    was_accepted = Feedback.objects.accepted().filter(pk=feedback.pk).exists()
    done = decided.update(
        state=Feedback.State.PENDING, moderated_by=None, moderated_at=None
    )
    if done and was_accepted:
        retrain(feedback.author)
    return bool(done)


def retrain(author: User | None) -> None:
    """What trains this user changed."""
    if author is not None:
        User.objects.filter(pk=author.pk).update(revision=F("revision") + 1)
        transaction.on_commit(lambda: ingest.finish([author.pk]))


def accepted_texts(user_id: int) -> list[str]:
    """What trains a user beside their tweets: each text once, none that they tweeted,
    the first accepted first, and few beside what they tweeted."""
    tweets = Tweet.objects.filter(user_id=user_id).long_enough()
    known = set(tweets.values_list("gist", flat=True))
    found: dict[int, str] = {}
    claims = Feedback.objects.accepted().filter(author_id=user_id)
    for text in claims.order_by("moderated_at", "pk").values_list(
        "prediction__text", flat=True
    ):
        key = gist(text)
        if word_count(text) >= MIN_WORDS and key not in known:
            found.setdefault(key, text)
    return list(found.values())[: int(LARGEST_SHARE * len(known))]


def _refuse_flood(feedback: Feedback, author: User) -> None:
    counted = Feedback.objects.accepted().filter(
        author=author, visitor=feedback.visitor
    )
    if counted.count() >= MOST_PER_VISITOR:
        raise TooManyAcceptedError(author)


def _moderate(feedback: Feedback, state: Feedback.State, by: Account) -> bool:
    pending = Feedback.objects.pending().filter(pk=feedback.pk)
    done = pending.update(state=state, moderated_by=by, moderated_at=timezone.now())
    if done and state == Feedback.State.ACCEPTED:
        retrain(feedback.author)
    return bool(done)
