from django.apps import AppConfig


class HypotweetSiteConfig(AppConfig):
    name = "hypotweet_site"
    verbose_name = "HypoTweet"

    def ready(self) -> None:
        from hypotweet_site import checks  # noqa: F401 - registers them
