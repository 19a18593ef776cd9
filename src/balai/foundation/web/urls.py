"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from balai.foundation.web import views

app_name = "web"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("about/", views.about, name="about"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("preferences/", views.prefer, name="prefer"),
    path("healthz", views.healthz, name="healthz"),
    path("theme-<slug:hash>.css", views.theme, name="theme"),
    path("favicon.svg", views.favicon, name="favicon"),
    path("favicon.ico", views.favicon),
    path("mark.svg", views.mark, name="mark"),
    path("card.png", views.social_card, name="card"),
    path("robots.txt", views.robots, name="robots"),
]
