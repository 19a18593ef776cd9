"""Ask a request for its key. For views; the rows belong to actions and queries."""

from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from balai.foundation.api import actions, queries
from balai.foundation.api.models import ApiKey
from balai.foundation.api.problems import Problem
from balai.foundation.calendar import clock
from balai.foundation.limits.actions import check_limit

__all__ = ["find_key", "require_key", "token_in"]


def find_key(token: str) -> ApiKey | None:
    """Return the working key that ``token`` is, or None if it is unknown, wrong or revoked."""
    return queries.find_key(token=token)


def token_in(request: HttpRequest, *, by_parameter: bool = False) -> str:
    """Return the key sent with a request: ``Authorization: Bearer …``; with ``by_parameter`` also as ``api_key``.

    An empty parameter counts as none.
    """
    scheme, _space, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and credentials.strip():
        return credentials.strip()
    if not by_parameter:
        # addresses stand in the logs of every server on the way, and a key with them
        return ""
    return (request.POST.get("api_key") or request.GET.get("api_key") or "").strip()


def require_key(request: HttpRequest, scope: str, *, by_parameter: bool = False, at: datetime | None = None) -> ApiKey:
    """Return the key of a request, having counted its call.

    ``by_parameter`` is for protocols whose standard sends the key as the parameter ``api_key``: Open311 does.

    :raises Problem: 401 without a working key, 403 if the key lacks ``scope``.
    :raises TooMany: beyond the key's calls a minute.
    """
    at = at or clock.now()
    token = token_in(request, by_parameter=by_parameter)
    key = find_key(token) if token else None
    if key is None:
        words = _("The key is unknown or was revoked. Ask the city for a new one.")
        raise Problem(
            401,
            detail=words if token else _("Send the key in the header “Authorization: Bearer …”."),
            kind="key-needed",
            headers={"WWW-Authenticate": 'Bearer realm="balai"'},
        )
    if scope not in key.scopes:
        raise Problem(
            403, detail=_("The key does not carry the right that this call needs."), kind="not-allowed", scope=scope
        )
    check_limit(key=f"api:{key.pk}", limit=key.per_minute, per=timedelta(minutes=1), at=at)
    actions.note_use(key=key, at=at)
    return key
