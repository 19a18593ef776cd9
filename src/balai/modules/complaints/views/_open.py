"""What the report form says while the city is still being set up."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from balai.engines.cases.models import KindVersion
from balai.foundation.places.queries import NoCityYet
from balai.modules.complaints.queries.set_up import NoCentralDesk

View = Callable[[HttpRequest], HttpResponse]


def when_open(view: View) -> View:
    """Answer that reports cannot be taken yet where city, central desk or kinds are missing."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except (NoCityYet, NoCentralDesk, KindVersion.DoesNotExist):
            response = render(request, "complaints/not_open.html", status=503)
            response["Retry-After"] = "3600"
            return response

    return guarded
