"""The answer to one question, as pages, API and command line show it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC
from typing import Any

from common.texts import MIN_WORDS, word_count
from prediction.engine.calibration.holdout import HoldoutReport
from prediction.engine.calibration.none_of_these import NoneOfThese
from prediction.engine.insight.explanation import Explanation
from prediction.engine.models.answer import Answer
from tweets.models import Tweet, User

DOUBTS = {
    "script": "none of them tweets in this script",
    "language": "none of them tweets in this language",
    "topic": "it has words that none of them uses",
    "style": "it resembles none of them closely enough",
}
# Weights from which on evidence is fairly strong, strong and very strong.
STRENGTHS = (1.0, 2.0, 4.0)
# Evidence of which nobody asked why.
UNEXPLAINED = {"why": None, "tweets": None}
TOO_SHORT = (
    "There is little to go by here: links and mentions aside, this has fewer than "
    f"{MIN_WORDS} words."
)


@dataclass(frozen=True)
class Candidate:
    """A user, the probability within the group, and the log-odds against everybody."""

    user: User
    probability: float
    score: float


@dataclass(frozen=True)
class Evidence:
    """Characters ``start`` to ``end`` of the text, and the handle they speak for.

    The weight, in log-odds, is positive if that is the most likely user; the handle is
    None for everybody else.
    """

    start: int
    end: int
    text: str
    weight: float
    toward: str | None

    @property
    def kind(self) -> str:
        """`for` or `against` the most likely user."""
        return "for" if self.weight > 0 else "against"

    @property
    def strength(self) -> int:
        """From 1, weak, to 4, very strong."""
        return 1 + sum(abs(self.weight) >= step for step in STRENGTHS)

    def as_json(self) -> dict[str, Any]:
        """Return what programs get."""
        return asdict(self) | {"strength": self.strength}


@dataclass(frozen=True)
class Change:
    """Without characters ``start`` to ``end``, the likeliest is this handle's user.

    ``smallest`` says that all spans of fewer words were tried.
    """

    start: int
    end: int
    text: str
    predicted: str
    smallest: bool


@dataclass(frozen=True)
class Verbatim:
    """A stored tweet that is the text asked about, word for word.

    `others` is how many other users wrote the same.
    """

    tweet: Tweet
    others: int

    @property
    def author(self) -> User:
        return self.tweet.user

    @property
    def url(self) -> str:
        """The original on X, or the author's page here where there is none."""
        return _url(self.tweet)

    def as_json(self) -> dict[str, Any]:
        """Return what programs get; times are in UTC."""
        found = tweet_json(self.tweet)
        del found["text"]
        return found


@dataclass(frozen=True)
class Piece:
    """A piece of the text, and its evidence, if any; evidence counts from 1."""

    text: str
    evidence: Evidence | None = None
    number: int = 0


@dataclass(frozen=True)
class Others:
    """The least likely of a large group together: a saved answer does not name them."""

    count: int
    probability: float


