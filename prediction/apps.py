from django.apps import AppConfig


class PredictionConfig(AppConfig):
    name = "prediction"

    def ready(self) -> None:
        # Both connect receivers.
        from prediction import signals  # noqa: F401
        from prediction.pages import account  # noqa: F401
