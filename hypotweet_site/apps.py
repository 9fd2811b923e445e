from django.apps import AppConfig
from django.conf import settings


class HypotweetSiteConfig(AppConfig):
    name = "hypotweet_site"
    verbose_name = "HypoTweet"

    def ready(self) -> None:
        from hypotweet_site.operations import checks  # registers them
        from hypotweet_site.operations.backup import erasures  # noqa: F401 - registers

        if settings.SENTRY_DSN and not checks.is_missing("sentry_sdk"):
            from hypotweet_site.operations import sentry

            sentry.start(settings.SENTRY_DSN)
