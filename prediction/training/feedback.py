"""Feedback trains only once staff accept it, and can be undone."""

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from accounts.models import Account
from common.audit import record
from common.texts import MIN_WORDS, word_count
from prediction.models import Feedback
from tweets.models import Tweet, User
from tweets.store.identity import gist

# Sent after the commit when a user's training texts changed though none of their
# tweets did; carries `user_id`.
training_texts_changed = Signal()

# One visitor's feedback on one user trains this often at most.
MOST_PER_VISITOR = 5
# However many visitors agree, a user stays mostly what they really tweeted.
LARGEST_SHARE = 0.1


class TooManyAcceptedError(Exception):
    """The limit of accepted feedback of this visitor on this user is reached."""

    def __init__(self, author: User) -> None:
        super().__init__(
            f"{MOST_PER_VISITOR} texts from this visitor already count for {author}."
        )


def accept(feedback: Feedback, by: Account) -> bool:
    """Accept pending feedback; False if it was not pending.

    Raises TooManyAcceptedError.
    """
    with transaction.atomic():
        if feedback.author is not None:
            User.objects.select_for_update().get(pk=feedback.author.pk)
            _check_limit(feedback, feedback.author)
        return _moderate(feedback, Feedback.State.ACCEPTED, by)


def reject(feedback: Feedback, by: Account) -> bool:
    """Reject pending feedback; False if it was not pending."""
    return _moderate(feedback, Feedback.State.REJECTED, by)


@transaction.atomic
def undo(feedback: Feedback) -> bool:
    """Make feedback pending again; False if it already was."""
    decided = Feedback.objects.filter(pk=feedback.pk).exclude(
        state=Feedback.State.PENDING
    )
    was_accepted = Feedback.objects.accepted().filter(pk=feedback.pk).exists()
    done = decided.update(
        state=Feedback.State.PENDING, moderated_by=None, moderated_at=None
    )
    if done:
        record("feedback decision undone", feedback)
    if done and was_accepted:
        retrain(feedback.author)
    return bool(done)


def retrain(author: User | None) -> None:
    """Make a user's signature stale because their training texts changed."""
    if author is None:
        return
    User.objects.mark_changed([author.pk])
    transaction.on_commit(
        lambda: training_texts_changed.send(sender=Feedback, user_id=author.pk)
    )


def accepted_texts(user_id: int) -> list[str]:
    """Return accepted texts that train a user beside their tweets.

    Each text is there once, none repeats a tweet, the first accepted come first, and
    there are few in relation to the tweets.
    """
    tweets = Tweet.objects.filter(user_id=user_id).long_enough()
    known = set(tweets.values_list("gist", flat=True))
    found: dict[int, str] = {}
    accepted = Feedback.objects.accepted().filter(author_id=user_id)
    for text in accepted.order_by("moderated_at", "pk").values_list(
        "prediction__text", flat=True
    ):
        key = gist(text)
        if word_count(text) >= MIN_WORDS and key not in known:
            found.setdefault(key, text)
    return list(found.values())[: int(LARGEST_SHARE * len(known))]


def _check_limit(feedback: Feedback, author: User) -> None:
    counted = Feedback.objects.accepted().filter(
        author=author, visitor=feedback.visitor
    )
    if counted.count() >= MOST_PER_VISITOR:
        raise TooManyAcceptedError(author)


@transaction.atomic
def _moderate(feedback: Feedback, state: Feedback.State, by: Account) -> bool:
    pending = Feedback.objects.pending().filter(pk=feedback.pk)
    done = pending.update(state=state, moderated_by=by, moderated_at=timezone.now())
    if done:
        record(f"feedback {state}", feedback)
    if done and state == Feedback.State.ACCEPTED:
        retrain(feedback.author)
    return bool(done)
