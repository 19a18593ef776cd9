"""The page and the document that describe the API, and the staff's page of keys."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.foundation.api import actions
from balai.foundation.api.answers import encode, read_answer
from balai.foundation.api.doors import open_door
from balai.foundation.api.forms import ApiKeyForm
from balai.foundation.api.problems import KINDS, Problem, problem_response
from balai.foundation.api.queries import all_keys, protocols
from balai.foundation.api.root import document, operations
from balai.foundation.calendar import clock
from balai.foundation.events.rules import Actor

PERMISSION = "settings.edit"


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show every operation for people."""
    return render(
        request,
        "api/home.html",
        {
            "operations": operations(),
            "protocols": protocols(),
            "kinds": KINDS.items(),
            "version": document()["info"]["version"],
        },
    )


@open_door
@require_safe
def openapi(request: HttpRequest) -> HttpResponseBase:
    """Give the OpenAPI document."""
    return read_answer(request, encode(document()), max_age=300)


@open_door
def nothing_here(request: HttpRequest, rest: str) -> HttpResponseBase:
    """Answer unknown addresses as programs expect it."""
    return problem_response(request, Problem(404, kind="not-found"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """List the keys of programs and make a new one, which is shown in this answer only."""
    actor = _editor(request)
    form = ApiKeyForm(request.POST or None)
    made = None
    if request.method == "POST" and form.is_valid():
        made = actions.create_key(**form.cleaned_data, actor=actor, at=clock.now())
        form = ApiKeyForm()
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "api/keys.html", {"keys": all_keys(), "form": form, "made": made}, status=status)


@require_POST
def revoke(request: HttpRequest, prefix: str) -> HttpResponse:
    """Stop a key from working."""
    actor = _editor(request)
    try:
        key = actions.revoke_key(prefix=prefix, actor=actor, at=clock.now())
    except actions.NoSuchKey as error:
        raise Http404 from error
    messages.success(request, _("The key “%(name)s” no longer works.") % {"name": key.name})
    return redirect("api:keys")


def _editor(request: HttpRequest) -> Actor:
    """Return the officer behind a request.

    :raises PermissionDenied: without the permission to change settings.
    """
    grants = request.authority.grants_for(PERMISSION)  # type: ignore[attr-defined]
    if not request.authority.may(PERMISSION):  # type: ignore[attr-defined]
        raise PermissionDenied
    return Actor(kind="staff", id=request.user.pk, post_id=grants[0].post_id if grants else None)
