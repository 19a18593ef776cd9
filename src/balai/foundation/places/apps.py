from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "balai.foundation.places"
    label = "places"
