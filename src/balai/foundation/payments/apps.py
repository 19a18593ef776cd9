from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "balai.foundation.payments"
    label = "payments"
