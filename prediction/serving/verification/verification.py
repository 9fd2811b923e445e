"""Answers whether one person would have written a text."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import Any

from scipy.special import expit

from prediction.engine.calibration.strength import EvidenceLimits, strength
from prediction.engine.models.verifier import USER, Verdict
from prediction.serving.loader import load_verifier
from prediction.serving.predictor import ENGINE
from prediction.serving.question import Pool
from prediction.serving.result import Evidence, Piece, Verbatim, cut, notices_of
from prediction.serving.signals import predicted
from prediction.serving.verbatim import first_of, writings
from tweets.models import User

BOUNDED = (
    "The model says more than it can show: only {genuine:,} held-out tweets of "
    "@{handle} and about {foreign:,} of others support it, so the figure stops here."
)
UNFAMILIAR = (
    "@{handle} is not known to write in this {what}, so nothing counts in their favour."
)
WROTE = "@{handle} really wrote this: the model may have learnt from it."
OTHER_WROTE = "@{handle} really wrote this."


@dataclass(frozen=True)
class Verification:
    """What speaks for and against one person as the author of a text.

    `verbatim` is the stored tweet where somebody really wrote the text.
    """

    user: User
    text: str
    log_likelihood_ratio: float
    flag: bool
    evidence: tuple[Evidence, ...]
    limits: EvidenceLimits
    is_bounded: bool
    unfamiliar: str
    verbatim: Verbatim | None

    @property
    def probability(self) -> float:
        """The probability that the user wrote it, for even prior odds."""
        return float(expit(self.log_likelihood_ratio))

    @property
    def times(self) -> float:
        """How many times likelier the text is from the likelier side."""
        return exp(abs(self.log_likelihood_ratio))

    @property
    def is_in_favour(self) -> bool:
        return self.log_likelihood_ratio > 0

    @property
    def words(self) -> str:
        """The likelihood ratio in words."""
        side = "in favour" if self.is_in_favour else "against"
        return f"{strength(self.log_likelihood_ratio)} evidence {side}"

    @property
    def is_theirs(self) -> bool:
        """Whether the user really wrote it."""
        return self.verbatim is not None and self.verbatim.author.pk == self.user.pk

    @property
    def cautions(self) -> list[str]:
        """What to know before trusting the figures."""
        found = notices_of(self.text)
        if self.unfamiliar:
            found.append(
                UNFAMILIAR.format(handle=self.user.handle, what=self.unfamiliar)
            )
        elif self.is_bounded:
            found.append(
                BOUNDED.format(
                    handle=self.user.handle,
                    genuine=self.limits.genuine,
                    foreign=self.limits.foreign,
                )
            )
        return found

    @property
    def notices(self) -> list[str]:
        """The cautions, after who really wrote it."""
        if self.verbatim is None:
            return self.cautions
        said = WROTE if self.is_theirs else OTHER_WROTE
        return [said.format(handle=self.verbatim.author.handle), *self.cautions]

    @property
    def marked_text(self) -> list[Piece]:
        return cut(self.text, self.evidence)

    def as_json(self) -> dict[str, Any]:
        """Return the answer as programs get it."""
        return {
            "handle": self.user.handle,
            "probability": self.probability,
            "log_likelihood_ratio": self.log_likelihood_ratio,
            "words": self.words,
            "flag": self.flag,
            "evidence": [found.as_json() for found in self.evidence],
            "notices": self.notices,
        }


def verify(
    user: User, texts: Sequence[str], among: Pool, *, style_only: bool = False
) -> list[Verification]:
    """Verify each text by itself, after building a stale signature.

    `among` are those who may be named where they really wrote a text. Raises
    NotEnoughUsersError if no background can be made.
    """
    started = time.perf_counter()
    verifier = load_verifier(user)
    wrote = writings(texts, among)
    found = []
    for text in texts:
        verdict = verifier.verify(text, style_only)
        found.append(
            Verification(
                user,
                text,
                verdict.log_likelihood_ratio,
                verdict.flag,
                _evidence(verdict, user),
                verifier.limits,
                verdict.is_bounded,
                verdict.unfamiliar,
                first_of(wrote.get(text, []), [user]),
            )
        )
    seconds = time.perf_counter() - started
    predicted.send(None, engine=ENGINE, texts=len(texts), seconds=seconds)
    return found


def _evidence(verdict: Verdict, user: User) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            span.start,
            span.end,
            span.text,
            span.weight,
            user.handle if span.toward == USER else None,
        )
        for span in verdict.explanation.spans
    )
