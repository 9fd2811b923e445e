"""How sure a measurement is: bootstrap intervals and McNemar's test.

Tweets of one user are alike, so that users are resampled and not tweets.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.floating]
Flags = NDArray[np.bool_]
Labels = NDArray[np.integer]

RESAMPLES = 2_000
_BLOCK = 250
# With fewer discordant pairs, chi-square approximates the binomial too roughly.
_EXACT_BELOW = 25


@dataclass(frozen=True)
class Interval:
    """A 95% interval and the standard error of the value that it surrounds."""

    value: float
    low: float
    high: float
    error: float

    @property
    def is_noise(self) -> bool:
        """Whether the value is within twice its standard error of zero."""
        return abs(self.value) <= 2 * self.error


@dataclass(frozen=True)
class McNemar:
    """How often one of two engines alone is right, and how likely that is by chance."""

    first_only: int
    second_only: int
    p_value: float


def bootstrap_over_users(
    values: Floats | Flags, users: Labels, seed: int, resamples: int = RESAMPLES
) -> Interval:
    """Return the percentile bootstrap interval of the mean over tweets.

    For the difference of two engines on the same tweets, pass the differences.

    Parameters
    ----------
    values
        One for each tweet.
    users
        The user of each tweet. Users are resampled with all their tweets.

    Raises
    ------
    ValueError
        No values, or as many users as there are not.
    """
    values = np.asarray(values, dtype=float)
    if not len(values) or len(values) != len(users):
        raise ValueError("a value and a user are needed for each tweet")
    _, places = np.unique(users, return_inverse=True)
    totals = np.bincount(places, weights=values).astype(float)
    counts = np.bincount(places).astype(float)
    means = _resampled_means(totals, counts, np.random.default_rng(seed), resamples)
    low, high = np.quantile(means, [0.025, 0.975])
    return Interval(
        float(values.mean()), float(low), float(high), float(means.std(ddof=1))
    )


def _resampled_means(
    totals: Floats, counts: Floats, generator: np.random.Generator, resamples: int
) -> Floats:
    """Return the ratio of sums of each resample, some at a time to bound memory."""
    size = len(totals)
    blocks = []
    for start in range(0, resamples, _BLOCK):
        shape = min(_BLOCK, resamples - start), size
        chosen = generator.integers(0, size, shape)
        blocks.append(totals[chosen].sum(axis=1) / counts[chosen].sum(axis=1))
    return np.concatenate(blocks)


def mcnemar(first: Flags, second: Flags) -> McNemar:
    """Test whether two engines are right equally often on the same tweets.

    The exact binomial test with few discordant pairs, else chi-square with continuity
    correction (McNemar 1947, Edwards 1948). Tweets count as independent.
    """
    first, second = np.asarray(first, dtype=bool), np.asarray(second, dtype=bool)
    alone = int((first & ~second).sum()), int((second & ~first).sum())
    return McNemar(*alone, _p_value(*alone))


def _p_value(first_only: int, second_only: int) -> float:
    discordant = first_only + second_only
    if not discordant:
        return 1.0
    if discordant < _EXACT_BELOW:
        return float(stats.binomtest(first_only, discordant, 0.5).pvalue)
    distance = max(abs(first_only - second_only) - 1, 0)
    return float(stats.chi2.sf(distance**2 / discordant, df=1))


def brier_score(probabilities: Floats, truth: Labels) -> float:
    """Return the mean squared distance to the true answer, between 0 and 2.

    Over all classes, as Brier (1950) has it.

    Parameters
    ----------
    probabilities
        Shape ``(tweets, users)``.
    truth
        The true column of each row.
    """
    rows = np.arange(len(truth))
    own = probabilities[rows, truth]
    squares = (probabilities**2).sum(axis=1) - 2 * own + 1
    return float(squares.mean())


def c_at_1(right: Flags, answered: Flags) -> float:
    """Return accuracy with credit for what is left unanswered.

    An unanswered question counts as much as the share of all questions that are
    answered rightly (Peñas and Rodrigo, "A simple measure to assess non-response",
    2011).
    """
    total = len(right)
    correct = int((right & answered).sum())
    unanswered = int((~answered).sum())
    return (correct + unanswered * correct / total) / total


def cllr(own: Floats, other: Floats) -> float:
    """Return the cost of log-likelihood ratios in bits; 1 is that of knowing nothing.

    Brümmer and du Preez, "Application-independent evaluation of speaker detection"
    (2006).

    Parameters
    ----------
    own, other
        Natural log-likelihood ratios "this user wrote it" of pairs where the user did
        and where not; neither may be empty.
    """
    missed = np.logaddexp(0, -np.asarray(own, dtype=float)).mean()
    accepted = np.logaddexp(0, np.asarray(other, dtype=float)).mean()
    return float((missed + accepted) / 2 / np.log(2))


def min_cllr(own: Floats, other: Floats) -> float:
    """Return what `cllr` would be after the best monotone calibration.

    The difference is what poor calibration costs.
    """
    # Imported late: the rest of this module needs no scikit-learn.
    from sklearn.isotonic import isotonic_regression

    scores, truth = _pooled(own, other)
    weights = np.where(truth, 0.5 / len(own), 0.5 / len(other))
    _, places = np.unique(scores, return_inverse=True)
    mass = np.bincount(places, weights=weights).astype(float)
    hits = np.bincount(places, weights=weights * truth).astype(float)
    fitted = np.asarray(isotonic_regression(hits / mass, sample_weight=mass))
    return float(_entropy(np.clip(fitted, 0, 1), hits, mass - hits) / np.log(2))


def _entropy(chances: Floats, hits: Floats, misses: Floats) -> float:
    sides = ((chances, hits), (1 - chances, misses))
    return float(
        sum(-(w[w > 0] * np.log(np.maximum(p[w > 0], 1e-300))).sum() for p, w in sides)
    )


def equal_error_rate(own: Floats, other: Floats) -> float:
    """Return the error rate at the threshold where both kinds of error are equal.

    Where they never are, both are interpolated between the two nearest thresholds.
    """
    scores, truth = _pooled(own, other)
    _, places = np.unique(scores, return_inverse=True)
    own_at = np.bincount(places, weights=truth)
    other_at = np.bincount(places, weights=~truth)
    # Accept scores above a threshold: below all of them, then from each on.
    missed = np.concatenate([[0], np.cumsum(own_at)]) / len(own)
    accepted = 1 - np.concatenate([[0], np.cumsum(other_at)]) / len(other)
    place = int(np.argmax(missed >= accepted))
    gap = accepted - missed
    before, after = gap[place - 1], gap[place]
    share = before / (before - after)
    return float(missed[place - 1] + share * (missed[place] - missed[place - 1]))


def _pooled(own: Floats, other: Floats) -> tuple[Floats, Flags]:
    scores = np.concatenate([own, other]).astype(float)
    return scores, np.repeat([True, False], [len(own), len(other)])
