"""Several matters of the inbox taken at once."""

import logging

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from balai.engines.cases.actions.change import NotAllowed, apply_change
from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.models import Case
from balai.engines.cases.queries.visible import visible_to
from balai.engines.cases.rules.evolution import ChangeRefused, Given
from balai.engines.cases.rules.kinds import UnknownChange
from balai.engines.cases.web.desk import Desk, deciding_grant, require_desk
from balai.foundation.calendar import clock
from balai.foundation.events.rules import Actor

logger = logging.getLogger(__name__)
MOST = 200
CHANGE = "take"


def bulk_take(request: HttpRequest, *, desk: Desk) -> HttpResponse:
    """Give the selected matters to oneself, each in its own commit; say which could not be taken."""
    require_desk(request)
    done, left = 0, []
    for reference in request.POST.getlist("selected")[:MOST]:
        case = visible_to(authority=request.authority).filter(reference=reference).first()  # type: ignore[attr-defined]
        if case is not None and _take(request, case):
            done += 1
        else:
            left.append(reference[:16])
    if done:
        messages.success(request, _("Taken: %(count)s.") % {"count": done})
    if left:
        messages.error(
            request,
            _("Not taken: %(references)s. They have ended, belong to others or are not taken this way.")
            % {"references": ", ".join(left)},
        )
    return redirect(desk.inbox)


def _take(request: HttpRequest, case: Case) -> bool:
    try:
        row = kind_at(case.kind, case.kind_version).change(CHANGE)
        grant = deciding_grant(request, permission=row.permission, case=case)
        apply_change(
            case_id=case.pk,
            change=row.name,
            given=Given(assignee_id=request.user.pk),
            actor=Actor("staff", request.user.pk, grant.post_id if grant else None),
            authority=request.authority,  # type: ignore[attr-defined]
            post_title=grant.post_title if grant else "",
            at=clock.now(),
        )
    except (ChangeRefused, NotAllowed, UnknownChange):
        return False
    except Exception:
        # one matter that breaks must not take the others along; the officer sees its number among those left
        logger.exception("%s was not taken", case.reference)
        return False
    return True
