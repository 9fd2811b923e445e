"""The style profile of a person: what is typical of their writing."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import median

from django.db.models import Count, Sum

from prediction.engine.insight.typical import Trait, describe
from tweets.models import Tweet, User

TWEETS_READ = 500
OTHERS_READ = 60
TWEETS_OF_OTHERS = 25
MOST_TRAITS = 60
DOES_SHOWN, AVOIDS_SHOWN, WORDS_SHOWN = 6, 2, 14
TELLING_RATIO = 2.5


@dataclass(frozen=True)
class StyleProfile:
    """What a user does more and less than others; lengths are medians in characters."""

    does: list[Trait]
    avoids: list[Trait]
    words: list[str]
    length: int
    usual_length: int


def style_profile(user: User) -> StyleProfile | None:
    """Return the profile; None if the user or everybody else has no tweets."""
    totals = User.objects.listed().aggregate(users=Count("pk"), state=Sum("revision"))
    return _style_profile(user, totals["users"], totals["state"] or 0)


@lru_cache(maxsize=512)
def _style_profile(user: User, users: int, state: int) -> StyleProfile | None:
    """Compute the profile; `users` and `state` make the cache notice new tweets."""
    own = _newest(user.pk, TWEETS_READ)
    sample = _sample(users, state)
    others = [text for pk, texts in sample.items() if pk != user.pk for text in texts]
    if not own or not others:
        return None
    found = describe(own, others, MOST_TRAITS)
    return StyleProfile(
        does=[trait for trait in found.habits if trait.strength > 0][:DOES_SHOWN],
        avoids=[trait for trait in found.habits if trait.strength < 0][:AVOIDS_SHOWN],
        words=_words(found.words, f"@{user.handle.lower()}"),
        length=round(median(len(text) for text in own)),
        usual_length=round(median(len(text) for text in others)),
    )


def _words(found: Sequence[Trait], own_handle: str) -> list[str]:
    """Return the words to show; people name themselves in retweets by hand."""
    telling = [word.name for word in found if _is_rare_elsewhere(word)]
    return [name for name in telling if name != own_handle][:WORDS_SHOWN]


def _is_rare_elsewhere(word: Trait) -> bool:
    """Common words help the model but say little to a reader."""
    return word.share >= TELLING_RATIO * word.share_of_others


@lru_cache(maxsize=1)
def _sample(users: int, state: int) -> dict[int, list[str]]:
    """Return the newest tweets of users spread evenly over the listed ones."""
    ids = list(User.objects.listed().order_by("pk").values_list("pk", flat=True))
    chosen = ids[:: max(1, len(ids) // OTHERS_READ)][:OTHERS_READ]
    return {user_id: _newest(user_id, TWEETS_OF_OTHERS) for user_id in chosen}


def _newest(user_id: int, count: int) -> list[str]:
    newest = Tweet.objects.filter(user_id=user_id).newest_first()
    return list(newest.values_list("text", flat=True)[:count])
