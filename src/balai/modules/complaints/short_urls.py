"""The address that fits on a poster: ``/lapor/``."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.generic import RedirectView

urlpatterns = [
    path(
        "",
        login_not_required(RedirectView.as_view(pattern_name="complaints:new", query_string=True)),
        name="complaints_short",
    )
]
