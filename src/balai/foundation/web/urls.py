"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from balai.foundation.web import brand_views, gallery_views, search_views, views

app_name = "web"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("about/", views.about, name="about"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("search/", search_views.search, name="search"),
    path("preferences/", views.prefer, name="prefer"),
    path("settings/brand/", brand_views.edit_brand, name="brand"),
    path("settings/brand/preview/", brand_views.preview_colour, name="brand-preview"),
    path("styleguide/", gallery_views.gallery, name="gallery"),
    path("styleguide/desk/", gallery_views.desk_gallery, name="gallery-desk"),
    path("styleguide/clusters.json", gallery_views.clusters, name="gallery-clusters"),
    path("healthz", views.healthz, name="healthz"),
    path("theme-<slug:hash>.css", views.theme, name="theme"),
    path("favicon.svg", views.favicon, name="favicon"),
    path("favicon.ico", views.favicon),
    path("mark.svg", views.mark, name="mark"),
    path("card.png", views.social_card, name="card"),
    path(".well-known/security.txt", views.security, name="security"),
    path("robots.txt", views.robots, name="robots"),
]
