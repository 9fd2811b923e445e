from django.apps import AppConfig


class TweetsConfig(AppConfig):
    name = "tweets"

    def ready(self) -> None:
        from tweets.store import erasure  # noqa: F401 - connects receivers
