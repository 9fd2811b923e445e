"""What is typical of how a user writes, in plain words, next to how people here
usually write."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log
from statistics import median

from django.db.models import Count, Sum

from tweets.models import Tweet, User

TWEETS_READ = 500
OTHERS_READ = 60
TWEETS_OF_OTHERS = 80
HABITS_SHOWN = 7
LEFT_OUT_SHOWN = 2
WORDS_SHOWN = 14
CLEARLY = log(1.5)
RARELY = 0.02

LINK = re.compile(r"https?://\S+")
WORD = re.compile(r"[^\W\d_][\w'’]*[^\W_]|[#]\w+")
EMOJI = re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]")
ENDS_OPEN = re.compile(r"[^\W_]\Z")
SHOUTED = re.compile(r"\b[A-Z]{3,}\b")

# A habit, as in "uses emoji in 3 of 10 tweets", and whether a text shows it.
HABITS: dict[str, Callable[[str], object]] = {
    "uses hashtags": re.compile(r"#\w").search,
    "uses emoji": EMOJI.search,
    "addresses somebody by @handle": re.compile(r"@\w").search,
    "links to something": LINK.search,
    "asks a question": re.compile(r"\?").search,
    "uses an exclamation mark": re.compile(r"!").search,
    "piles up exclamation or question marks": re.compile(r"[!?]{2,}").search,
    "shouts a WORD": lambda text: SHOUTED.search(LINK.sub("", text)),
    "starts with a small letter": lambda text: text[:1].islower(),
    "writes without any capital letter": lambda text: LINK.sub("", text).islower(),
    "ends without a full stop": lambda text: ENDS_OPEN.search(
        LINK.sub("", text).rstrip()
    ),
    "trails off…": re.compile(r"…|\.\.").search,
    "uses a dash": re.compile(r"[–—]| - ").search,
    "puts something in brackets": re.compile(r"\(").search,
    "quotes something": re.compile(r"[\"“”]").search,
    "names a number": lambda text: re.search(r"\d", LINK.sub("", text)),
    "breaks the line": re.compile(r"\n").search,
}


@dataclass(frozen=True)
class Manner:
    """How some texts are written: per habit the share of texts that show it, how long
    they are, and in how many of them each word stands."""

    shares: dict[str, float]
    length: float
    words: Counter[str]
    texts: int


@dataclass(frozen=True)
class Habit:
    """Out of ten tweets, how many show it: this user's, and usually here."""

    name: str
    own: float
    usual: float

    @property
    def weight(self) -> float:
        """How far it stands out; positive where the user does it more."""
        return log((self.own + RARELY) / (self.usual + RARELY))


@dataclass(frozen=True)
class Portrait:
    habits: list[Habit]
    words: list[str]
    length: int
    usual_length: int


def portrait(user: User) -> Portrait | None:
    """What stands out about this user; None without tweets."""
    own = _manner_of(user.pk, user.revision)
    if not own.texts:
        return None
    totals = User.objects.listed().aggregate(users=Count("pk"), state=Sum("revision"))
    usual = _usual_manner(totals["users"], totals["state"])
    habits = [Habit(name, own.shares[name], usual.shares[name]) for name in HABITS]
    return Portrait(
        habits=_clearest(habits),
        words=_telling_words(own, usual),
        length=round(own.length),
        usual_length=round(usual.length),
    )


def _clearest(habits: list[Habit]) -> list[Habit]:
    """What somebody does tells more than what somebody leaves out."""
    ranked = sorted(habits, key=lambda habit: -abs(habit.weight))
    does = [habit for habit in ranked if habit.weight > CLEARLY]
    leaves = [habit for habit in ranked if habit.weight < -CLEARLY]
    return (does + leaves[:LEFT_OUT_SHOWN])[:HABITS_SHOWN]


def manner(texts: Sequence[str]) -> Manner:
    """Measures these texts."""
    words: Counter[str] = Counter()
    for text in texts:
        words.update(set(_words(text)))
    count = max(len(texts), 1)
    return Manner(
        shares={
            name: sum(bool(shows(text)) for text in texts) / count
            for name, shows in HABITS.items()
        },
        length=median([len(text) for text in texts] or [0]),
        words=words,
        texts=len(texts),
    )


def _words(text: str) -> Iterable[str]:
    found = WORD.findall(LINK.sub(" ", text))
    return (word.lower().replace("’", "'") for word in found)


def _telling_words(own: Manner, usual: Manner) -> list[str]:
    """Words used in more of this user's tweets than in others', weighed by how often:
    a smoothed log ratio times the square root of the count."""

    def ratio(word: str) -> float:
        share = (own.words[word] + 0.1) / (own.texts + 1)
        return log(share * (usual.texts + 1) / (usual.words[word] + 0.5))

    often = [word for word, count in own.words.items() if count >= 3]
    telling = {word: ratio(word) for word in often if ratio(word) > 1}
    return sorted(telling, key=lambda word: -telling[word] * own.words[word] ** 0.5)[
        :WORDS_SHOWN
    ]


@lru_cache(maxsize=256)
def _manner_of(user_id: int, revision: int) -> Manner:
    """As of this revision of the user's tweets."""
    newest = Tweet.objects.filter(user_id=user_id).newest_first()
    return manner(list(newest.values_list("text", flat=True)[:TWEETS_READ]))


@lru_cache(maxsize=1)
def _usual_manner(users: int, state: int) -> Manner:
    """Over a spread of users, as long as no user or tweet is added or taken away."""
    ids = list(User.objects.listed().order_by("pk").values_list("pk", flat=True))
    chosen = ids[:: max(1, len(ids) // OTHERS_READ)][:OTHERS_READ]
    texts: list[str] = []
    for user_id in chosen:
        newest = Tweet.objects.filter(user_id=user_id).newest_first()
        texts += newest.values_list("text", flat=True)[:TWEETS_OF_OTHERS]
    return manner(texts)
