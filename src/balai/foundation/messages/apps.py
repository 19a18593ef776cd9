from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "balai.foundation.messages"
    label = "balai_messages"

    def ready(self) -> None:
        from balai.foundation.messages import checks  # noqa: F401, PLC0415 - registers the checks
