"""Addresses of this room."""

from django.urls import path

from balai.foundation.forms import desk_views

app_name = "forms"
urlpatterns = [
    path("settings/forms/", desk_views.forms_list, name="list"),
    path("settings/forms/<slug:slug>/", desk_views.design, name="design"),
    path("settings/forms/<slug:slug>/change/", desk_views.change, name="change"),
    path("settings/forms/<slug:slug>/preview/", desk_views.preview, name="preview"),
    path("settings/forms/<slug:slug>/page/", desk_views.step, name="add_step"),
    path("settings/forms/<slug:slug>/page/<slug:step>/", desk_views.step, name="step"),
    path("settings/forms/<slug:slug>/page/<slug:step>/question/", desk_views.field, name="add_field"),
    path("settings/forms/<slug:slug>/page/<slug:step>/question/<slug:field>/", desk_views.field, name="field"),
    path("settings/forms/<slug:slug>/value/", desk_views.computed, name="add_computed"),
    path("settings/forms/<slug:slug>/value/<slug:name>/", desk_views.computed, name="computed"),
    path("settings/forms/<slug:slug>/table/", desk_views.table, name="add_table"),
    path("settings/forms/<slug:slug>/table/<slug:name>/", desk_views.table, name="table"),
]
