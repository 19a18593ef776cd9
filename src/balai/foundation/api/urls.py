"""Addresses of this room, relative to the root."""

from django.urls import URLPattern, URLResolver, include, path

from balai.foundation.api import views
from balai.foundation.api.doors import open_door
from balai.foundation.api.root import api

app_name = "api"


def _opened() -> list[URLPattern | URLResolver]:
    """Return Ninja's own addresses, open to programs; its root only serves to find itself and is ours."""
    patterns, _app, _namespace = api.urls
    for pattern in patterns:
        assert isinstance(pattern, URLPattern)
        pattern.callback = open_door(pattern.callback)
    return [pattern for pattern in patterns if pattern.name != "api-root"]


urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", views.home, name="home"),
    path("api/openapi.json", views.openapi, name="openapi"),
    path("api/", include((_opened(), "operations"))),
    path("api/<path:rest>", views.nothing_here),
    path("settings/api-keys/", views.keys, name="keys"),
    path("settings/api-keys/<str:prefix>/revoke/", views.revoke, name="revoke"),
]
