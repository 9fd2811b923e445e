"""The answer to one question, as the form, the API and the command line get it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from common.texts import MIN_WORDS, word_count
from prediction.engine.calibration.holdout import HoldoutReport
from prediction.engine.calibration.none_of_these import NoneOfThese
from prediction.engine.models.answer import Answer
from tweets.models import User

LITTLE = (
    "There is little to go by here: links and mentions aside, this has fewer than "
    f"{MIN_WORDS} words."
)


@dataclass(frozen=True)
class Candidate:
    """A user of the group, how likely within it, and the log-odds on its own."""

    user: User
    probability: float
    score: float


@dataclass(frozen=True)
class Evidence:
    """Characters ``start`` to ``end`` of the text, and the handle they speak for; the
    weight is positive where that is the most likely user."""

    start: int
    end: int
    text: str
    weight: float
    toward: str


@dataclass(frozen=True)
class Piece:
    """A stretch of the text; kind is `for`, `against`, or empty."""

    text: str
    kind: str


@dataclass(frozen=True)
class Result:
    """The answer to one question. Candidates stand from most to least likely, members
    in the order asked, which is that of the held-out report's rows."""

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
        return [LITTLE] if word_count(self.text) < MIN_WORDS else []

    @property
    def marked_text(self) -> list[Piece]:
        """The whole text, cut where the evidence begins and ends."""
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
        """The answer as programs get it, with the `top` most likely candidates."""
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
    """The users at the engine's positions, from most to least likely."""
    return [
        Candidate(members[place], answer.probabilities[place], answer.scores[place])
        for place in answer.order
    ]


def evidence_of(answer: Answer, members: Sequence[User]) -> tuple[Evidence, ...]:
    """What speaks for which user; empty where the answer has no explanation."""
    if answer.explanation is None:
        return ()
    return tuple(
        Evidence(
            span.start, span.end, span.text, span.weight, members[span.toward].handle
        )
        for span in answer.explanation.spans
    )
