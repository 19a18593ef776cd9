"""Who may change the face of the city."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

EDIT_SETTINGS = "settings.edit"


def require_settings_permission(request: HttpRequest) -> None:
    """Let only posts pass that may change settings.

    :raises PermissionDenied: for everybody else.
    """
    authority = getattr(request, "authority", None)
    if authority is None or not authority.may(EDIT_SETTINGS):
        raise PermissionDenied
