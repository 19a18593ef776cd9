"""Addresses of the complaints desk under ``/desk/complaints/``."""

from django.urls import path

from balai.modules.complaints.desk_views import cases, entry, rules

app_name = "complaints_desk"
urlpatterns = [
    path("", cases.inbox, name="inbox"),
    path("filters/", cases.filters, name="filters"),
    path("take/", cases.bulk, name="bulk"),
    path("export.csv", cases.export, name="export"),
    path("enter/", entry.enter, name="enter"),
    path("enter/<slug:reference>/", entry.entered, name="entered"),
    path("rules/", rules.rules, name="rules"),
    path("rules/draft/", rules.make_draft, name="make_draft"),
    path("rules/<int:version>/", rules.draft, name="draft"),
    path("rules/<int:version>/try/", rules.try_out, name="try_out"),
    path("rules/<int:version>/activate/", rules.activate, name="activate"),
    path("<slug:reference>/", cases.case, name="case"),
    path("<slug:reference>/do/<slug:change>/", cases.change, name="change"),
    path("<slug:reference>/undo/<int:seq>/", cases.undo, name="undo"),
    path("<slug:reference>/contact/", cases.contact, name="contact"),
    path("<slug:reference>/correct/", cases.correct, name="correct"),
]
