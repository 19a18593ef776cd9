from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "balai.foundation.forms"
    label = "balai_forms"
