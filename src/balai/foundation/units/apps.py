from django.apps import AppConfig


class UnitsConfig(AppConfig):
    name = "balai.foundation.units"
    label = "units"
