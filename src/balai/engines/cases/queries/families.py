"""Which pages a matter has."""

from django.urls import reverse

from balai.engines.cases.contributions import KindFamily
from balai.engines.cases.models import Case
from balai.foundation.registry.discover import contributions


def family_of(case: Case) -> KindFamily:
    """Return the family of a matter's kind.

    :raises LookupError: if no module gives it.
    """
    for family in contributions(KindFamily):
        if family.slug == case.family:
            found: KindFamily = family
            return found
    raise LookupError(case.family)


def own_address(case: Case) -> str:
    """Return the path of the page of whoever brought the matter."""
    return reverse(family_of(case).conversation, args=[case.reference])


def desk_address(case: Case) -> str:
    """Return the path of the officer's page."""
    return reverse(family_of(case).page, args=[case.reference])