@dataclass(frozen=True)
class Result:
    """The answer to one question.

    Candidates come from most to least likely; members in the order of the holdout
    report's rows. `verbatim` is the tweet where somebody really wrote the text: then
    its author wins in the group, and the probabilities stay what the model said.
    `change` is looked for only where it is asked for. `others` are members beyond the
    candidates, in a saved answer of a large group.
    """

    text: str
    engine: str
    candidates: list[Candidate]
    none_of_these: NoneOfThese
    held_out: HoldoutReport
    evidence: tuple[Evidence, ...]
    members: tuple[User, ...]
    verbatim: Verbatim | None = None
    change: Change | None = None
    others: Others | None = None

    @property
    def size(self) -> int:
        """How many people were asked about."""
        return len(self.candidates) + (self.others.count if self.others else 0)

    @property
    def best(self) -> Candidate:
        """Who wins: the real author if in the group, or else the likeliest."""
        return self.ranking[0]

    @property
    def favourite(self) -> Candidate:
        """The likeliest by the model alone."""
        return self.candidates[0]

    @property
    def runner_up(self) -> Candidate:
        """The second by the model alone."""
        return self.candidates[1]

    @property
    def author(self) -> Candidate | None:
        """The member of the group who really wrote the text, if that is known."""
        if self.verbatim is None:
            return None
        wrote = self.verbatim.author.pk
        return next((c for c in self.candidates if c.user.pk == wrote), None)

    @property
    def ranking(self) -> list[Candidate]:
        """The candidates as they are shown: the real author before the likeliest."""
        author = self.author
        if author is None:
            return self.candidates
        return [author, *(c for c in self.candidates if c is not author)]

    @property
    def doubt(self) -> str:
        """Return why nobody of the group seems to have written it; may be empty."""
        return doubt_of(self.none_of_these)

    @property
    def notices(self) -> list[str]:
        return notices_of(self.text)

    @property
    def marked_text(self) -> list[Piece]:
        """The whole text, cut where pieces of evidence begin and end."""
        return cut(self.text, self.evidence)

    def as_json(self, top: int | None = None) -> dict[str, Any]:
        """Return the answer as programs get it, with the `top` likeliest candidates."""
        return {
            "text": self.text,
            "engine": self.engine,
            "predicted": self.best.user.handle,
            "verbatim": self.verbatim.as_json() if self.verbatim else None,
            "none_of_these": {
                "flag": self.none_of_these.flag,
                "probability": self.none_of_these.probability,
                "reason": self.none_of_these.reason,
            },
            "candidates": [
                {
                    "handle": candidate.user.handle,
                    "probability": candidate.probability,
                    "score": candidate.score,
                }
                for candidate in self.ranking[:top]
            ],
            "others": asdict(self.others) if self.others else None,
            "held_out": {
                "accuracy": self.held_out.accuracy,
                "chance": self.held_out.chance,
                "tweets": self.held_out.tweets,
            },
            "evidence": [found.as_json() | UNEXPLAINED for found in self.evidence],
            "change": asdict(self.change) if self.change else None,
            "notices": self.notices,
        }


def tweet_json(tweet: Tweet) -> dict[str, Any]:
    """Return a stored tweet as programs get it; times are in UTC."""
    at = tweet.posted_at
    return {
        "handle": tweet.user.handle,
        "text": tweet.text,
        "posted_at": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else None,
        "url": _url(tweet),
    }


def _url(tweet: Tweet) -> str:
    return tweet.x_url or tweet.user.get_absolute_url()


def cut(text: str, evidence: Sequence[Evidence]) -> list[Piece]:
    """Cut the text where pieces of evidence begin and end."""
    pieces, done = [], 0
    for number, found in enumerate(evidence, 1):
        pieces += [
            Piece(text[done : found.start]),
            Piece(text[found.start : found.end], found, number),
        ]
        done = found.end
    pieces.append(Piece(text[done:]))
    return [piece for piece in pieces if piece.text]


def doubt_of(none: NoneOfThese) -> str:
    """Return what nobody of the group writes like, as a clause; may be empty."""
    return DOUBTS.get(none.reason, "")


def notices_of(text: str) -> list[str]:
    """Return what to know about a text before trusting an answer."""
    return [TOO_SHORT] if word_count(text) < MIN_WORDS else []


def candidates_of(answer: Answer, members: Sequence[User]) -> list[Candidate]:
    """Map the engine's positions to users, from most to least likely."""
    return [
        Candidate(members[place], answer.probabilities[place], answer.scores[place])
        for place in answer.order
    ]


def evidence_of(
    explanation: Explanation | None, members: Sequence[User]
) -> tuple[Evidence, ...]:
    """Map an explanation's positions to handles; empty if there is none."""
    if explanation is None:
        return ()
    return tuple(
        Evidence(
            span.start, span.end, span.text, span.weight, members[span.toward].handle
        )
        for span in explanation.spans
    )
