"""Addresses of this room; mounted at the root."""

from django.urls import URLPattern, URLResolver, path

from balai.foundation.units import views

app_name = "units"
urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/", views.desk, name="desk"),
    path("desk/neglect/", views.neglect, name="neglect"),
    path("settings/units/", views.unit_list, name="list"),
    path("settings/units/add/", views.add_unit, name="add"),
    path("settings/units/agency/<slug:slug>/", views.unit_page, name="unit"),
    path("settings/units/agency/<slug:slug>/posts/add/", views.add_post, name="add-post"),
    path("settings/units/agency/<slug:slug>/posts/<int:post_id>/appoint/", views.appoint, name="appoint"),
    path("settings/units/agency/<slug:slug>/posts/<int:post_id>/deputy/", views.deputy, name="deputy"),
    path("settings/units/agency/<slug:slug>/posts/<int:post_id>/end/", views.end_holding, name="end-holding"),
    path("settings/units/agency/<slug:slug>/posts/<int:post_id>/link/", views.show_password_link, name="password-link"),
]
