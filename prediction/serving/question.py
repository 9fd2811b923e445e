"""Checks a question, a text and a group of users, for pages, API and command line."""

import re
import unicodedata
from collections.abc import Callable, Collection

from django.db.models import F, QuerySet

from common.compiled_query import CompiledQuery
from common.texts import MIN_TWEETS
from tweets.models import Tweet, User, UserQuerySet
from tweets.sources.fields.identifiers import HANDLE

MAX_CHARACTERS = 5_000
INVISIBLE = {"Zs", "Zl", "Zp", "Cc", "Cf", "Cn"}
# What pages and programs show of a tweet's author.
SHOWN = ("handle", "name", "source")
LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class QuestionError(ValueError):
    """The question cannot be answered; the message says why, for one field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class UnknownUsersError(QuestionError):
    """A handle is not stored, or not open to whoever asks."""

    def __init__(self, handles: list[str], field: str = "users") -> None:
        names = ", ".join(f"@{handle[:50]}" for handle in handles)
        super().__init__(field, f"Not known here: {names}")


def clean_text(raw: str) -> str:
    """Return the text without NUL, lone surrogates and outer blanks.

    Raises QuestionError if nothing visible is left or the text is too long.
    """
    text = LONE_SURROGATE.sub("\ufffd", raw.replace("\0", ""))
    text = text.replace("\r\n", "\n").strip()
    if all(unicodedata.category(character) in INVISIBLE for character in text):
        raise QuestionError("text", "Enter a tweet")
    if len(text) > MAX_CHARACTERS:
        raise QuestionError(
            "text",
            f"At most {MAX_CHARACTERS:,} characters; this has {len(text):,}",
        )
    return text


class Pool:
    """The users from whom a group may be chosen."""

    def __init__(self, members: Callable[[], UserQuerySet]) -> None:
        self.members = members
        self._named = CompiledQuery(
            lambda handles: members().by_handles(handles), "stand_in_{}".format
        )
        self._written = CompiledQuery(self._tweets, lambda number: -1 - number)

    def find(self, handles: list[str]) -> dict[str, User]:
        """Return members by lower-case handle; the handles must be distinct."""
        possible = [handle for handle in handles if HANDLE.fullmatch(handle)]
        if not possible:
            return {}
        found = User.objects.raw(*self._named.sql(possible))
        return {user.handle.lower(): user for user in found}

    def tweets(self, gists: Collection[int]) -> list[Tweet]:
        """Return the members' tweets with these hashes, each with its user."""
        if not gists:
            return []
        found = list(Tweet.objects.raw(*self._written.sql(sorted(set(gists)))))
        for tweet in found:
            tweet.user = User(pk=tweet.user_id, **{f: getattr(tweet, f) for f in SHOWN})
        return found

    def _tweets(self, gists: list[int]) -> QuerySet[Tweet]:
        members = self.members().order_by().values("pk")
        tweets = Tweet.objects.filter(gist__in=gists, user__in=members)
        return tweets.annotate(**{field: F(f"user__{field}") for field in SHOWN})


EVERYBODY = Pool(User.objects.tracked)
LISTED = Pool(User.objects.listed)


def choose_group(handles: list[str], among: Pool) -> list[User]:
    """Return the users with these handles, each once, in the order given.

    Raises QuestionError for fewer than two users, unknown ones, or users with too
    few tweets.
    """
    if len(handles) < 2:
        raise QuestionError("users", "Pick at least two users")
    folded = list(
        dict.fromkeys(handle.strip().lstrip("@").lower() for handle in handles)
    )
    found = among.find(folded)
    if unknown := [handle for handle in folded if handle not in found]:
        raise UnknownUsersError(unknown)
    if len(folded) < 2:
        raise QuestionError("users", "Pick at least two different users")
    group = [found[handle] for handle in folded]
    _check_tweets(group)
    return group


def choose_one(handle: str, among: Pool) -> User:
    """Return the user with this handle.

    Raises QuestionError for an unknown user, or one with too few tweets.
    """
    folded = handle.strip().lstrip("@").lower()
    found = among.find([folded]).get(folded)
    if found is None:
        raise UnknownUsersError([folded], "user")
    _check_tweets([found], "user")
    return found


def choose_everyone(among: Pool) -> list[User]:
    """Return all users with enough tweets that differ. Raises QuestionError for fewer
    than two users with enough tweets."""
    group = list(among.members().everyone())
    if len(group) < 2:
        raise QuestionError(
            "users", f"Fewer than two users have the {MIN_TWEETS} tweets it takes"
        )
    return group


def _check_tweets(group: list[User], field: str = "users") -> None:
    short = [user for user in group if not user.is_predictable]
    if not short:
        return
    counts = ", ".join(f"@{user.handle} has {user.eligible_count}" for user in short)
    raise QuestionError(
        field, f"Too few eligible tweets: {counts}; {MIN_TWEETS} are needed"
    )
