from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "balai.modules.services"
    label = "services"
