"""Ranks all users by a longer text, or by several tweets together."""

from dataclasses import dataclass
from textwrap import wrap

from prediction.engine.calibration.none_of_these import NoneOfThese
from prediction.serving import loader
from prediction.serving.question import MAX_CHARACTERS, clean_text
from prediction.serving.result import Candidate, candidates_of
from tweets.models import User

MAX_PIECE = 1_000


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
    """Candidates from most to least likely, and the pieces of the text."""

    candidates: list[Candidate]
    none_of_these: NoneOfThese
    pieces: list[str]

    @property
    def best(self) -> Candidate:
        return self.candidates[0]


def rank_voices(users: list[User], pieces: list[str]) -> Voice:
    """Rank users by all pieces together: their log-odds add up."""
    composed = loader.compose(users)
    answer = composed.group.predict_together(pieces)
    return Voice(candidates_of(answer, composed.members), answer.none_of_these, pieces)
