from django.apps import AppConfig


class QueueConfig(AppConfig):
    name = "balai.modules.queue"
    label = "queue"
