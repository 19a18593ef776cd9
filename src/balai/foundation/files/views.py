"""Serve photos, each look through the guard of its owner."""

import uuid

from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from balai.foundation.files.models import Attachment
from balai.foundation.files.queries import guard_of

# A day: long enough to save the line, short enough that a photo taken down is gone from caches by tomorrow.
_PUBLIC_CACHING = "public, max-age=86400, immutable"
_PRIVATE_CACHING = "private, no-store"


@login_not_required
@require_safe
def photo(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    """Show one photo; hand out one document."""
    attachment = _seen_by(request, key)
    return _answer(request, attachment, attachment.stored, "photo")


@login_not_required
@require_safe
def thumbnail(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    """Show one photo small."""
    attachment = _seen_by(request, key)
    return _answer(request, attachment, attachment.thumbnail, "thumbnail")


def _seen_by(request: HttpRequest, key: uuid.UUID) -> Attachment:
    """Return the file if this visitor may see it; a stranger learns not even that it exists."""
    attachment = Attachment.objects.defer("evidence").filter(key=key).first()
    guard = guard_of(owner_kind=attachment.owner_kind) if attachment else None
    if attachment is None or guard is None or not guard.may_see(request, attachment):
        raise Http404
    return attachment


def _answer(request: HttpRequest, attachment: Attachment, name: str, part: str) -> HttpResponseBase:
    if attachment.state == Attachment.State.PENDING and not attachment.public:
        waiting = HttpResponse(_("The photo is being processed."), status=202, content_type="text/plain; charset=utf-8")
        waiting["Retry-After"] = "5"
        return _guarded(waiting, _PRIVATE_CACHING)
    if attachment.state != Attachment.State.READY:
        raise Http404
    etag = f'"{attachment.key.hex}-{part}"'
    caching = _PUBLIC_CACHING if attachment.public else _PRIVATE_CACHING
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return _guarded(unchanged, caching)
    if not name:
        raise Http404  # a document has no small picture
    try:
        file = default_storage.open(name)
    except FileNotFoundError as error:
        raise Http404 from error
    ending = name.rpartition(".")[2]
    response = FileResponse(
        file,
        content_type=attachment.content_type,
        # a document is never opened under our own address
        as_attachment=attachment.is_document,
        filename=attachment.name if attachment.is_document else f"{part}-{attachment.key.hex[:8]}.{ending}",
    )
    response["ETag"] = etag
    response["Cross-Origin-Resource-Policy"] = "cross-origin" if attachment.public else "same-origin"
    return _guarded(response, caching)


def _guarded(response: HttpResponseBase, caching: str) -> HttpResponseBase:
    """Tell the browser to keep it as agreed and to treat it as a picture whatever it contains."""
    response["Cache-Control"] = caching
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
