"""How strong evidence is, in words and at most.

The ranges are those of the ENFSI Guideline for Evaluative Reporting in Forensic Science
(2015), powers of ten of the likelihood ratio. Below 2, where it sees no support, the
evidence is called very weak, and all above 10,000 very strong.
"""

from dataclasses import dataclass
from math import log

_NAMES = (
    (2, "very weak"),
    (10, "weak"),
    (100, "moderate"),
    (1_000, "moderately strong"),
    (10_000, "strong"),
)
_STRONGEST = "very strong"


def strength(log_likelihood_ratio: float) -> str:
    """Name the strength of evidence for or against; takes natural logarithms."""
    size = abs(log_likelihood_ratio)
    return next((name for most, name in _NAMES if size < log(most)), _STRONGEST)


@dataclass(frozen=True)
class EvidenceLimits:
    """What held-out tweets can support.

    Not one of n genuine tweets scored as low as some text: then genuine ones are that
    low about once in n + 1, and nothing stronger is known against the user. Tweets of
    others limit what speaks for the user in the same way. Compare Vergeer, van Es, de
    Jongh, Alberink and Stoel, "Numerical likelihood ratios outputted by LR systems are
    often based on extrapolation" (2016).

    Attributes
    ----------
    genuine, foreign
        How many held-out tweets of the user, and of others, calibrated the scores.
    threshold
        Log-likelihood ratio below which few of the user's held-out tweets are.
    """

    genuine: int
    foreign: int
    threshold: float

    @property
    def least(self) -> float:
        """The strongest that may be said against the user."""
        return -log(self.genuine + 1)

    @property
    def most(self) -> float:
        """The strongest that may be said for the user."""
        return log(self.foreign + 1)

    def bounded(self, log_likelihood_ratio: float) -> float:
        """Return the nearest value that the tweets can support."""
        return min(max(log_likelihood_ratio, self.least), self.most)

    def rejects(self, log_likelihood_ratio: float) -> bool:
        """Return whether somebody else is likely enough to say so."""
        return log_likelihood_ratio < min(self.threshold, 0)
