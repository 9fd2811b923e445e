"""A visitor's text as a point on the map, beside whoever would have written it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prediction.serving.map.style_map import Place
from prediction.serving.predictor import predict
from prediction.serving.result import Candidate, Result

AMONG = 5
# Whoever of them stands within this distance of the likeliest draws the text.
NEAR = 0.2
# So that the text does not cover anybody.
ASIDE = 0.02


@dataclass(frozen=True)
class TextOnMap:
    """A text, where it stands from 0 to 1, and who is likeliest to have written it."""

    result: Result
    x: float
    y: float
    places: tuple[Place, ...]

    @property
    def candidates(self) -> list[Candidate]:
        return self.result.candidates[: len(self.places)]


def place_text(text: str, places: list[Place]) -> TextOnMap:
    """Place a text beside the person on the map who is likeliest to have written it.

    Others who are likely and near draw it towards them; the middle between people who
    are far apart would be among strangers.
    """
    result = predict([place.user for place in places], text)
    by_user = {place.user.pk: place for place in places}
    likeliest = result.candidates[:AMONG]
    among = tuple(by_user[candidate.user.pk] for candidate in likeliest)
    points = np.array([(place.x, place.y) for place in among])
    shares = np.array([candidate.probability for candidate in likeliest])
    x, y = between(points, shares)
    return TextOnMap(result, *_aside(x, y, places), among)


def between(points: NDArray[np.floating], shares: NDArray[np.floating]) -> list[float]:
    """Return a place near the first point, drawn towards those near it by their shares.

    Parameters
    ----------
    points
        Shape ``(people, 2)``.
    shares
        Shape ``(people,)``; the first is the largest.
    """
    is_near = np.linalg.norm(points - points[0], axis=1) < NEAR
    weights = is_near * shares
    return list((weights @ points / weights.sum()).tolist())


def _aside(x: float, y: float, places: list[Place]) -> tuple[float, float]:
    """Move away from somebody who stands at the very same place."""
    for place in places:
        if abs(place.x - x) < ASIDE and abs(place.y - y) < ASIDE:
            return min(x + ASIDE, 1.0), min(y + ASIDE, 1.0)
    return float(x), float(y)
