"""Addresses of this room, relative to the root."""

from django.urls import URLPattern, URLResolver, include, path

from balai.foundation.api import views
from balai.foundation.api.doors import addresses_of
from balai.foundation.api.root import api

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", views.home, name="home"),
    path("api/openapi.json", views.openapi, name="openapi"),
    path("api/", include((addresses_of(api), "operations"))),
    path("api/<path:rest>", views.nothing_here),
    path("settings/api-keys/", views.keys, name="keys"),
    path("settings/api-keys/<str:prefix>/revoke/", views.revoke, name="revoke"),
]
