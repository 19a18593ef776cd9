"""What a matter is about, where another room keeps it: a service, later a park or a data set."""

from django.db.models import Q

from balai.engines.cases.contributions import SubjectFound, SubjectOffer
from balai.engines.cases.models import Case
from balai.engines.cases.queries.visible import public_cases
from balai.foundation.registry.discover import contributions

LONGEST = 100


def subject_of(about: str) -> SubjectFound | None:
    """Return what ``about`` ("kind:slug") names; None where no room keeps it, or not any more."""
    kind, colon, slug = about[:LONGEST].partition(":")
    if not (kind and colon and slug):
        return None
    offer = next((each for each in contributions(SubjectOffer) if each.kind == kind), None)
    return offer.find(slug) if offer is not None else None


def subject_name(case: Case, *, english: bool) -> tuple[str, str]:
    """Return the name and the address of what a matter is about; empty where it is about nothing of ours."""
    found = subject_of(case.about) if case.about else None
    if found is None:
        return "", ""
    return (found.name_en or found.name_id) if english else found.name_id, found.url


def is_about(about: str) -> Q:
    """Return the condition that a matter is about something; it goes through the index of those that are."""
    # SQLite takes the index only where its own condition is said too
    return Q(about=about) & ~Q(about="")


def count_about(about: str) -> int:
    """Return how many matters that everybody may read are about something."""
    return public_cases().filter(is_about(about)).count()
