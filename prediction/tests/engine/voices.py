"""Three invented people whose habits differ, and a fourth who is a stranger."""

import itertools

import numpy as np

from prediction.engine.calibration.holdout import background_rows
from prediction.engine.features import ngrams
from prediction.engine.models.background import Background
from prediction.engine.models.group import Group
from prediction.engine.models.signature import Signature, fit_signature, newest_profiles


def _combine(*columns: list[str]) -> list[str]:
    rows = [" ".join(words) for words in itertools.product(*columns)]
    # A stride that shares no factor with the length visits every row once.
    return [rows[i * 7 % len(rows)] for i in range(len(rows))]


KEEPER = _combine(
    ["The lamp was lit at dusk.", "Fog again tonight.", "Two ships passed at noon."],
    [
        "The gulls are quiet,",
        "The wind has turned,",
        "The sea lies flat,",
        "Rain came,",
    ],
    ["and I polished the lens.", "and I wrote it down.", "so the log is short."],
)
FAN = _combine(
    ["WHAT a goal!!!", "come on ref 😡", "3-1 and its not over!!", "lads lads lads"],
    [
        "that keeper is a joke",
        "we are going UP",
        "cant watch this anymore",
        "best derby",
    ],
    ["#COYB", "#matchday #COYB", "@cityfans see you saturday!!!"],
)
CRITIC = _combine(
    ["A quiet film", "An overlong sequel", "This debut", "The restored print"],
    ["(two stars)", "(four stars)", "- seen twice, alas -"],
    [
        "trusts its silences; few do.",
        "wants to be loved; I declined.",
        "is mere decor.",
    ],
)
STRANGER = _combine(
    ["ship it 🚀", "Day 12 of building in public:", "hiring!"],
    ["our growth is insane", "we just hit 10k signups", "talk to your users"],
    ["https://example.org/launch", "DM me", "thread 👇"],
)
VOICES = {"keeper": KEEPER, "fan": FAN, "critic": CRITIC}
NAMES = list(VOICES)


def background_of(voices: list[list[str]]) -> Background:
    """Sample all of these users' tweets; a user's id is its place in the list."""
    texts, owners, newest = [], [], []
    for owner, tweets in enumerate(voices):
        rows, flags = background_rows(len(tweets), len(tweets))
        texts += [tweets[row] for row in rows]
        owners += [owner] * len(rows)
        newest += flags
    return Background.fit(texts, owners, newest)


def signatures_of(voices: list[list[str]]) -> tuple[list[Signature], Background]:
    """Fit a signature for each user."""
    background = background_of(voices)
    found = [
        fit_signature(
            ngrams.transform(tweets), background, owner, newest_profiles(tweets)
        )
        for owner, tweets in enumerate(voices)
    ]
    return found, background


def group_of(voices: dict[str, list[str]]) -> Group:
    """Compose a group of these users, in this order."""
    found, background = signatures_of(list(voices.values()))
    return Group(found, background.idf)


def same(left: np.ndarray, right: np.ndarray) -> bool:
    """Say whether two arrays hold the same bytes."""
    return left.dtype == right.dtype and left.tobytes() == right.tobytes()
