"""Whose voice is this? All users ranked by a longer text, or by several tweets."""

from dataclasses import dataclass
from textwrap import wrap

from prediction.engine.calibration.none_of_these import NoneOfThese
from prediction.serving import loader
from prediction.serving.question import MAX_CHARACTERS, clean_text
from prediction.serving.result import Candidate, candidates_of
from tweets.models import User

LONGEST_PIECE = 1_000


def in_pieces(text: str) -> list[str]:
    """The lines of a text that say something, each a tweet of its own; lines longer
    than any tweet in parts.

    Raises QuestionError where nothing is left.
    """
    lines = [line.strip() for line in text.replace("\0", "").splitlines()]
    whole = clean_text("\n".join(lines)[:MAX_CHARACTERS])
    if len(lines) < 2:
        lines = [whole]
    return [
        part
        for line in lines
        if line
        for part in wrap(line, LONGEST_PIECE, break_on_hyphens=False)
    ]


@dataclass(frozen=True)
class Voice:
    """Candidates from most to least likely, and what the text was cut into."""

    candidates: list[Candidate]
    none_of_these: NoneOfThese
    pieces: list[str]

    @property
    def best(self) -> Candidate:
        return self.candidates[0]


def rank_voices(users: list[User], pieces: list[str]) -> Voice:
    """Ranks the users by how well all pieces together fit them: log-odds add up."""
    composed = loader.compose(users)
    answer = composed.group.predict_together(pieces)
    return Voice(candidates_of(answer, composed.members), answer.none_of_these, pieces)
