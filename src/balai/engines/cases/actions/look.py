"""Record that an officer looked at what is not for everybody: a hidden matter, its photos, the reporter's contact."""

from datetime import datetime
from typing import Any

from balai.engines.cases.models import Case
from balai.foundation.identity.actions import record_access
from balai.foundation.units.rules import Authority, Grant

# what is looked at → what the post must hold by which it is seen
NEEDED: dict[str, frozenset[str]] = {
    "secret_matter": frozenset({"cases.desk"}),
    "photo": frozenset({"cases.desk"}),
    "contact": frozenset({"cases.see_contact"}),
    # the papers of a private matter
    "application": frozenset({"cases.desk"}),
    "document": frozenset({"cases.desk"}),
}


def grant_of_look(*, authority: Authority, case: Case, what: str) -> Grant | None:
    """Return the grant by which an officer may look, the first of those that both allow it and reach the matter."""
    needed = NEEDED[what]
    if case.privacy == Case.Privacy.SECRET and "cases.desk" in needed:
        # as ``visible_to`` asks it
        needed |= {"cases.see_secret"}
    return next(
        (
            grant
            for grant in authority.grants
            if needed <= grant.permissions
            and grant.reaches(unit_id=case.unit_id, district_id=case.district_id, village_id=case.village_id)
        ),
        None,
    )


def record_look(*, case: Case, what: str, user: Any, authority: Authority, reason: str = "", at: datetime) -> None:
    """Keep who looked, in which post, when and why; the reporter reads it on their own page.

    ``what`` is a key of :data:`NEEDED`. The caller has proved that the officer may look.
    """
    grant = grant_of_look(authority=authority, case=case, what=what)
    record_access(
        user=user,
        post_title=grant.post_title if grant is not None else "",
        resident_id=case.reporter_id,
        subject_kind="case",
        subject_id=case.pk,
        what=what,
        reason=reason,
        at=at,
    )
