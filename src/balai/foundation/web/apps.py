from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "balai.foundation.web"
    label = "web"

    def ready(self) -> None:
        from balai.foundation.web import checks  # noqa: F401, PLC0415 - registers the checks
