"""Addresses of what everybody may read; part of ``urls``."""

from django.urls import path

from balai.modules.complaints.views import public

urlpatterns = [
    path("", public.listing, name="list"),
    path("map.json", public.map_points, name="map"),
    path("statistics/", public.statistics, name="statistics"),
    path("statistics.csv", public.export_statistics, name="export_statistics"),
    path("reports.csv", public.export_csv, name="export_csv"),
    path("reports.json", public.export_json, name="export_json"),
    path("<slug:reference>/", public.case, name="case"),
    path("<slug:reference>/support/", public.support, name="support"),
]
