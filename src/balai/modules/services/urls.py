"""Addresses of services under ``/services/``."""

from django.urls import path

from balai.modules.services.views import apply, catalogue, group, information_report, life, own, performance, survey

app_name = "services"
urlpatterns = [
    path("", catalogue.listing, name="list"),
    path("services.csv", catalogue.export_csv, name="export_csv"),
    path("services.json", catalogue.export_json, name="export_json"),
    path("draft/", apply.resume, name="resume"),
    path("draft/<slug:code>/", apply.draft, name="draft"),
    path("draft/<slug:code>/step/<slug:step>/", apply.step, name="step"),
    path("draft/<slug:code>/saved/", apply.saved, name="saved"),
    path("draft/<slug:code>/check/", apply.check, name="check"),
    path("life/", life.listing, name="life"),
    path("life/list/<slug:code>/", life.bundle, name="life_bundle"),
    path("life/list/<slug:code>/send/", life.send, name="life_send"),
    path("life/list/<slug:code>/<int:position>/open/", life.open_own, name="life_open"),
    path("life/list/<slug:code>/<int:position>/tick/", life.tick_line, name="life_tick"),
    path("life/list/<slug:code>/<int:position>/<slug:step>/", life.step, name="life_step"),
    path("life/<slug:slug>/", life.event, name="life_event"),
    path("sent/", own.sent, name="sent"),
    path("mine/<slug:reference>/", own.own, name="own"),
    path("mine/<slug:reference>/do/<slug:change>/", own.own_change, name="own_change"),
    path("mine/<slug:reference>/correct/", own.correct, name="correct"),
    path("mine/<slug:reference>/correct/<slug:step>/", own.correct, name="correct_step"),
    path("mine/<slug:reference>/bill/", own.new_bill, name="new_bill"),
    path("mine/<slug:reference>/visit/", own.cannot_then, name="cannot_then"),
    path("mine/<slug:reference>/forget/", own.forget, name="forget"),
    path("mine/<slug:reference>/survey/", survey.own_answer, name="own_survey"),
    path("performance/", performance.page, name="performance"),
    path("performance/public-information/", information_report.page, name="information_report"),
    path("performance/public-information/report.csv", information_report.export_csv, name="information_report_csv"),
    path("performance/performance.csv", performance.export_csv, name="performance_csv"),
    path("performance/performance.parquet", performance.export_parquet, name="performance_parquet"),
    path("performance/agencies.csv", performance.agencies_csv, name="performance_agencies"),
    path("performance/performance.json", performance.export_json, name="performance_json"),
    path("survey/", survey.results, name="survey_results"),
    path("survey/skm.csv", survey.results_csv, name="survey_csv"),
    path("survey/<str:token>/", survey.answer, name="survey"),
    path("<slug:slug>/", catalogue.service, name="service"),
    path("<slug:slug>/standard.pdf", catalogue.paper, {"paper": "standard"}, name="standard_pdf"),
    path("<slug:slug>/poster.pdf", catalogue.paper, {"paper": "poster"}, name="poster_pdf"),
    path("<slug:slug>/apply/", apply.start, name="apply"),
    path("<slug:slug>/group/", group.start, name="group"),
    path("<slug:slug>/group/people.csv", group.template, name="group_template"),
]
