"""An API with one call for every way to fail, mounted as the real one is."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import include, path
from ninja import NinjaAPI, Router, Schema

from balai.foundation.api.answers import FastRenderer, read_answer
from balai.foundation.api.doors import addresses_of
from balai.foundation.api.keys import require_key
from balai.foundation.api.problems import Problem, answer_problems_of
from balai.foundation.api.views import nothing_here
from balai.foundation.limits.actions import TooMany

router = Router()


class Thing(Schema):
    """What one sends."""

    name: str
    size: int


class Found(Schema):
    """What one gets."""

    moment: datetime
    name: str


@router.get("/things", response=list[Found])
def list_things(request: HttpRequest, since: datetime | None = None, size: int = 20) -> Any:
    """Return the things."""
    return [{"moment": datetime.fromisoformat("2026-11-27T14:30:00+07:00"), "name": "batu"}]


@router.get("/ready")
def ready(request: HttpRequest) -> Any:
    """Return bytes made ready."""
    return read_answer(request, {"name": "batu"}, max_age=60)


@router.post("/things")
def make_thing(request: HttpRequest, thing: Thing) -> Any:
    """Make a thing, with a key."""
    key = require_key(request, "things.write")
    return {"name": thing.name, "by": key.name}


@router.get("/fail/{how}")
def fail(request: HttpRequest, how: str) -> Any:
    """Fail as asked."""
    raise {
        "404": Http404("secret inside"),
        "403": PermissionDenied("secret inside"),
        "429": TooMany(17),
        "409": Problem(409, detail="There already.", other="ABC"),
        "500": ZeroDivisionError("secret inside"),
    }[how]


api = NinjaAPI(docs_url=None, openapi_url=None, renderer=FastRenderer(), urls_namespace="test-api")
answer_problems_of(api)
api.add_router("test", router)

urlpatterns = [path("api/", include((addresses_of(api), "operations"))), path("api/<path:rest>", nothing_here)]
