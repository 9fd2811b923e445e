"""Users, their tweets, and how these were fetched or uploaded."""

from tweets.models.aliases import Alias
from tweets.models.avatars import Avatar
from tweets.models.fetches import Fetch, Gap
from tweets.models.merges import Merge
from tweets.models.opt_outs import OptOut
from tweets.models.spending import DayOfReading
from tweets.models.tweets import Tweet, TweetQuerySet
from tweets.models.uploads import Upload
from tweets.models.users import User, UserQuerySet

__all__ = [
    "Alias",
    "Avatar",
    "DayOfReading",
    "Fetch",
    "Gap",
    "Merge",
    "OptOut",
    "Tweet",
    "TweetQuerySet",
    "Upload",
    "User",
    "UserQuerySet",
]
