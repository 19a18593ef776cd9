"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from balai.foundation.units import views

app_name = "units"
urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/", views.desk, name="desk"),
]
