"""What a visitor has played: in a signed cookie of theirs, set by their first guess."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Self

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from prediction.serving.game.daily import ROUNDS, Slot

COOKIE = "guesses"
SALT = "prediction.game"
KEPT_SECONDS = 180 * 24 * 60 * 60
# So that going back to a round of free play does not count it again.
FREE_KEPT = 10


@dataclass(frozen=True)
class Guess:
    """A guess in a round, by the keys of tweet and user."""

    tweet_id: int
    user_id: int
    is_right: bool
    model_is_right: bool


@dataclass(frozen=True)
class Score:
    """Rounds of free play, and how many of them each side got right."""

    rounds: int = 0
    visitor: int = 0
    model: int = 0


@dataclass(frozen=True)
class Progress:
    """A visitor's daily ten, the days in a row they finished, and their free play.

    Slots and guesses of the daily ten belong together, in the order they were played.
    """

    day: date | None = None
    slots: tuple[Slot, ...] = ()
    guesses: tuple[Guess, ...] = ()
    streak: int = 0
    finished: date | None = None
    free: tuple[Guess, ...] = ()
    score: Score = Score()

    @classmethod
    def of(cls, request: HttpRequest, today: date) -> Self:
        """Read the cookie; whatever is no cookie of ours is a fresh start."""
        try:
            stored = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT)
            found = cls._parsed(stored)
        except (signing.BadSignature, ValueError, TypeError, KeyError):
            return cls(day=today)
        if found.day == today:
            return found
        return replace(found, day=today, slots=(), guesses=())

    def keep(self, request: HttpRequest, response: HttpResponse) -> None:
        """Set the cookie, for the pages of the game alone."""
        response.set_cookie(
            COOKIE,
            signing.dumps(self._as_json(), salt=SALT, compress=True),
            max_age=KEPT_SECONDS,
            path=reverse("prediction:guess"),
            httponly=True,
            samesite="Lax",
        )

    @property
    def visitor(self) -> int:
        """How many of today's guesses are right."""
        return sum(guess.is_right for guess in self.guesses)

    @property
    def model(self) -> int:
        """How many of the same rounds the model got right."""
        return sum(guess.model_is_right for guess in self.guesses)

    @property
    def streak_now(self) -> int:
        """The days in a row that are finished, up to today or yesterday."""
        lasts = self.finished and self.day and self.day - self.finished <= _DAY
        return self.streak if lasts else 0

    def guessed_freely(self, tweet_id: int) -> Guess | None:
        return next((guess for guess in self.free if guess.tweet_id == tweet_id), None)

    def with_daily(self, slot: Slot, guess: Guess) -> Self:
        return replace(self, slots=(*self.slots, slot), guesses=(*self.guesses, guess))

    def with_day_finished(self) -> Self:
        """Count today to the days in a row, once."""
        if self.finished == self.day:
            return self
        return replace(self, streak=self.streak_now + 1, finished=self.day)

    def with_free(self, guess: Guess) -> Self:
        score = Score(
            self.score.rounds + 1,
            self.score.visitor + guess.is_right,
            self.score.model + guess.model_is_right,
        )
        return replace(self, score=score, free=(*self.free, guess)[-FREE_KEPT:])

    def _as_json(self) -> dict[str, Any]:
        return {
            "day": _written(self.day),
            "slots": self.slots[:ROUNDS],
            "guesses": [_row(guess) for guess in self.guesses[:ROUNDS]],
            "streak": self.streak,
            "finished": _written(self.finished),
            "free": [_row(guess) for guess in self.free],
            "score": [self.score.rounds, self.score.visitor, self.score.model],
        }

    @classmethod
    def _parsed(cls, stored: dict[str, Any]) -> Self:
        return cls(
            _read(stored["day"]),
            tuple(Slot(*row) for row in stored["slots"]),
            tuple(_guess(row) for row in stored["guesses"]),
            stored["streak"],
            _read(stored["finished"]),
            tuple(_guess(row) for row in stored["free"]),
            Score(*stored["score"]),
        )


_DAY = timedelta(days=1)


def _row(guess: Guess) -> list[int]:
    right = int(guess.is_right), int(guess.model_is_right)
    return [guess.tweet_id, guess.user_id, *right]


def _guess(row: Sequence[int]) -> Guess:
    tweet_id, user_id, is_right, model_is_right = row
    return Guess(tweet_id, user_id, bool(is_right), bool(model_is_right))


def _written(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _read(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None
