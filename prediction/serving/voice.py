"""Ranks all users by a longer text, or by several tweets together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from textwrap import wrap
from typing import Any, Self, cast

import numpy as np

from prediction.engine.calibration.holdout import HoldoutReport
from prediction.engine.calibration.none_of_these import NoneOfThese
from prediction.engine.insight.course import FEWEST_LINES, reach_of, rolling_shares
from prediction.engine.models.answer import Answer
from prediction.serving import loader
from prediction.serving.predictor import ENGINE
from prediction.serving.question import (
    LISTED,
    LONE_SURROGATE,
    MAX_CHARACTERS,
    clean_text,
)
from prediction.serving.result import (
    Candidate,
    Evidence,
    Piece,
    Result,
    candidates_of,
    evidence_of,
)
from prediction.serving.verbatim import recognised
from tweets.models import User

MAX_PIECE = 1_000
MARKS_SHOWN = 8
MOST_DRAWN = 4
# Users whose share is nowhere this large are not drawn.
LEAST_DRAWN = 0.05
POINTS, RUNS_STORED = 200, 40


def split_into_pieces(text: str) -> list[str]:
    """Split a text into pieces as long as tweets: its lines, long ones wrapped.

    Raises QuestionError if nothing is left.
    """
    whole = LONE_SURROGATE.sub("\ufffd", text.replace("\0", ""))
    lines = [line.strip() for line in whole.splitlines()]
    clean_text("\n".join(lines)[:MAX_CHARACTERS])
    return [
        part
        for line in lines
        if line
        for part in wrap(line, MAX_PIECE, break_on_hyphens=False)
    ]


@dataclass(frozen=True)
class Run:
    """Neighbouring lines, counted from 1, around which one user is the likeliest."""

    first: int
    last: int
    user: User


@dataclass(frozen=True)
class Course:
    """How likely users are around each line; ``reach`` lines to each side count.

    ``people`` are the likeliest by and large, with shares from 0 to 1 at points that
    are evenly spread over the lines.
    """

    lines: int
    reach: int
    people: tuple[tuple[User, tuple[float, ...]], ...]
    runs: tuple[Run, ...]

    def as_json(self) -> dict[str, Any]:
        """Return what is stored of it."""
        return {
            "lines": self.lines,
            "reach": self.reach,
            "people": [[user.pk, shares] for user, shares in self.people],
            "runs": [
                [run.first, run.last, run.user.pk] for run in self.runs[:RUNS_STORED]
            ],
        }

    @classmethod
    def of_json(cls, stored: Mapping[str, Any], users: Mapping[int, User]) -> Self:
        """Restore it, without whom the saved answer does not name any longer."""
        return cls(
            stored["lines"],
            stored["reach"],
            tuple(
                (users[pk], tuple(shares))
                for pk, shares in stored["people"]
                if pk in users
            ),
            tuple(
                Run(first, last, users[pk])
                for first, last, pk in stored["runs"]
                if pk in users
            ),
        )


@dataclass(frozen=True)
class Voice:
    """The answer for the pieces of a text together.

    ``result`` is about the whole text, with its strongest marks; there is no course of
    a text with few lines.
    """

    result: Result
    pieces: list[str]
    course: Course | None

    @property
    def candidates(self) -> list[Candidate]:
        return self.result.candidates

    @property
    def none_of_these(self) -> NoneOfThese:
        return self.result.none_of_these

    @property
    def best(self) -> Candidate:
        return self.result.best

    @property
    def lines(self) -> list[list[Piece]]:
        """The pieces with marks, in the order of the text."""
        return marked_lines(self.result)


def rank_voices(users: list[User], pieces: list[str]) -> Voice:
    """Rank users by all pieces together: their log-odds add up."""
    composed = loader.compose(users)
    answer = composed.group.predict_together(pieces, explain=True)
    members = composed.members
    result = Result(
        text="\n".join(pieces),
        engine=ENGINE,
        candidates=candidates_of(answer, members),
        none_of_these=answer.none_of_these,
        held_out=cast("HoldoutReport", composed.group.calibration.report),
        evidence=_strongest(pieces, answer, members),
        members=members,
    )
    return Voice(recognised([result], LISTED)[0], pieces, _course(answer, members))


def marked_lines(result: Result) -> list[list[Piece]]:
    """Return the lines of the text that have evidence, each cut at it.

    Evidence is numbered through the whole text.
    """
    lines, start = [], 0
    for line in result.text.split("\n"):
        end = start + len(line)
        marks = [
            (number, found)
            for number, found in enumerate(result.evidence, 1)
            if start <= found.start and found.end <= end
        ]
        if marks:
            lines.append(_cut(result.text, start, end, marks))
        start = end + 1
    return lines


def _cut(
    text: str, start: int, end: int, marks: Sequence[tuple[int, Evidence]]
) -> list[Piece]:
    pieces = []
    for number, found in marks:
        pieces.append(Piece(text[start : found.start]))
        pieces.append(Piece(text[found.start : found.end], found, number))
        start = found.end
    pieces.append(Piece(text[start:end]))
    return [piece for piece in pieces if piece.text]


def _strongest(
    pieces: Sequence[str], answer: Answer, members: Sequence[User]
) -> tuple[Evidence, ...]:
    """Return the strongest evidence of all pieces, by its place in the whole text."""
    found, start = [], 0
    for piece, explanation in zip(pieces, answer.explanations, strict=True):
        for mark in evidence_of(explanation, members):
            place = start + mark.start, start + mark.end
            found.append(Evidence(*place, mark.text, mark.weight, mark.toward))
        start += len(piece) + 1
    strongest = sorted(found, key=lambda mark: -abs(mark.weight))[:MARKS_SHOWN]
    return tuple(sorted(strongest, key=lambda mark: mark.start))


def _course(answer: Answer, members: Sequence[User]) -> Course | None:
    if answer.logits is None or len(answer.logits) < FEWEST_LINES:
        return None
    reach = reach_of(len(answer.logits))
    shares = rolling_shares(answer.logits, reach)
    order = np.argsort(-shares.sum(axis=0), kind="stable")[:MOST_DRAWN]
    points = np.linspace(0, len(shares) - 1, min(len(shares), POINTS)).round()
    drawn = np.round(shares[points.astype(int)], 3)
    people = tuple(
        (members[place], tuple(drawn[:, place].tolist()))
        for place in order
        if shares[:, place].max() >= LEAST_DRAWN
    )
    leaders = shares.argmax(axis=1).tolist()
    return Course(len(shares), reach, people, tuple(_runs(leaders, members)))


def _runs(leaders: Sequence[int], members: Sequence[User]) -> list[Run]:
    runs, line = [], 1
    for leader, lines in groupby(leaders):
        count = len(list(lines))
        runs.append(Run(line, line + count - 1, members[leader]))
        line += count
    return runs
