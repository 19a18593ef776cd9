"""Addresses of halls under ``/queue/``."""

from django.urls import path

from balai.modules.queue import keep_views, views

app_name = "queue"
urlpatterns = [
    path("", views.listing, name="list"),
    path("ticket/", views.find, name="find"),
    path("ticket/<slug:code>/", views.ticket, name="ticket"),
    path("ticket/<slug:code>/change/", views.change, name="change"),
    path("ticket/<slug:code>/move/", views.move, name="move"),
    path("ticket/<slug:code>/janji.ics", views.calendar, name="calendar"),
    path("hall/<slug:slug>/", views.hall, name="hall"),
    path("hall/<slug:slug>/book/", views.book, name="book"),
    path("hall/<slug:slug>/screen/", views.screen, name="screen"),
    path("hall/<slug:slug>/estimates/", views.estimates, name="estimates"),
    path("hall/<slug:slug>/estimates.csv", views.estimates_csv, name="estimates_csv"),
    path("hall/<slug:slug>/keep/", keep_views.keep, name="keep"),
    path("hall/<slug:slug>/machine/<str:key>/", views.kiosk, name="kiosk"),
    path("hall/<slug:slug>/machine/<str:key>/<slug:code>/", views.printed, name="printed"),
]
