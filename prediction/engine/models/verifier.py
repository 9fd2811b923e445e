"""Verification of one user: would this person have written a text?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from prediction.engine.calibration.familiarity import measure
from prediction.engine.calibration.platt import Platt
from prediction.engine.calibration.strength import EvidenceLimits
from prediction.engine.features import ngrams
from prediction.engine.features.idf import IdfWeighting
from prediction.engine.features.profiles import profiles
from prediction.engine.insight.explanation import Explanation, explain_text
from prediction.engine.models.signature import Holdout, Signature

Floats = NDArray[np.floating]

# Share of the user's own tweets that may be flagged as somebody else's.
GENUINE_REJECTED = 0.05
USER, EVERYBODY_ELSE = 0, 1


@dataclass(frozen=True)
class Verdict:
    """What speaks for and against one author.

    Attributes
    ----------
    log_likelihood_ratio
        Natural logarithm of how many times likelier the text is from the user than
        from somebody else, within what the held-out tweets can support.
    flag
        Whether somebody else is likely enough to say so.
    is_bounded
        Whether the model says more than its held-out tweets can support.
    unfamiliar
        "script" or "language" where the user never writes in the text's: then nothing
        speaks for the user.
    explanation
        Of the user against everybody else, whoever is ahead. Its difference is the
        log-likelihood ratio before it was bounded.
    """

    log_likelihood_ratio: float
    flag: bool
    is_bounded: bool
    unfamiliar: str
    explanation: Explanation


class Verifier:
    """Compare one user with everybody else.

    Parameters
    ----------
    signature
        Of the user; its calibration gives log-odds for even prior odds, which are
        the log-likelihood ratio.
    idf
        Of the background that it was built against.
    """

    def __init__(
        self, signature: Signature, idf: IdfWeighting, limits: EvidenceLimits
    ) -> None:
        self.signature, self.idf, self.limits = signature, idf, limits

    def verify(self, text: str, style_only: bool = False) -> Verdict:
        """Say how much speaks for the user, and which characters do."""
        raw, occurrences = ngrams.locate(text, style_only)
        features = self.idf.transform(raw)
        model, platt = self.signature.model, self.signature.platt
        score = model.decision_function(features)[0]
        ratio = float(platt.log_odds(score))
        weights = model.weights_of(features.indices)
        contributions = platt.slope * features.data * weights
        unfamiliar = self._unfamiliar(text, features, weights > model.base_weight)
        bounded = self.limits.bounded(ratio)
        return Verdict(
            min(bounded, 0.0) if unfamiliar else bounded,
            self.limits.rejects(ratio),
            bounded != ratio,
            unfamiliar,
            explain_text(
                text,
                occurrences,
                features.indices,
                contributions,
                float(platt.log_odds(np.float64(model.bias))),
                USER,
                lambda _: EVERYBODY_ELSE,
            ),
        )

    def _unfamiliar(
        self, text: str, features: sparse.csr_matrix, known: NDArray[np.bool_]
    ) -> str:
        outside = self.idf.outside_scores(features)
        habits = self.signature.habits
        return measure(features, known, profiles([text]), habits, outside).unfamiliar()


def limits_of(holdout: Holdout, platt: Platt, foreign: int) -> EvidenceLimits:
    """Return what a user's held-out tweets, and so many of others, can support."""
    scores = platt.log_odds(holdout.model.decision_function(holdout.features))
    return EvidenceLimits(len(scores), foreign, _threshold(scores))


def _threshold(genuine: Floats) -> float:
    """Return the log-likelihood ratio that one more genuine tweet falls below with a
    probability of at most `GENUINE_REJECTED`.

    A low rank of the scores where there are enough for one; if there are not, a
    likelihood ratio that low is at most that frequent among genuine tweets.
    """
    rank = int(GENUINE_REJECTED * (len(genuine) + 1))
    if not rank:
        return float(np.log(GENUINE_REJECTED))
    return float(np.sort(genuine)[rank - 1])
