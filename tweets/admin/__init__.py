"""Registers the admin pages of this app."""

from tweets.admin.fetches import FetchAdmin
from tweets.admin.opt_outs import OptOutAdmin
from tweets.admin.tweets import TweetAdmin
from tweets.admin.uploads import UploadAdmin
from tweets.admin.users import UserAdmin

__all__ = ["FetchAdmin", "OptOutAdmin", "TweetAdmin", "UploadAdmin", "UserAdmin"]
