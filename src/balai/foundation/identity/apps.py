from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "balai.foundation.identity"
    label = "identity"
