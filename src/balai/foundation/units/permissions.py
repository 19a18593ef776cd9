"""What may be done to agencies, and who may."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from balai.foundation.units.rules import NOBODY, Authority

EDIT_UNITS = "units.edit"
SEE_NEGLECT = "units.neglect"
SEE_DESK = "cases.desk"


def authority_of_request(request: HttpRequest) -> Authority:
    """Return what the person behind a request may do."""
    authority: Authority = getattr(request, "authority", NOBODY)
    return authority


def require_units_permission(request: HttpRequest) -> None:
    """Let only posts pass that may change agencies.

    :raises PermissionDenied: for everybody else.
    """
    if not authority_of_request(request).may(EDIT_UNITS):
        raise PermissionDenied


def require_neglect_permission(request: HttpRequest) -> None:
    """Let those pass who answer for the whole city, or who appoint.

    :raises PermissionDenied: for everybody else.
    """
    authority = authority_of_request(request)
    if not (
        authority.may(EDIT_UNITS)
        or authority.may(SEE_NEGLECT)
        or any(grant.unit_ids is None for grant in authority.grants_for(SEE_DESK))
    ):
        raise PermissionDenied
