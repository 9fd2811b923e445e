"""The ranking as pages show it: with a bar for nobody, and its long tail folded."""

from collections.abc import Sequence
from dataclasses import dataclass

from prediction.engine.calibration.none_of_these import NoneOfThese
from prediction.serving.result import Candidate, Others, Result

SHOWN = 8
# From the fourth on, whoever has less is folded away in groups of more than SHOWN.
ALWAYS_SHOWN, LEAST_SHOWN = 3, 0.01


@dataclass(frozen=True)
class Standing:
    """One bar, and its share of all bars; without a candidate, it is nobody's.

    ``beside`` is the share in another answer, which the first is set against.
    """

    candidate: Candidate | None
    share: float
    beside: float | None = None


@dataclass(frozen=True)
class Band:
    """Candidates who are folded away together, with their shares' bounds."""

    standings: list[Standing]
    least: float
    most: float

    @property
    def is_tail(self) -> bool:
        return self.most < LEAST_SHOWN


@dataclass(frozen=True)
class Standings:
    shown: list[Standing]
    bands: list[Band]


def share_of(candidate: Candidate | Others, none: NoneOfThese) -> float:
    """Return the probability that the candidate wrote it, where nobody of the group
    may have."""
    return candidate.probability * (1 - none.probability)


def standings_of(
    ranking: Sequence[Candidate], none: NoneOfThese, beside: Result | None = None
) -> Standings:
    """Arrange a ranking, with "none of these" where its probability puts it."""
    shares = _shares(beside) if beside else {}
    ranked = [
        Standing(each, share_of(each, none), shares.get(each.user.pk))
        for each in ranking
    ]
    count = _shown(ranked)
    nobody = Standing(None, none.probability, shares.get(None))
    place = sum(each.share >= nobody.share for each in ranked[:count])
    shown = [*ranked[:place], nobody, *ranked[place:count]]
    rest = ranked[count:]
    parts = (
        [each for each in rest if each.share >= LEAST_SHOWN],
        [each for each in rest if each.share < LEAST_SHOWN],
    )
    return Standings(
        shown, [Band(part, part[-1].share, part[0].share) for part in parts if part]
    )


def _shares(answer: Result) -> dict[int | None, float]:
    """Return shares by user; nobody's is that of None."""
    none = answer.none_of_these
    shares: dict[int | None, float] = {None: none.probability}
    return shares | {each.user.pk: share_of(each, none) for each in answer.candidates}


def _shown(ranked: Sequence[Standing]) -> int:
    if len(ranked) <= SHOWN:
        return len(ranked)
    likely = sum(each.share >= LEAST_SHOWN for each in ranked[:SHOWN])
    return max(likely, ALWAYS_SHOWN)
