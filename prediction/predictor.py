"""The one door that the form, the API and the command line use: stored signatures
become a classifier for the group asked about, and its answer a Result."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from prediction import training
from prediction.engine.errors import DamagedModelError
from prediction.engine.explanation import Evidence
from prediction.engine.group import Group, NoneOfThese, Prediction
from prediction.engine.held_out import HeldOutReport
from prediction.engine.signature import Signature as Model
from prediction.engine.weighting import Weighting
from prediction.group_cache import GroupCache
from prediction.models import Background, Signature
from tweets.fingerprints import word_count
from tweets.models import MIN_WORDS, User

logger = logging.getLogger(__name__)

ENGINE = "signature"
ATTEMPTS = 3
LITTLE = (
    "There is little to go by here: links and mentions aside, this has fewer than "
    f"{MIN_WORDS} words."
)

GROUPS = GroupCache(max_bytes=256 * 2**20)


class SignatureKey(NamedTuple):
    """Names one built signature for good: building it again changes `built_at`."""

    pk: int
    built_at: datetime
    background_id: int
    handle: str


@dataclass(frozen=True)
class Candidate:
    """A user of the group, how likely within it, and the log-odds on its own."""

    user: User
    probability: float
    score: float


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
    held_out: HeldOutReport
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


def predict(users: Sequence[User], text: str, *, style_only: bool = False) -> Result:
    """Who of these users most likely wrote the text. See `predict_many`."""
    return predict_many(users, [text], style_only=style_only)[0]


def predict_many(
    users: Sequence[User], texts: Sequence[str], *, style_only: bool = False
) -> list[Result]:
    """An answer for each text, in order; stale signatures are built first.

    The group and the texts are those that `questions` let through. Raises
    NotEnoughUsersError when no background can be made.
    """
    group = compose(users)
    by_handle = {user.handle: user for user in users}
    return [
        _result(group, by_handle, text, prediction, style_only)
        for text, prediction in zip(
            texts, group.predict(texts, style_only), strict=True
        )
    ]


def compose(users: Sequence[User]) -> Group:
    """The classifier for a group, from signatures that are up to date."""
    for _ in range(ATTEMPTS):
        keys = _signature_keys(users)
        try:
            return GROUPS.get_or_make(keys, _load)
        except (DamagedModelError, Background.DoesNotExist, KeyError):
            # A signature was damaged, or a rebuild switched versions meanwhile.
            logger.warning("A signature could not be loaded.", exc_info=True)
            training.build(users)
    raise RuntimeError("signatures change faster than they can be loaded")


def _signature_keys(users: Sequence[User]) -> tuple[SignatureKey, ...]:
    """What to load for each user, in order, after building what is not fresh."""
    keys = _fresh_keys(users)
    if missing := [user for user in users if user.pk not in keys]:
        training.build(missing)
        keys = _fresh_keys(users)
    return tuple(keys[user.pk] for user in users)


def _fresh_keys(users: Sequence[User]) -> dict[int, SignatureKey]:
    rows = Signature.objects.fresh().filter(user__in=users, background__is_current=True)
    fields = ("pk", "built_at", "background_id", "user__handle")
    return {
        user_id: SignatureKey(*key)
        for user_id, *key in rows.values_list("user_id", *fields)
    }


def _load(keys: tuple[SignatureKey, ...]) -> tuple[Group, int]:
    """The group and about how many bytes it takes."""
    rows = {
        pk: (bytes(model), bytes(held_out))
        for pk, model, held_out in Signature.objects.filter(
            pk__in=[key.pk for key in keys]
        ).values_list("pk", "model", "held_out")
    }
    size = sum(len(model) + len(held_out) for model, held_out in rows.values())
    models = [Model.from_bytes(*rows[key.pk]) for key in keys]
    group = Group(
        [key.handle for key in keys], models, weighting(keys[0].background_id)
    )
    return group, size


@lru_cache(maxsize=2)
def weighting(background_id: int) -> Weighting:
    """A version never changes once it is stored, so its id is key enough."""
    backgrounds = Background.objects.filter(pk=background_id)
    stored = backgrounds.values_list("weighting", flat=True).get()
    return Weighting.from_bytes(bytes(stored))


def _result(
    group: Group,
    by_handle: dict[str, User],
    text: str,
    prediction: Prediction,
    style_only: bool,
) -> Result:
    held_out = group.held_out()
    assert held_out is not None  # noqa: S101 - loaded with every signature
    return Result(
        text=text,
        engine=ENGINE,
        candidates=[
            Candidate(by_handle[c.handle], c.probability, c.score)
            for c in prediction.candidates
        ],
        none_of_these=prediction.none_of_these,
        held_out=held_out,
        evidence=group.explain(text, style_only).evidence,
        members=tuple(by_handle.values()),
    )
