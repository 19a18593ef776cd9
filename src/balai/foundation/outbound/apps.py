from django.apps import AppConfig


class OutboundConfig(AppConfig):
    name = "balai.foundation.outbound"
    label = "outbound"
