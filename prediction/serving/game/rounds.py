"""Rounds of "Guess who": a held-out tweet, and which of four people wrote it."""

import random
from collections.abc import Iterator
from dataclasses import replace

from prediction.engine.models.group import Group
from prediction.models import Signature
from prediction.serving.loader import compose_small, compose_whole
from prediction.serving.result import Candidate, candidates_of
from tweets.models import Tweet, User

PLAYERS = 4
MIN_WORDS_SHOWN = 6


def new_round() -> tuple[Tweet, list[User]] | None:
    """Return a held-out tweet and the suspects; None with fewer than two users."""
    people = User.objects.listed().everyone().order_by("?")
    users = list(people[:PLAYERS])
    if len(users) < 2:
        return None
    compose_small(users)
    author = random.choice(users)
    tweets = list(_held_out(author))
    long_enough = [tweet for tweet in tweets if tweet.word_count >= MIN_WORDS_SHOWN]
    return random.choice(long_enough or tweets), users


def model_guess(tweet: Tweet, users: list[User]) -> Candidate:
    """Return the guess of models trained without the users' newest tweets."""
    composed = compose_whole(users)
    answer = _blind(composed.group).predict([tweet.text])[0]
    return candidates_of(answer, composed.members)[0]


def _blind(group: Group) -> Group:
    signatures = [
        replace(signature, model=signature.holdout.model)
        for signature in group.signatures
        if signature.holdout
    ]
    return Group(signatures, group.idf, group.calibration)


def _held_out(author: User) -> Iterator[Tweet]:
    """Yield the newest distinct tweets, as many as the signature held out."""
    signatures = Signature.objects.filter(user=author, background__is_current=True)
    left = signatures.values_list("held_out_count", flat=True).get()
    seen: set[int] = set()
    for tweet in author.tweets.long_enough().newest_first()[: 20 * left]:
        if len(seen) < left and tweet.gist not in seen:
            seen.add(tweet.gist)
            yield tweet
