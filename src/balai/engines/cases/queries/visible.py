"""Who sees which matters: one queryset for lists, counts, search, exports and APIs."""

from django.db.models import Q, QuerySet

from balai.engines.cases.models import Case
from balai.foundation.units.rules import Authority, Grant


def _reach(grant: Grant) -> Q:
    reach = Q() if grant.unit_ids is None else Q(unit_id__in=grant.unit_ids)
    if grant.area_id is not None:
        if grant.area_level not in ("district", "village"):
            # as Grant.reaches says: matters know no other areas
            return Q(pk__in=())
        reach &= Q(**{f"{grant.area_level}_id": grant.area_id})
    return reach


def visible_to(*, authority: Authority, permission: str = "cases.desk") -> QuerySet[Case]:
    """Return the matters that this person may see: (units of my posts) AND (my areas).

    Secret matters only where a post of mine may see secrets; nobody sees them by rank alone.
    """
    grants = authority.grants_for(permission)
    if not grants:
        return Case.objects.none()
    seen = Q()
    for grant in grants:
        reach = _reach(grant)
        if "cases.see_secret" not in grant.permissions:
            reach &= ~Q(privacy=Case.Privacy.SECRET)
        if not reach:
            return Case.objects.all()
        seen |= reach
    return Case.objects.filter(seen)


def public_cases() -> QuerySet[Case]:
    """Return the matters that everybody may read: not secret, and not of a kind that is kept inside."""
    return Case.objects.exclude(privacy=Case.Privacy.SECRET)
