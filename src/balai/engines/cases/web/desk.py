"""A module's desk, and who may enter it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from balai.engines.cases.actions.look import record_look
from balai.engines.cases.models import Case
from balai.engines.cases.queries.kept import name_parts
from balai.engines.cases.queries.visible import visible_to
from balai.foundation.calendar import clock
from balai.foundation.units.rules import Grant

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Desk:
    """One module's desk: the family of kinds it shows, address names, and what its lists may be narrowed by.

    ``slug`` keys saved filters. ``is_numbered``: all matters of a kind are called alike, so a line of the list bears
    number and kind instead of a title and the same words once more as category.
    """

    slug: str
    family: str
    inbox: str
    case: str
    change: str
    undo: str
    filters: str
    bulk: str
    contact: str
    # (parameter, label, function returning (value, label) pairs)
    choices: tuple[tuple[str, Any, Callable[[], list[tuple[str, str]]]], ...] = ()
    is_numbered: bool = False


def deciding_grant(request: HttpRequest, *, permission: str, case: Case) -> Grant | None:
    """Return the grant by which this officer makes a change, for the post's name in the record."""
    for grant in request.authority.grants_for(permission):  # type: ignore[attr-defined]
        if grant.reaches(unit_id=case.unit_id, district_id=case.district_id, village_id=case.village_id):
            found: Grant = grant
            return found
    return None


def require_desk(request: HttpRequest) -> None:
    """Refuse whoever has no desk.

    :raises PermissionDenied: without ``cases.desk``.
    """
    if not request.authority.may("cases.desk"):  # type: ignore[attr-defined]
        raise PermissionDenied


def note_look(request: HttpRequest, *, case: Case, what: str, reason: str = "") -> None:
    """Record that the officer who asks has looked at ``what``, now."""
    record_look(
        case=case,
        what=what,
        user=request.user,
        authority=request.authority,  # type: ignore[attr-defined]
        reason=reason,
        at=clock.now(),
    )


def access_case(request: HttpRequest, *, desk: "Desk", reference: str) -> Case:
    """Return a matter of a desk that this officer may see; looking at a secret one is recorded.

    Another desk's matter is not found here: its own desk records the looks that its family owes.

    :raises Http404: for everything else, so that nobody learns what exists.
    """
    require_desk(request)
    case = (
        visible_to(authority=request.authority)  # type: ignore[attr-defined]
        # not what it was merged into: few are, and every other page would pay for a second matter of fifty columns
        .select_related("assignee")
        .filter(reference=reference, family=desk.family)
        .first()
    )
    if case is None:
        raise Http404
    if case.privacy == Case.Privacy.SECRET:
        note_look(request, case=case, what="secret_matter")
    return name_parts(case)
