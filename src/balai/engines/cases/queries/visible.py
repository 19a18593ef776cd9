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


def merge_targets(*, case: Case, authority: Authority | None) -> QuerySet[Case]:
    """Return the open matters under which ``case`` may go on: public ones, and for a secret one the secret ones in sight.

    A matter that this person may not see is answered like one that does not exist.
    """
    known = public_cases().values("pk")
    open_ones = Case.objects.filter(is_open=True).exclude(pk=case.pk)
    if case.privacy != Case.Privacy.SECRET or authority is None:
        # the reporter of an open matter must be able to read where it went on
        return open_ones.filter(pk__in=known)
    return open_ones.filter(Q(pk__in=known) | Q(pk__in=visible_to(authority=authority).values("pk")))


def public_cases() -> QuerySet[Case]:
    """Return the matters that everybody may read: neither secret nor a person's own affair."""
    return Case.objects.filter(privacy__in=(Case.Privacy.NAMED, Case.Privacy.ANONYMOUS))
