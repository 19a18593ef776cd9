"""Say what went wrong as RFC 9457 asks, in the caller's language."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation.trans_real import parse_accept_lang_header
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from balai.foundation.limits.actions import TooMany

logger = logging.getLogger(__name__)

Words = str | Promise
CONTENT_TYPE = "application/problem+json"
# What `type` may say; each is explained on the page /api/ under the same name.
KINDS: Mapping[str, Words] = {
    "not-understood": _("A parameter or field is missing or cannot be read. The list “errors” names each one."),
    "not-found": _("There is nothing public at this address."),
    "not-allowed": _("The key does not carry the right that this call needs, or the caller may not do this."),
    "key-needed": _("This call needs a key in the header “Authorization: Bearer …”."),
    "wrong-method": _("This address answers other methods; the header “Allow” names them."),
    "bad-cursor": _("The place in the list is not one of ours. Start from the first page."),
    "too-many": _("Too many calls in a short time. The header “Retry-After” says for how many seconds to wait."),
    "unexpected": _("Something went wrong on our side. The call may be repeated."),
}
TITLES: Mapping[int, Words] = {
    400: _("The request could not be understood"),
    401: _("A key is needed"),
    403: _("Not allowed"),
    404: _("Not found"),
    405: _("This address does not answer that method"),
    409: _("This contradicts what is already there"),
    413: _("Too large"),
    415: _("This kind of content is not accepted"),
    422: _("Some fields could not be understood"),
    429: _("Too many calls"),
    500: _("Something went wrong on our side"),
    503: _("Not available at the moment"),
}


class Problem(Exception):
    """An expected failure of an API call.

    ``kind`` is one of :data:`KINDS`; ``errors`` a list of ``{"detail", "pointer" | "parameter"}``; ``headers`` go
    into the answer; further keywords become members of the body.
    """

    def __init__(
        self,
        status: int,
        title: Words = "",
        detail: Words = "",
        *,
        kind: str = "",
        errors: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        self.status = status
        self.title = title or TITLES.get(status, HTTPStatus(status).phrase)
        self.detail = detail
        self.kind = kind
        self.errors = errors
        self.headers = dict(headers or {})
        self.extra = extra
        super().__init__(status, str(self.title))


def language_of(request: HttpRequest) -> str:
    """Return ``id`` or ``en`` as Accept-Language asks; Indonesian when it asks for neither."""
    known = {code for code, _label in settings.LANGUAGES}
    for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()):
        short = code.partition("-")[0]
        if short in known:
            return short
    return str(settings.LANGUAGE_CODE)


def problem_response(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Return the answer for ``problem``."""
    language = language_of(request)
    with translation.override(language):
        body: dict[str, Any] = {
            "type": f"{settings.BALAI_BASE_URL}/api/#{problem.kind}" if problem.kind else "about:blank",
            "title": str(problem.title),
            "status": problem.status,
            "instance": request.path,
        }
        if problem.detail:
            body["detail"] = str(problem.detail)
        if problem.errors:
            body["errors"] = [{key: str(value) for key, value in error.items()} for error in problem.errors]
        body |= problem.extra
        content = msgspec.json.encode(body, enc_hook=str)
    response = HttpResponse(content, status=problem.status, content_type=CONTENT_TYPE)
    response["Content-Language"] = language
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["Accept-Language"])
    for name, value in problem.headers.items():
        response[name] = value
    return response


def problem_of(error: Exception) -> Problem:
    """Return the problem that stands for any exception; an unknown one tells nothing about our insides."""
    match error:
        case Problem():
            return error
        case ValidationError():
            return Problem(422, kind="not-understood", errors=[_field_error(each) for each in error.errors])
        case Http404():
            return Problem(404, kind="not-found")
        case PermissionDenied():
            return Problem(403, kind="not-allowed")
        case TooMany():
            return Problem(
                429,
                detail=_("Wait before the next call; the header “Retry-After” says for how many seconds."),
                kind="too-many",
                headers={"Retry-After": str(error.retry_after)},
            )
        case RawPostDataException():
            # a form where JSON is expected: it was read as a form before the call could read it
            return Problem(415, detail=_("Send the body as JSON."), kind="not-understood")
        case HttpError():
            return Problem(error.status_code, detail=error.message)
        case _:
            return Problem(500, kind="unexpected")


def answer_problems_of(api: NinjaAPI) -> None:
    """Make ``api`` answer every failure as a problem."""

    def answer(request: HttpRequest, error: Any) -> HttpResponse:
        problem = problem_of(error)
        if problem.kind == "unexpected":
            logger.error("API call %s %s failed", request.method, request.path, exc_info=error)
        return problem_response(request, problem)

    for kind in (Exception, Http404, HttpError, ValidationError):
        api.add_exception_handler(kind, answer)


_FIELD_WORDS: Mapping[str, Words] = {
    "missing": _("This is missing."),
    "string_too_long": _("At most %(max_length)s characters."),
    "string_too_short": _("At least %(min_length)s characters."),
    "greater_than_equal": _("At least %(ge)s."),
    "greater_than": _("More than %(gt)s."),
    "less_than_equal": _("At most %(le)s."),
    "less_than": _("Less than %(lt)s."),
    "enum": _("One of: %(expected)s."),
    "literal_error": _("One of: %(expected)s."),
    "int_parsing": _("A whole number is expected."),
    "int_type": _("A whole number is expected."),
    "float_parsing": _("A number is expected."),
    "float_type": _("A number is expected."),
    "bool_parsing": _("“true” or “false” is expected."),
    "string_type": _("A text is expected."),
    "uuid_parsing": _("A UUID is expected."),
    "extra_forbidden": _("This is not known here."),
    "json_invalid": _("The body is not JSON."),
}
_MOMENT = _("A moment as in 2026-11-27T14:30:00+07:00 is expected.")
_DATE = _("A date as in 2026-11-27 is expected.")


def _field_error(error: Mapping[str, Any]) -> dict[str, Any]:
    source, *path = (str(part) for part in error["loc"])
    words = _words_of(error["type"])
    detail: object = _Filled(words, error.get("ctx", {})) if words else error["msg"]
    if source in {"body", "form", "file"}:
        # Ninja puts the name of the handler's argument first
        return {"detail": detail, "pointer": "#/" + "/".join(path[1:] if source == "body" else path)}
    return {"detail": detail, "parameter": ".".join(path)}


def _words_of(kind: str) -> Words | None:
    if kind.startswith("datetime_"):
        return _MOMENT
    if kind.startswith("date_"):
        return _DATE
    return _FIELD_WORDS.get(kind)


class _Filled:
    """Words filled in when they are read, so that they are in the caller's language."""

    def __init__(self, words: Words, values: Mapping[str, Any]) -> None:
        self.words, self.values = words, values

    def __str__(self) -> str:
        return str(self.words) % self.values
