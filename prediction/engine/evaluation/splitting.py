"""Training and test tweets of each user, without a text on both sides."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from common.texts import MIN_TWEETS, same_text_key

SplitBy = Literal["time", "random"]


@dataclass(frozen=True)
class Split:
    """Training and test tweets of the users in ``handles``, in that order.

    ``skipped`` maps the handles of users with too few tweets to their number.
    """

    handles: tuple[str, ...]
    train: tuple[tuple[str, ...], ...]
    test: tuple[tuple[str, ...], ...]
    skipped: dict[str, int]


def split(
    tweets_by_user: Mapping[str, Sequence[str]],
    train: int,
    test: int,
    by: SplitBy,
    seed: int,
) -> Split:
    """Choose ``test`` tweets of each user and up to ``train`` others.

    By time, the newest are the test and those just before are for training; otherwise
    both are drawn at random. A user with fewer than ``train + test`` different tweets
    trains on what is left, and is skipped if that is less than `MIN_TWEETS`. Texts
    with the same `same_text_key` count once per user, and those in anybody's test are
    removed from everybody's training.

    Parameters
    ----------
    tweets_by_user
        Oldest first.
    """
    handles, old, new, skipped = [], [], [], {}
    for handle in tweets_by_user:
        tweets = without_repeats(tweets_by_user[handle])
        if by == "random":
            random.Random(f"{seed} {handle}").shuffle(tweets)
        if len(tweets) < MIN_TWEETS + test:
            skipped[handle] = len(tweets)
            continue
        handles.append(handle)
        old.append(tweets[-train - test : -test])
        new.append(tweets[-test:])
    tested = {same_text_key(text) for tweets in new for text in tweets}
    kept = [tuple(without_repeats(tweets, tested)) for tweets in old]
    return Split(tuple(handles), tuple(kept), tuple(map(tuple, new)), skipped)


def without_repeats(texts: Iterable[str], seen: Iterable[str] = ()) -> list[str]:
    """Keep the first of texts that say the same, in order.

    Parameters
    ----------
    seen
        Keys (`same_text_key`) of texts to leave out altogether.
    """
    known = set(seen)
    kept = []
    for text in texts:
        key = same_text_key(text)
        if key not in known:
            known.add(key)
            kept.append(text)
    return kept


def labelled(texts: Sequence[Sequence[str]]) -> tuple[list[str], NDArray[np.int64]]:
    """Return all users' texts in one list, and the position of the user of each."""
    flat = [text for theirs in texts for text in theirs]
    sizes = [len(theirs) for theirs in texts]
    return flat, np.repeat(np.arange(len(texts)), sizes)
