"""Addresses of complaints under ``/complaints/``: residents' own pages, and what everybody may read."""

from django.urls import path

from balai.modules.complaints import public_urls
from balai.modules.complaints.views import conversation, follow, report, thanks

app_name = "complaints"
urlpatterns = [
    # report
    path("new/", report.new, name="new"),
    path("new/suggest/", report.suggest, name="suggest"),
    path("new/questions/", report.questions, name="questions"),
    path("new/promise/", report.promise, name="promise"),
    path("thanks/", thanks.thanks, name="thanks"),
    path("thanks/number.png", thanks.picture, name="picture"),
    # follow
    path("follow/", follow.find, name="find"),
    path("following/<str:token>/stop/", follow.stop_following, name="stop_following"),
    path("mine/<slug:reference>/", conversation.conversation, name="conversation"),
    path("mine/<slug:reference>/do/<slug:change>/", conversation.change, name="own_change"),
    path("mine/<slug:reference>/code/", conversation.fresh_code, name="fresh_code"),
    path("mine/<slug:reference>/link/", conversation.send_link, name="send_link"),
    path("mine/<slug:reference>/verify/", conversation.verify, name="verify"),
    path("mine/<slug:reference>/language/", conversation.language, name="language"),
    path("mine/<slug:reference>/forget/", conversation.forget, name="forget"),
    *public_urls.urlpatterns,
]
