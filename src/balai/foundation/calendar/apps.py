from django.apps import AppConfig


class CalendarConfig(AppConfig):
    name = "balai.foundation.calendar"
    label = "calendar"
