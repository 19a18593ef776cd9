from django.apps import AppConfig


class LimitsConfig(AppConfig):
    name = "balai.foundation.limits"
    label = "limits"
