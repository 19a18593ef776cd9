"""Addresses of services under ``/services/``."""

from django.urls import path

from balai.modules.services import views

app_name = "services"
urlpatterns = [
    path("", views.listing, name="list"),
    path("services.csv", views.export_csv, name="export_csv"),
    path("services.json", views.export_json, name="export_json"),
    path("<slug:slug>/", views.service, name="service"),
]
