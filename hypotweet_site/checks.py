"""System checks: what the environment got wrong, with a number and a hint."""

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
    message = "Mails to reset passwords are only printed."
    hint = "Set EMAIL_URL, for example smtp+tls://user:password@mail.example.org:587"
    return [checks.Warning(message, hint=hint, id="hypotweet.W002")]
