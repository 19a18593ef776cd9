from django.apps import AppConfig


class MemoryConfig(AppConfig):
    name = "balai.foundation.memory"
    label = "memory"
