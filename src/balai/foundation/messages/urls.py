"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from balai.foundation.messages import mailbox_views, views

app_name = "messages"
urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/messages/", views.texts, name="texts"),
    path("settings/messages/texts/<slug:slug>/<slug:channel>/", views.edit, name="edit"),
    path("settings/messages/texts/<slug:slug>/<slug:channel>/reset/", views.reset, name="reset"),
    path("settings/messages/outbox/", views.outbox, name="outbox"),
    path("settings/messages/outbox/again/", views.all_again, name="all-again"),
    path("settings/messages/outbox/<int:message_id>/again/", views.again, name="again"),
    path("settings/messages/test/", views.test, name="test"),
    path("mailbox/", mailbox_views.mailbox, name="mailbox"),
    path("mailbox/<int:item_id>/", mailbox_views.letter, name="letter"),
]
