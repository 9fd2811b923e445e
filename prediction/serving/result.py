"""The answer to one question, as pages, API and command line show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from common.texts import MIN_WORDS, word_count
from prediction.engine.calibration.holdout import HoldoutReport
from prediction.engine.calibration.none_of_these import NoneOfThese
from prediction.engine.models.answer import Answer
from tweets.models import User

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

    The weight is positive if that is the most likely user.
    """

    start: int
    end: int
    text: str
    weight: float
    toward: str


@dataclass(frozen=True)
class Piece:
    """A piece of the text; kind is `for`, `against`, or empty."""

    text: str
    kind: str


@dataclass(frozen=True)
class Result:
    """The answer to one question.

    Candidates come from most to least likely; members in the order of the holdout
    report's rows.
    """

    text: str
    engine: str
    candidates: list[Candidate]
    none_of_these: NoneOfThese
    held_out: HoldoutReport
    evidence: tuple[Evidence, ...]
    members: tuple[User, ...]

    @property
    def best(self) -> Candidate:
        return self.candidates[0]

    @property
    def runner_up(self) -> Candidate:
        return self.candidates[1]

    @property
    def notices(self) -> list[str]:
        return [TOO_SHORT] if word_count(self.text) < MIN_WORDS else []

    @property
    def marked_text(self) -> list[Piece]:
        """The whole text, cut where pieces of evidence begin and end."""
        pieces, done = [], 0
        for found in self.evidence:
            kind = "for" if found.weight > 0 else "against"
            pieces += [
                Piece(self.text[done : found.start], ""),
                Piece(self.text[found.start : found.end], kind),
            ]
            done = found.end
        pieces.append(Piece(self.text[done:], ""))
        return [piece for piece in pieces if piece.text]

    def as_json(self, top: int | None = None) -> dict[str, Any]:
        """Return the answer as programs get it, with the `top` likeliest candidates."""
        return {
            "text": self.text,
            "engine": self.engine,
            "predicted": self.best.user.handle,
            "none_of_these": {
                "flag": self.none_of_these.flag,
                "probability": self.none_of_these.probability,
            },
            "candidates": [
                {
                    "handle": candidate.user.handle,
                    "probability": candidate.probability,
                    "score": candidate.score,
                }
                for candidate in self.candidates[:top]
            ],
            "held_out": {
                "accuracy": self.held_out.accuracy,
                "chance": self.held_out.chance,
                "tweets": self.held_out.tweets,
            },
            "evidence": [
                {
                    "start": found.start,
                    "end": found.end,
                    "text": found.text,
                    "weight": found.weight,
                    "toward": found.toward,
                }
                for found in self.evidence
            ],
            "notices": self.notices,
        }


def candidates_of(answer: Answer, members: Sequence[User]) -> list[Candidate]:
    """Map the engine's positions to users, from most to least likely."""
    return [
        Candidate(members[place], answer.probabilities[place], answer.scores[place])
        for place in answer.order
    ]


def evidence_of(answer: Answer, members: Sequence[User]) -> tuple[Evidence, ...]:
    """Map an explanation's positions to handles; empty if there is none."""
    if answer.explanation is None:
        return ()
    return tuple(
        Evidence(
            span.start, span.end, span.text, span.weight, members[span.toward].handle
        )
        for span in answer.explanation.spans
    )
