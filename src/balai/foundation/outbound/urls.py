"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from balai.foundation.outbound import desk_views, views

app_name = "outbound"
urlpatterns: list[URLPattern | URLResolver] = [
    path("outside/", views.availability, name="availability"),
    path("outside/availability.csv", views.availability_csv, name="availability_csv"),
    path("outside/<slug:system>/answer/", views.answer, name="answer"),
    path("settings/webhooks/", desk_views.webhooks, name="webhooks"),
    path("settings/webhooks/<int:webhook_id>/", desk_views.webhook, name="webhook"),
    path("settings/webhooks/<int:webhook_id>/do/", desk_views.change_webhook, name="change_webhook"),
    path("settings/outside/", desk_views.systems, name="systems"),
    path("settings/outside/system/<slug:slug>/", desk_views.system, name="system"),
    path("settings/outside/system/<slug:slug>/do/", desk_views.change_system, name="change_system"),
    path("settings/outside/hand-over/<int:hand_over_id>/", desk_views.hand_over, name="hand_over"),
    path("settings/outside/hand-over/<int:hand_over_id>/do/", desk_views.change_hand_over, name="change_hand_over"),
]
