from django.apps import AppConfig


class ExamplesConfig(AppConfig):
    name = "balai.foundation.examples"
    label = "examples"
