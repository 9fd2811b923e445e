"""Ranks all users by a longer text, or by several tweets together."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from prediction.engine.calibration.none_of_these import NoneOfThese
from prediction.serving import loader
from prediction.serving.question import MAX_CHARACTERS, clean_text
from prediction.serving.result import (
    Candidate,
    Evidence,
    Piece,
    candidates_of,
    cut,
    doubt_of,
    evidence_of,
)
from tweets.models import User

MAX_PIECE = 1_000
MARKS_SHOWN = 8


def split_into_pieces(text: str) -> list[str]:
    """Split a text into pieces as long as tweets: its lines, long ones wrapped.

    Raises QuestionError if nothing is left.
    """
    lines = [line.strip() for line in text.replace("\0", "").splitlines()]
    whole = clean_text("\n".join(lines)[:MAX_CHARACTERS])
    if len(lines) < 2:
        lines = [whole]
    return [
        part
        for line in lines
        if line
        for part in wrap(line, MAX_PIECE, break_on_hyphens=False)
    ]


@dataclass(frozen=True)
class Voice:
    """Candidates from most to least likely, and the pieces of the text.

    ``lines`` are the pieces with the strongest marks, in the order of the text.
    """

    candidates: list[Candidate]
    none_of_these: NoneOfThese
    pieces: list[str]
    lines: list[list[Piece]]

    @property
    def best(self) -> Candidate:
        return self.candidates[0]

    @property
    def doubt(self) -> str:
        """Return why nobody here seems to have written it; may be empty."""
        return doubt_of(self.none_of_these)


def rank_voices(users: list[User], pieces: list[str]) -> Voice:
    """Rank users by all pieces together: their log-odds add up."""
    composed = loader.compose(users)
    answer = composed.group.predict_together(pieces, explain=True)
    evidence = [evidence_of(found, composed.members) for found in answer.explanations]
    candidates = candidates_of(answer, composed.members)
    lines = _marked(pieces, evidence)
    return Voice(candidates, answer.none_of_these, pieces, lines)


def _marked(
    pieces: Sequence[str], evidence: Sequence[Sequence[Evidence]]
) -> list[list[Piece]]:
    """Return the pieces with the strongest marks of all, each cut at these."""
    every = [abs(mark.weight) for marks in evidence for mark in marks]
    least = sorted(every, reverse=True)[:MARKS_SHOWN][-1:]
    lines = []
    for piece, marks in zip(pieces, evidence, strict=True):
        kept = [mark for mark in marks if abs(mark.weight) >= least[0]]
        if kept:
            lines.append(cut(piece, kept))
    return lines
