"""Recognises texts that somebody really wrote: they are stored, word for word."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from common.texts import MIN_WORDS, same_text_key, word_count
from prediction.serving.question import Pool
from prediction.serving.result import Result, Verbatim
from tweets.models import Tweet, User
from tweets.store.identity import gist

_UNDATED = datetime.max.replace(tzinfo=UTC)


def recognised(results: Sequence[Result], among: Pool) -> list[Result]:
    """Return the results, each with the stored tweet of the same text where `among`
    have one. One query for all; an author in the group goes before one outside."""
    wrote = writings((result.text for result in results), among)
    return [
        replace(result, verbatim=first_of(wrote.get(result.text, []), result.members))
        for result in results
    ]


def writings(texts: Iterable[str], among: Pool) -> dict[str, list[Tweet]]:
    """Find the tweets that are the same text by `same_text_key`, the earliest of each
    user, the earliest first.

    Texts of very few words are left out: anybody may have written them.
    """
    keys = {t: same_text_key(t) for t in texts if word_count(t) >= MIN_WORDS}
    hashes = {gist(text) for text in keys}
    found: dict[str, dict[int, Tweet]] = {}
    for tweet in sorted(among.tweets(hashes), key=_age):
        # Hashes only find candidates: different texts may share one.
        found.setdefault(same_text_key(tweet.text), {}).setdefault(tweet.user_id, tweet)
    return {text: list(found.get(key, {}).values()) for text, key in keys.items()}


def first_of(tweets: Sequence[Tweet], group: Sequence[User]) -> Verbatim | None:
    """Name the first member of the group who wrote it, or else the first of all."""
    if not tweets:
        return None
    ids = {user.pk for user in group}
    chosen = next((tweet for tweet in tweets if tweet.user_id in ids), tweets[0])
    return Verbatim(chosen, others=len(tweets) - 1)


def _age(tweet: Tweet) -> tuple[datetime, int, int]:
    return tweet.posted_at or _UNDATED, tweet.position, tweet.pk
