"""Addresses of the counters under ``/desk/queue/``."""

from django.urls import path

from balai.modules.queue import desk_views

app_name = "queue_desk"
urlpatterns = [
    path("", desk_views.halls, name="halls"),
    path("<slug:slug>/", desk_views.board, name="board"),
    path("<slug:slug>/set-up/", desk_views.set_up, name="set_up"),
    path("<slug:slug>/set-up/do/", desk_views.change_hall, name="change_hall"),
    path("<slug:slug>/counter/<int:number>/", desk_views.counter, name="counter"),
    path("<slug:slug>/counter/<int:number>/do/", desk_views.press, name="press"),
]
