"""Residents' conversations: which matters this browser has opened with number and code.

One signed cookie holds their ids, each with the mark of the code that opened it; there is no account and nothing to
sign in to. Who reads the cookie compares the marks with the present codes: a new code ends what the old one opened.
"""

from collections.abc import Mapping
from datetime import timedelta

from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "balai_case"
# since the browser opened a matter last; README.md says the same to people
LIVES = timedelta(days=30)
# a shared telephone of a family; the oldest is forgotten first
MOST = 20
_SALT = "balai.identity.conversations"


def marks(request: HttpRequest) -> dict[int, str]:
    """Return the matters that this browser has opened, each with the mark of the code that opened it, oldest first."""
    try:
        found = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=LIVES)
    except signing.BadSignature:
        return {}
    return {
        item[0]: item[1]
        for item in found
        if isinstance(item, list) and len(item) == 2 and isinstance(item[0], int) and isinstance(item[1], str)
    }


def _write(response: HttpResponse, kept: Mapping[int, str], *, secure: bool) -> None:
    if not kept:
        response.delete_cookie(COOKIE, samesite="Lax")
        return
    response.set_cookie(
        COOKIE,
        signing.dumps(list(kept.items())[-MOST:], salt=_SALT),
        max_age=int(LIVES.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=secure,
    )


def remember(response: HttpResponse, case_id: int, *, mark: str, request: HttpRequest | None = None) -> None:
    """Let this browser open the matter from now on, until its code has another ``mark``.

    With ``request`` it keeps those that it had opened before.
    """
    remember_all(response, {case_id: mark}, request=request)


def remember_all(response: HttpResponse, opened: Mapping[int, str], *, request: HttpRequest | None = None) -> None:
    """Let this browser open several matters from now on, each until its code has another mark."""
    before = marks(request) if request is not None else {}
    kept = {case_id: mark for case_id, mark in before.items() if case_id not in opened}
    _write(response, {**kept, **opened}, secure=bool(request is not None and request.is_secure()))


def forget(response: HttpResponse, case_id: int, *, request: HttpRequest) -> None:
    """Let this browser no longer open the matter without its code."""
    kept = marks(request)
    kept.pop(case_id, None)
    _write(response, kept, secure=request.is_secure())
