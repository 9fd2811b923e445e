"""Says why each marked passage speaks for somebody: in numbers, and by real tweets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from prediction.engine.insight.reasons import Counts, Reason
from prediction.serving.evidence.samples import (
    MOST_OTHERS,
    OTHERS,
    OWN,
    sample_of,
)
from prediction.serving.result import Evidence, Result, tweet_json
from tweets.models import Tweet, User
from tweets.store.identity import gist

EXAMPLES = 2


@dataclass(frozen=True)
class Why:
    """Why a passage, or the text as a whole, speaks for ``speaker``.

    Attributes
    ----------
    evidence
        None for the text as a whole.
    rival
        Whom ``rival_tweets`` are of: the closest rival, or the winner.
    is_against
        Whether shares of others are those of ``rival`` alone.
    """

    evidence: Evidence | None
    speaker: User
    rival: User
    is_against: bool
    reasons: tuple[Reason, ...]
    tweets: tuple[Tweet, ...]
    rival_tweets: tuple[Tweet, ...]

    def as_json(self) -> dict[str, Any]:
        """Return what programs get beside the evidence."""
        return {
            "why": [
                {
                    "what": reason.name,
                    "habit": reason.is_habit,
                    "share": reason.share,
                    "share_of_others": reason.share_of_others,
                }
                for reason in self.reasons
            ],
            "tweets": [tweet_json(t) for t in (*self.tweets, *self.rival_tweets)],
        }


def whys(result: Result, *, style_only: bool = False) -> list[Why]:
    """Explain each marked passage, then the text as a whole if its habits say more.

    Words and habits are counted in the newest tweets: of whom a passage speaks for,
    and of the likeliest others, or, where it speaks against the winner, the winner's.
    """
    explained = _Explained(result, style_only)
    found = [explained.why(evidence) for evidence in result.evidence]
    return [*found, *explained.overall()]


def whys_json(result: Result, top: int | None, *, style_only: bool) -> dict[str, Any]:
    """Return an answer as programs get it, with the reasons of its evidence."""
    answer = result.as_json(top)
    explained = _Explained(result, style_only)
    evidence = [
        found.as_json() | explained.why(found).as_json() for found in result.evidence
    ]
    return answer | {"evidence": evidence}


class _Explained:
    def __init__(self, result: Result, style_only: bool) -> None:
        self.result, self.style_only = result, style_only
        self.users = {c.user.handle: c.user for c in result.candidates}
        self.winner = result.favourite.user
        others = [candidate.user for candidate in result.candidates[1:]]
        self.others = others[:MOST_OTHERS]
        self._sides: dict[str, _Side] = {}

    def why(self, evidence: Evidence) -> Why:
        side = self._side(evidence.toward if evidence.weight < 0 else None)
        reasons = side.counts.reasons(
            self.result.text, evidence.start, evidence.end, self.style_only
        )
        return side.why(evidence, reasons)

    def overall(self) -> list[Why]:
        if not self.result.evidence:
            return []
        side = self._side(None)
        reasons = side.counts.overall(self.result.text)
        return [side.why(None, reasons)] if reasons else []

    def _side(self, against: str | None) -> "_Side":
        """Return the winner's side against the others, or another's against the
        winner's. The other may have a new name since the answer was saved."""
        speaker = self.users.get(against or "", self.others[0])
        key = speaker.handle if against else ""
        if key not in self._sides:
            besides = gist(self.result.text)
            if against:
                sides = [speaker], [self.winner]
            else:
                sides = [self.winner], self.others
            own = sample_of(sides[0], OWN, besides)
            others = sample_of(sides[1], OTHERS, besides)
            rival = sides[1][0]
            self._sides[key] = _Side(sides[0][0], rival, own, others, bool(against))
        return self._sides[key]


class _Side:
    def __init__(
        self,
        speaker: User,
        rival: User,
        own: Sequence[Tweet],
        others: Sequence[Tweet],
        is_against: bool,
    ) -> None:
        self.speaker, self.rival, self.is_against = speaker, rival, is_against
        self.own, self.others = own, others
        texts = [tweet.text for tweet in own], [tweet.text for tweet in others]
        self.counts = Counts(*texts)

    def why(self, evidence: Evidence | None, reasons: Sequence[Reason]) -> Why:
        """Illustrate reasons with tweets; those with two reasons come first."""
        first = reasons[0] if reasons else None
        own = [self.own[n] for n in first.tweets] if first else []
        found = [self.others[n] for n in first.tweets_of_others] if first else []
        theirs = [tweet for tweet in found if tweet.user_id == self.rival.pk]
        return Why(
            evidence,
            self.speaker,
            self.rival,
            self.is_against,
            tuple(reasons),
            tuple(own[:EXAMPLES]),
            tuple(theirs[:EXAMPLES]),
        )
