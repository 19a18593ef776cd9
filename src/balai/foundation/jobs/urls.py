"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from balai.foundation.jobs import views

app_name = "jobs"
urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/jobs/", views.work, name="work"),
    path("settings/jobs/again/", views.again, name="again"),
]
