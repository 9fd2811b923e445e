"""What is typical of how a user writes, next to how people here usually write."""

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
DOES_SHOWN, LEAVES_SHOWN, WORDS_SHOWN = 6, 2, 14
TELLING_RATIO = 2.5


@dataclass(frozen=True)
class Portrait:
    """Lengths are medians in characters."""

    does: list[Trait]
    leaves: list[Trait]
    words: list[str]
    length: int
    usual_length: int


def portrait(user: User) -> Portrait | None:
    """None where the user or everybody else has no tweets."""
    totals = User.objects.listed().aggregate(users=Count("pk"), state=Sum("revision"))
    return _portrait(user.pk, totals["users"], totals["state"] or 0)


@lru_cache(maxsize=512)
def _portrait(user_id: int, users: int, state: int) -> Portrait | None:
    """As long as no user or tweet is added or taken away."""
    own = _newest(user_id, TWEETS_READ)
    sample = _sample(users, state)
    others = [text for pk, texts in sample.items() if pk != user_id for text in texts]
    if not own or not others:
        return None
    found = describe(own, others, MOST_TRAITS)
    return Portrait(
        does=[trait for trait in found.habits if trait.strength > 0][:DOES_SHOWN],
        leaves=[trait for trait in found.habits if trait.strength < 0][:LEAVES_SHOWN],
        words=[word.name for word in found.words if _is_rare_elsewhere(word)][
            :WORDS_SHOWN
        ],
        length=round(median(len(text) for text in own)),
        usual_length=round(median(len(text) for text in others)),
    )


def _is_rare_elsewhere(word: Trait) -> bool:
    """Common words tell a model much and a reader little."""
    return word.share >= TELLING_RATIO * word.share_of_others


@lru_cache(maxsize=1)
def _sample(users: int, state: int) -> dict[int, list[str]]:
    """Newest tweets of a spread of listed users."""
    ids = list(User.objects.listed().order_by("pk").values_list("pk", flat=True))
    chosen = ids[:: max(1, len(ids) // OTHERS_READ)][:OTHERS_READ]
    return {user_id: _newest(user_id, TWEETS_OF_OTHERS) for user_id in chosen}


def _newest(user_id: int, count: int) -> list[str]:
    newest = Tweet.objects.filter(user_id=user_id).newest_first()
    return list(newest.values_list("text", flat=True)[:count])
