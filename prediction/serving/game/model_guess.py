"""What the model makes of a round, without ever having seen the tweet."""

from dataclasses import dataclass, replace

from prediction.engine.models.group import Group
from prediction.serving.game.rounds import Round
from prediction.serving.loader import compose_whole
from prediction.serving.result import (
    Candidate,
    Evidence,
    Piece,
    candidates_of,
    cut,
    evidence_of,
)
from tweets.models import User


@dataclass(frozen=True)
class ModelGuess:
    """The suspects, the likeliest first, and what speaks for and against that one."""

    text: str
    candidates: list[Candidate]
    evidence: tuple[Evidence, ...]

    @property
    def best(self) -> Candidate:
        return self.candidates[0]

    @property
    def user(self) -> User:
        return self.best.user

    @property
    def marked_text(self) -> list[Piece]:
        return cut(self.text, self.evidence)


def model_guess(played: Round) -> ModelGuess:
    """Ask models that were trained without the suspects' newest tweets."""
    composed = compose_whole(played.suspects)
    text = played.tweet.text
    answer = _blind(composed.group).predict([text], explain=True)[0]
    return ModelGuess(
        text,
        candidates_of(answer, composed.members),
        evidence_of(answer.explanation, composed.members),
    )


def _blind(group: Group) -> Group:
    signatures = [
        replace(signature, model=signature.holdout.model)
        for signature in group.signatures
        if signature.holdout
    ]
    return Group(signatures, group.idf, group.calibration)
