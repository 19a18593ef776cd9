from django.apps import AppConfig


class RowsConfig(AppConfig):
    name = "balai.foundation.rows"
    label = "rows"
