"""Addresses of outlines; mounted at the root."""

from django.urls import path

from balai.foundation.places import views

app_name = "places"
urlpatterns = [path("places/outlines/<slug:level>.geojson", views.outlines, name="outlines")]
