from django.apps import AppConfig


class PredictionConfig(AppConfig):
    name = "prediction"

    def ready(self) -> None:
        from prediction import signals  # noqa: F401 - connects the receivers
