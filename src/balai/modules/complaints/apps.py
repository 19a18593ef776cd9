from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "balai.modules.complaints"
    label = "complaints"
