from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "common"
    verbose_name = "Audit"

    def ready(self) -> None:
        from common.audit import actors, mirror, privacy  # noqa: F401 - connects receivers
