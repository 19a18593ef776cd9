"""Addresses of the staff's pages on days off and opening hours; mounted at the root."""

from datetime import date

from django.urls import path, register_converter

from balai.foundation.calendar import views


class DayConverter:
    """A day as 2026-11-27; what is no date is no address."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """Return the day."""
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        """Return the day as it stands in an address."""
        return value.isoformat()


register_converter(DayConverter, "day")

app_name = "calendar"
urlpatterns = [
    path("settings/calendar/", views.days, name="days"),
    path("settings/calendar/days/add/", views.add_day, name="add_day"),
    path("settings/calendar/days/load/", views.load_days, name="load_days"),
    path("settings/calendar/days/<day:day>/", views.change_day, name="change_day"),
    path("settings/calendar/days/<day:day>/remove/", views.remove_day, name="remove_day"),
    path("settings/calendar/hours/<slug:slug>/", views.hours, name="hours"),
]
