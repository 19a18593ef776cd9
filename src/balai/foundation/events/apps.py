from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "balai.foundation.events"
    label = "events"
