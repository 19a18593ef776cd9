"""Residents' conversations: which matters this browser has opened with number and code.

One signed cookie holds their ids; there is no account and nothing to sign in to.
"""

from datetime import timedelta

from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "balai_case"
LIVES = timedelta(days=90)
# a shared telephone of a family; the oldest is forgotten first
MOST = 20
_SALT = "balai.identity.conversations"


def _read(request: HttpRequest) -> list[int]:
    try:
        found = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=LIVES)
    except signing.BadSignature:
        return []
    return [item for item in found if isinstance(item, int)]


def case_ids(request: HttpRequest) -> set[int]:
    """Return the ids of the matters that this browser has opened with their codes."""
    return set(_read(request))


def _write(response: HttpResponse, ids: list[int], *, secure: bool) -> None:
    if not ids:
        response.delete_cookie(COOKIE, samesite="Lax")
        return
    response.set_cookie(
        COOKIE,
        signing.dumps(ids[-MOST:], salt=_SALT),
        max_age=int(LIVES.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=secure,
    )


def remember(response: HttpResponse, case_id: int, *, request: HttpRequest | None = None) -> None:
    """Let this browser open the matter from now on; with ``request`` it keeps those that it had opened before."""
    before = [item for item in _read(request) if item != case_id] if request is not None else []
    _write(response, [*before, case_id], secure=bool(request is not None and request.is_secure()))


def forget(response: HttpResponse, case_id: int, *, request: HttpRequest) -> None:
    """Let this browser no longer open the matter without its code."""
    _write(response, [item for item in _read(request) if item != case_id], secure=request.is_secure())
