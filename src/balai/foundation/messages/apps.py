from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "balai.foundation.messages"
    label = "balai_messages"
