from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "balai.foundation.search"
    label = "search"
