"""Open a view to programs: no sign-in, no form token, any origin."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI

from balai.foundation.api.problems import Problem, problem_response

View = Callable[..., HttpResponseBase]
_READS = frozenset({"GET", "HEAD"})
_EXPOSED = "Link, ETag, Retry-After, Content-Language"


def open_door(view: View) -> View:
    """Return ``view`` as an address for programs.

    Answers name any origin, without credentials: a browser then neither sends cookies nor shows what a signed-in
    person sees. The view must not act on the session: there is no form token here.
    """

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "OPTIONS":
            return _preflight()
        response = view(request, *args, **kwargs)
        if response.status_code == 405 and request.method == "HEAD":
            response = _without_body(request, view, args, kwargs)
        if response.status_code == 405:
            response = problem_response(
                request, Problem(405, kind="wrong-method", headers={"Allow": response.get("Allow", "")})
            )
        if request.method in _READS:
            response["Access-Control-Allow-Origin"] = "*"
            response["Access-Control-Expose-Headers"] = _EXPOSED
            response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return csrf_exempt(login_not_required(opened))


def _without_body(request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]) -> HttpResponseBase:
    """Return what GET would answer, without its body: Ninja knows no HEAD, HTTP asks for it wherever there is GET."""
    request.method = "GET"
    response = view(request, *args, **kwargs)
    request.method = "HEAD"
    if isinstance(response, HttpResponse) and response.status_code != 405:
        length = len(response.content)
        response.content = b""
        response["Content-Length"] = str(length)
    return response


def _preflight() -> HttpResponse:
    return HttpResponse(
        status=204,
        headers={
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Methods": "GET, HEAD",
            "Access-Control-Allow-Headers": "Authorization, Accept-Language, If-None-Match",
            "Access-Control-Max-Age": "86400",
        },
    )


def addresses_of(api: NinjaAPI) -> list[URLPattern | URLResolver]:
    """Return the addresses of ``api``, open to programs; Ninja's root only serves to find itself and is left out."""
    patterns, _app, _namespace = api.urls
    found: list[URLPattern | URLResolver] = []
    for pattern in patterns:
        assert isinstance(pattern, URLPattern), "Ninja mounts its operations one by one"
        if pattern.name != "api-root":
            pattern.callback = open_door(pattern.callback)
            found.append(pattern)
    return found
