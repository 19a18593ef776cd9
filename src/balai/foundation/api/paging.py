"""Page through lists that grow, by keyset: a page stays the same while newer rows arrive above it."""

import base64
import binascii
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from balai.foundation.api.problems import Problem

MAX_PAGE = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NO_MOMENT = -(2**63)
_SIGNATURE_BYTES = 8
_BODY_BYTES = 16


class BadCursor(Problem, BadRequest):
    """A cursor is not one of ours. Programs get a problem, people on a page the page for bad requests; both 400."""

    def __init__(self) -> None:
        super().__init__(400, detail=_("The cursor is not one of ours. Start from the first page."), kind="bad-cursor")


def encode_cursor(moment: datetime | None, row_id: int, *, of: str = "") -> str:
    """Return an opaque, signed text for the place just after the row with this moment and id (32 characters).

    A row without a moment (say, without a deadline) has a place too. ``of`` names the list and its order: there alone
    the cursor is one.
    """
    micros = _NO_MOMENT if moment is None else (moment - _EPOCH) // timedelta(microseconds=1)
    body = micros.to_bytes(8, "big", signed=True) + row_id.to_bytes(8, "big", signed=True)
    return base64.urlsafe_b64encode(body + _sign(body, of)).decode()


def decode_cursor(cursor: str, *, of: str = "") -> tuple[datetime | None, int]:
    """Return the (moment, id) inside a cursor of the list ``of``.

    :raises BadCursor: if it is not one of ours, or one of another list.
    """
    try:
        raw = base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise BadCursor from error
    body, signature = raw[:_BODY_BYTES], raw[_BODY_BYTES:]
    if len(raw) != _BODY_BYTES + _SIGNATURE_BYTES or not hmac.compare_digest(signature, _sign(body, of)):
        raise BadCursor
    micros = int.from_bytes(body[:8], "big", signed=True)
    moment = None if micros == _NO_MOMENT else _EPOCH + timedelta(microseconds=micros)
    return moment, int.from_bytes(body[8:], "big", signed=True)


def place_of(cursor: str, *, of: str) -> tuple[datetime | None, int] | None:
    """Return the (moment, id) inside a cursor of the list ``of``; None for any other text.

    For pages that people read: the beginning of the list says more to them than that an address is wrong.
    """
    try:
        return decode_cursor(cursor, of=of)
    except BadCursor:
        return None


def _sign(body: bytes, of: str) -> bytes:
    # the body has one length, so that no name of a list can be mistaken for a part of it
    signed = b"balai.api.cursor" + body + of.encode()
    return hmac.new(settings.SECRET_KEY.encode(), signed, sha256).digest()[:_SIGNATURE_BYTES]


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of rows, newest first, and the cursor of the next page (empty on the last)."""

    rows: Sequence[Any]
    next_cursor: str


def page_of(rows: QuerySet[Any], *, moment_field: str, cursor: str = "", size: int = 20) -> Page:
    """Return one page of ``rows`` ordered by ``moment_field`` (never null) then id, newest first.

    One query, no count.

    :raises BadCursor: if the cursor is not one of ours.
    """
    size = max(1, min(size, MAX_PAGE))
    if cursor:
        moment, row_id = decode_cursor(cursor)
        if moment is None:
            raise BadCursor
        # the first condition is what the index walks, the second cuts within one moment
        rows = rows.filter(
            Q(**{f"{moment_field}__lte": moment}),
            Q(**{f"{moment_field}__lt": moment}) | Q(pk__lt=row_id),
        )
    found = list(rows.order_by(f"-{moment_field}", "-pk")[: size + 1])
    page = found[:size]
    last = page[-1] if len(found) > size else None
    return Page(rows=page, next_cursor=encode_cursor(getattr(last, moment_field), last.pk) if last else "")


def link_header(request: HttpRequest, *, parameter: str = "after", **relations: str) -> dict[str, str]:
    """Return a ``Link`` header (RFC 8288) that keeps the caller's filters; relations without a cursor are left out.

    ``link_header(request, next=page.next_cursor)``.
    """
    links = []
    for relation, cursor in relations.items():
        if cursor:
            parameters = [(key, value) for key, values in request.GET.lists() for value in values if key != parameter]
            query = urlencode([*parameters, (parameter, cursor)])
            links.append(f'<{settings.BALAI_BASE_URL}{request.path}?{query}>; rel="{relation}"')
    return {"Link": ", ".join(links)} if links else {}
