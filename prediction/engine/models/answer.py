"""What a group says of a text."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from prediction.engine.calibration.familiarity import Signals
from prediction.engine.calibration.group_calibration import GroupCalibration
from prediction.engine.calibration.none_of_these import NoneOfThese
from prediction.engine.insight.explanation import Explanation

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Answer:
    """Who wrote a text, or several texts by one author.

    Members are named by their position in the group.

    Attributes
    ----------
    probabilities
        Of each member, given that one of them wrote it; they sum to 1.
    scores
        Each member's own log-odds against the background.
    order
        Positions from the most to the least likely member.
    none_of_these
        Whether nobody of the group seems to have written it.
    explanations
        One for each text, where they were asked for.
    logits
        What each of several texts adds to each member's logit, shape ``(texts,
        members)``.
    """

    probabilities: tuple[float, ...]
    scores: tuple[float, ...]
    order: tuple[int, ...]
    none_of_these: NoneOfThese
    explanations: tuple[Explanation, ...] = ()
    logits: Floats | None = field(default=None, compare=False, repr=False)

    @property
    def predicted(self) -> int:
        """Position of the most likely author."""
        return self.order[0]

    @property
    def explanation(self) -> Explanation | None:
        """That of the first text; None if it was not asked for."""
        return self.explanations[0] if self.explanations else None


def combine(
    scores: Floats, signals: Signals, platt: Floats, calibration: GroupCalibration
) -> Answer:
    """Answer for texts of one author: their log-odds add up.

    Parameters
    ----------
    scores
        Shape ``(texts, members)``.
    signals
        Of the same texts.
    platt
        Slope and intercept of each member's own log-odds, shape ``(members, 2)``.
    """
    total = total_logits(scores, signals, calibration)
    shares = softmax(total)
    log_odds = platt[:, 0] * scores.sum(axis=0) + platt[:, 1] * len(scores)
    return Answer(
        tuple(shares.tolist()),
        tuple(log_odds.tolist()),
        tuple(np.argsort(-total, kind="stable").tolist()),
        calibration.none_of_these(scores, signals),
    )


def total_logits(
    scores: Floats, signals: Signals, calibration: GroupCalibration
) -> Floats:
    """Return the members' logits for texts of one author, shape ``(members,)``."""
    return np.asarray(signals.trust() @ calibration.softmax.logits(scores))


def logits_by_text(
    scores: Floats, signals: Signals, calibration: GroupCalibration
) -> Floats:
    """Return what each text adds to them, shape ``(texts, members)``."""
    trust = signals.trust()[:, np.newaxis]
    return np.asarray(trust * calibration.softmax.logits(scores))
