"""Addresses of this room."""

from django.urls import path

from balai.foundation.files import views

app_name = "files"
urlpatterns = [
    path("files/<uuid:key>", views.photo, name="photo"),
    path("files/<uuid:key>/thumbnail", views.thumbnail, name="thumbnail"),
]
