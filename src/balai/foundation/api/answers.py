"""Answer reads fast and let callers keep what has not changed."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.functional import Promise
from ninja.renderers import BaseRenderer


def _plain(value: Any) -> Any:
    if isinstance(value, Promise):
        return str(value)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    raise NotImplementedError(f"no JSON form for {type(value).__name__}")


_encoder = msgspec.json.Encoder(enc_hook=_plain)


def encode(data: Any) -> bytes:
    """Return ``data`` as JSON; knows dates, UUIDs, decimals, dataclasses, msgspec structs and lazy words."""
    return _encoder.encode(data)


class FastRenderer(BaseRenderer):
    """Ninja's renderer on msgspec."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return encode(data)


def json_answer(data: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Return ``data`` as a JSON answer without passing through a schema."""
    return HttpResponse(encode(data), status=status, content_type="application/json; charset=utf-8", headers=headers)


def read_answer(
    request: HttpRequest, data: Any, *, max_age: int = 0, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """Return ``data`` (or ready JSON bytes) for a read anyone may make, with an ETag; 304 if the caller has it.

    ``max_age``: seconds for which caches may keep it without asking.
    """
    content = data if isinstance(data, bytes) else encode(data)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response = HttpResponse(content, content_type="application/json; charset=utf-8", headers=headers)
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={max_age}" if max_age else "public, no-cache"
    unchanged: HttpResponse | None = get_conditional_response(request, etag=etag, response=response)
    return response if unchanged is None else unchanged
