"""What Open311 reads: public matters, active categories."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.models import Case, Category
from balai.engines.cases.queries import public_cases
from balai.engines.cases.rules.kinds import State
from balai.engines.cases.rules.references import tidy_reference
from balai.foundation.files.queries import attachments_of
from balai.foundation.places.queries import current_city, villages
from balai.modules.complaints.queries.set_up import set_up
from balai.modules.complaints.rules.open311 import MAX_REQUESTS, Search


def active_categories() -> dict[str, Category]:
    """Return the categories that can be reported, by code, in the city's order."""
    rows = set_up().categories
    return dict(sorted(rows.items(), key=lambda item: (item[1].order, item[1].name_id)))


def jurisdictions() -> set[str]:
    """Return the names under which this city may be asked for."""
    city = current_city()
    host = urlsplit(settings.BALAI_BASE_URL).hostname or ""
    return {name for name in (city.domain, host, host.removeprefix("www."), city.area.code) if name}


@dataclass(frozen=True, kw_only=True)
class Changed:
    """When the list of services last changed, and whom a programmer asks about it."""

    at: datetime | None
    contact: str
    is_example: bool


@dataclass(frozen=True, kw_only=True)
class Found:
    """One public matter with what is told beside it."""

    case: Case
    unit_name: str
    state: State
    notice: str
    media_url: str | None


def changed() -> Changed:
    """Return when a service or a definition last changed; one that was switched off counts too."""
    city = current_city()
    return Changed(
        at=Category.objects.aggregate(at=Max("changed_at"))["at"],
        contact=city.contact_email or city.contact_phone,
        is_example=city.is_example,
    )


def _found(cases: Iterable[Case]) -> list[Found]:
    rows = list(cases)
    photos = attachments_of(owner_kind="case", owner_ids=[row.pk for row in rows])
    known = set_up()
    found = []
    for row in rows:
        photo = next((item for item in photos.get(row.pk, []) if item.public and item.state == "ready"), None)
        unit = known.units.get(row.unit_id)
        found.append(
            Found(
                case=row,
                unit_name=unit.name if unit else "",
                state=kind_at(row.kind, row.kind_version).state(row.state),
                notice=notice(row),
                media_url=settings.BALAI_BASE_URL + reverse("files:photo", args=[photo.key]) if photo else None,
            )
        )
    return found


def find(*, search: Search) -> list[Found]:
    """Return the public matters that a search finds, newest first, at most 1,000."""
    rows = public_cases().select_related("category")
    if search.ids:
        rows = rows.filter(reference__in=[tidy_reference(item) for item in search.ids[:MAX_REQUESTS]])
    else:
        rows = rows.filter(received_at__gte=search.start, received_at__lte=search.end)
        if search.services:
            rows = rows.filter(category__slug__in=search.services)
        if len(search.statuses) == 1:
            rows = rows.filter(is_open="open" in search.statuses)
    return _found(rows.order_by("-received_at", "-id")[:MAX_REQUESTS])


def one(*, reference: str) -> Found | None:
    """Return one public matter, or None."""
    rows = public_cases().select_related("category").filter(reference=tidy_reference(reference))
    return next(iter(_found(rows)), None)


def notice(case: Case) -> str:
    """Return what happens next, in one sentence."""
    if case.promised_at is None:
        return ""
    return _("Follow this report at %(address)s.") % {
        "address": settings.BALAI_BASE_URL + reverse("complaints:case", args=[case.reference])
    }


def village_named(address_id: str, address: str) -> int | None:
    """Return the village that an address id (area code) or the words of an address name, or None.

    A name must stand as whole words; two villages named in one address say nothing.
    """
    words = f" {' '.join(re.findall(r'[a-z0-9]+', address.casefold()))} "
    named = []
    for area in villages():
        if address_id and area.code == address_id:
            return area.pk
        if f" {' '.join(re.findall(r'[a-z0-9]+', area.name.casefold()))} " in words:
            named.append(area.pk)
    return named[0] if len(named) == 1 else None
