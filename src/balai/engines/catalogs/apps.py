from django.apps import AppConfig


class CatalogsConfig(AppConfig):
    name = "balai.engines.catalogs"
    label = "catalogs"
