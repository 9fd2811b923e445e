"""System checks of the environment, each with a number and a hint."""

import importlib.util
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register


@register("hypotweet")
def environment_is_usable(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    return [
        Error(problem.message, hint=problem.hint, id=problem.id)
        for problem in settings.ENVIRONMENT.problems
    ]


@register("hypotweet")
def extras_are_installed(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    wanted = {
        "prometheus_client": ("METRICS", settings.METRICS),
        "sentry_sdk": ("SENTRY_DSN", settings.SENTRY_DSN),
    }
    return [
        Error(
            f"{name} is set, but {library} is not installed.",
            hint="pip install -r requirements-extras.txt",
            id="hypotweet.E010",
        )
        for library, (name, value) in wanted.items()
        if value and is_missing(library)
    ]


def is_missing(library: str) -> bool:
    """Whether a library is not installed. Does not import it."""
    return importlib.util.find_spec(library) is None


@register("hypotweet", deploy=True)
def database_is_named(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """A public site uses no database that nobody chose: whoever forgets DATABASE_URL
    would start an empty site beside the real one."""
    if settings.DATABASE_IS_NAMED or settings.DEBUG or not settings.HTTPS_ONLY:
        return []
    hint = "To use SQLite on purpose, name the file: sqlite:////path/to/file"
    return [Error("DATABASE_URL is not set.", hint=hint, id="hypotweet.E014")]


@register("hypotweet", deploy=True)
def debug_is_off(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    if not settings.DEBUG:
        return []
    hint = "Unset DEBUG: error pages show code and settings to visitors."
    return [checks.Warning("DEBUG is on.", hint=hint, id="hypotweet.W001")]


@register("hypotweet", deploy=True)
def mails_are_sent(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    if not settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        return []
    message = "Mails that reset passwords are printed, not sent."
    hint = "Set EMAIL_URL, for example smtp+tls://user:password@mail.example.org:587"
    return [checks.Warning(message, hint=hint, id="hypotweet.W002")]
