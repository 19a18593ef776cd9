from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "balai.foundation.web"
    label = "web"
