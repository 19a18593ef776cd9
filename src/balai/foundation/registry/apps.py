from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "balai.foundation.registry"
    label = "registry"

    def ready(self) -> None:
        from balai.foundation.registry import checks  # noqa: F401, PLC0415 - registers the checks
