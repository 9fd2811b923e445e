"""Every probability of an evaluation, one row for each test tweet and engine."""

from collections.abc import Iterator
from typing import Any

from prediction.engine.evaluation.scoring import Measured
from prediction.engine.evaluation.splitting import Split


def rows(name: str, parts: Split, measured: Measured) -> Iterator[dict[str, Any]]:
    """Yield a row of plain values for each test tweet.

    The text itself is left out: ``handle`` is its author and ``position`` its place
    among that author's test tweets, from 0.
    """
    scored, handles = measured.scored, parts.handles
    places = [place for tweets in parts.test for place in range(len(tweets))]
    for number, (owner, place) in enumerate(zip(measured.owners, places, strict=True)):
        shares = scored.probabilities[number].tolist()
        yield {
            "engine": name,
            "handle": handles[owner],
            "position": place,
            "predicted": handles[scored.predicted[number]],
            "probabilities": dict(zip(handles, shares, strict=True)),
            "none_of_these": None
            if scored.none is None
            else float(scored.none[number]),
        }
