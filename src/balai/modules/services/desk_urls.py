"""Addresses of the services desk under ``/desk/services/``."""

from django.urls import path

from balai.modules.services.desk_views import appointments, bring_in, cases, consultation, counter, life, making, visits

app_name = "services_desk"
urlpatterns = [
    path("", cases.inbox, name="inbox"),
    path("filters/", cases.filters, name="filters"),
    path("take/", cases.bulk, name="bulk"),
    path("make/", making.services, name="services"),
    path("make/from-file/", bring_in.page, name="bring_in"),
    path("make/standards.json", bring_in.export, name="export"),
    path("make/<slug:slug>/", making.standard, name="standard"),
    path("make/<slug:slug>/advance/", making.advance, name="advance"),
    path("make/<slug:slug>/comments/", consultation.comments, name="comments"),
    path("make/<slug:slug>/steps/", making.steps, name="steps"),
    path("make/<slug:slug>/replay/", making.replayed, name="replay"),
    path("make/<slug:slug>/publish/", making.publish, name="publish"),
    path("life/", life.events, name="life"),
    path("life/<slug:slug>/", life.event, name="life_event"),
    path("enter/", counter.enter, name="enter"),
    path("visits/", visits.listing, name="visits"),
    path("visits/worker.js", visits.worker, name="visit_worker"),
    path("visits/<int:visit_id>/", visits.page, name="visit"),
    path("visits/<int:visit_id>/send/", visits.send, name="visit_send"),
    path("<slug:reference>/visit/", appointments.plan, name="plan_visit"),
    path("<slug:reference>/survey/", counter.survey, name="survey"),
    path("<slug:reference>/", cases.case, name="case"),
    path("<slug:reference>/do/<slug:change>/", cases.change, name="change"),
    path("<slug:reference>/undo/<int:seq>/", cases.undo, name="undo"),
    path("<slug:reference>/contact/", cases.contact, name="contact"),
    path("<slug:reference>/result/", cases.remake, name="remake"),
    path("<slug:reference>/compensation/", cases.compensate, name="compensate"),
    path("<slug:reference>/document/<int:document>/", cases.judge, name="judge"),
]
