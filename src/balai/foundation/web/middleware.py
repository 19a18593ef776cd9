"""What happens to every request before a view sees it, and to every answer afterwards."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from balai.foundation.limits.actions import TooMany
from balai.foundation.places.queries import NoCityYet
from balai.foundation.web.errors import error_answer, wants_json
from balai.foundation.web.history import forget_cookies
from balai.foundation.web.preferences import language_of
from balai.foundation.web.queries import city_face
from balai.foundation.web.rules.requests import (
    FIELD_CHARACTERS,
    QUERY_CHARACTERS,
    RefusedRequest,
    check_body,
    check_texts,
    texts_of,
)

Answer = Callable[[HttpRequest], HttpResponse]
_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
_WITHOUT_LANGUAGE = ("/static/", "/healthz")


class RequestGuardMiddleware:
    """Turn away what no view could handle: characters that no database keeps, texts without end, bodies that cannot be read."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Check, answer, and give an empty 405 a page."""
        refused = self._refuse(request)
        if refused is not None:
            return refused
        response = self.get_response(request)
        if response.status_code == 405 and not response.content and request.method != "HEAD":
            return self._say(request, status=405, headers={"Allow": response.get("Allow", "")})
        forget_cookies(response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer the failures that have pages of their own."""
        if isinstance(exception, TooMany):
            return error_answer(request, status=429, headers={"Retry-After": str(exception.retry_after)})
        if isinstance(exception, RefusedRequest):
            return error_answer(request, status=400, key=exception.reason)
        if isinstance(exception, NoCityYet):
            return error_answer(request, status=503, headers={"Retry-After": "60"})
        if isinstance(exception, RequestDataTooBig):
            return error_answer(request, status=413)
        return None

    def _refuse(self, request: HttpRequest) -> HttpResponse | None:
        try:
            check_texts((request.path, *request.COOKIES.values()), most=FIELD_CHARACTERS)
            check_texts(texts_of(dict(request.GET.lists())), most=QUERY_CHARACTERS)
            if request.content_type != "multipart/form-data":
                # also what calls itself a form: our addresses for programs read JSON, whatever it says
                check_body(request.body)
            if request.content_type in _FORM_TYPES:
                check_texts(texts_of(dict(request.POST.lists())), most=FIELD_CHARACTERS)
                check_texts(
                    (str(getattr(file, "name", "") or "") for _, file in request.FILES.items()), most=QUERY_CHARACTERS
                )
        except RefusedRequest as refusal:
            return self._say(request, status=400, key=refusal.reason)
        except (RequestDataTooBig, TooManyFilesSent):
            return self._say(request, status=413)
        except (TooManyFieldsSent, SuspiciousOperation, MultiPartParserError, UnreadablePostError, UnicodeError):
            return self._say(request, status=400)
        return None

    def _say(
        self, request: HttpRequest, *, status: int, key: str = "", headers: dict[str, str] | None = None
    ) -> HttpResponse:
        # No language has been chosen yet at this point of the chain.
        with translation.override(_language_for(request)):
            return error_answer(request, status=status, key=key, headers=headers)


class LanguageMiddleware:
    """Speak the language a person chose, else the city's; show times in the city's zone.

    Programs (``/api/``) are answered in the language they ask for in ``Accept-Language``.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Choose language and zone, answer, and say which it was."""
        if request.path.startswith(_WITHOUT_LANGUAGE):
            return self.get_response(request)
        language = _language_for(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        timezone.activate(city_face().time_zone)
        try:
            response = self.get_response(request)
        finally:
            timezone.deactivate()
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language",) if wants_json(request) else ("Cookie",))
        return response


class MapTilesPolicyMiddleware:
    """Open the content policy for the one host from which the city's street map comes."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the host to the pages that people see."""
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            host = tile_origin(city_face().tile_url)
            if host:
                update = dict(getattr(response, "_csp_update", None) or {})
                update["img-src"] = [*update.get("img-src", ()), host]
                response._csp_update = update  # type: ignore[attr-defined]  # noqa: SLF001 - the door that django-csp offers
        return response


def tile_origin(tile_url: str) -> str:
    """Return scheme and host of a tile address, with ``*`` for the part that names one of several servers."""
    parts = urlsplit(tile_url.replace("{s}.", "*."))
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("https", "http") and parts.netloc else ""


def _language_for(request: HttpRequest) -> str:
    return translation.get_language_from_request(request) if wants_json(request) else language_of(request)
