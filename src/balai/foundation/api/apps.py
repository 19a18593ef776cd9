from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "balai.foundation.api"
    label = "api"
