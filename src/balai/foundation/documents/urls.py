"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from balai.foundation.documents import desk_views, views

app_name = "documents"
urlpatterns: list[URLPattern | URLResolver] = [
    path("documents/c/<str:code>", views.check, name="check"),
    path("documents/verify", views.verify, name="verify"),
    path("documents/<int:document_id>/download", views.download, name="download"),
    path("settings/documents/", desk_views.templates, name="templates"),
    path("settings/documents/issued/", desk_views.documents, name="documents"),
    path("settings/documents/issued/<int:document_id>/again/", desk_views.retry, name="retry"),
    path("settings/documents/issued/<int:document_id>/revoke/", desk_views.revoke, name="revoke"),
    path("settings/documents/templates/<slug:slug>/", desk_views.edit, name="edit"),
    path("settings/documents/templates/<slug:slug>/<int:number>/", desk_views.version, name="version"),
]
