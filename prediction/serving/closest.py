"""A user's real tweets that come closest to a text."""

from prediction.engine.errors import DamagedModelError
from prediction.engine.features.idf import IdfWeighting
from prediction.engine.insight.closest import nearest
from prediction.models import Background
from prediction.serving import predictor
from prediction.serving.result import Result
from tweets.models import Tweet

NEWEST = 400
SHOWN = 3
LEAST_LIKENESS = 0.05


def closest_tweets(result: Result) -> list[Tweet]:
    """Of the newest tweets of the most likely user, those most like the text; what
    shares next to nothing with it is left out, so the list can be empty."""
    weighting = _weighting()
    if weighting is None:
        return []
    tweets = Tweet.objects.filter(user=result.best.user).select_related("user")
    newest = list(tweets.long_enough().newest_first()[:NEWEST])
    found = nearest(result.text, [tweet.text for tweet in newest], weighting, SHOWN)
    return [newest[near.position] for near in found if near.likeness > LEAST_LIKENESS]


def _weighting() -> IdfWeighting | None:
    """That of the version in use, unless it has to be built again."""
    background = Background.objects.current()
    if background is None:
        return None
    try:
        return predictor.weighting(background.pk)
    except DamagedModelError:
        return None
