"""What Open311 reads: public matters, active categories."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.models import Case, Category, KindVersion
from balai.engines.cases.queries import public_cases
from balai.engines.cases.rules.references import tidy_reference
from balai.foundation.files.queries import attachments_of
from balai.foundation.places.queries import current_city, villages
from balai.modules.complaints.api import open311
from balai.modules.complaints.queries.set_up import set_up


def active_categories() -> dict[str, Category]:
    """Return the categories that can be reported, by code, in the city's order."""
    rows = set_up().categories
    return dict(sorted(rows.items(), key=lambda item: (item[1].order, item[1].name_id)))


def jurisdictions() -> set[str]:
    """Return the names under which this city may be asked for."""
    city = current_city()
    host = urlsplit(settings.BALAI_BASE_URL).hostname or ""
    return {name for name in (city.domain, host, host.removeprefix("www."), city.area.code) if name}


def discovery(*, base: str) -> dict[str, Any]:
    """Return the discovery document; its change moment moves with the list of services."""
    city = current_city()
    newest = KindVersion.objects.aggregate(at=Max("published_at"))["at"]
    changed = open311.wire_moment(
        max((row.changed_at for row in active_categories().values()), default=newest) or newest
    )
    return {
        "changeset": changed,
        "contact": city.contact_email or city.contact_phone or base,
        "key_service": base,
        "endpoints": [
            {
                "specification": open311.SPECIFICATION,
                "url": f"{base}/open311/v2",
                "changeset": changed,
                "type": "test" if city.is_example else "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }


def _requests(cases: Iterable[Case], *, english: bool) -> list[dict[str, Any]]:
    rows = list(cases)
    photos = attachments_of(owner_kind="case", owner_ids=[row.pk for row in rows])
    known = set_up()
    found = []
    for row in rows:
        state = kind_at(row.kind, row.kind_version).state(row.state)
        photo = next(
            (item for item in photos.get(row.pk, []) if item.public and item.state == "ready"),
            None,
        )
        unit = known.units.get(row.unit_id)
        found.append(
            open311.request(
                row,
                category=row.category,
                unit_name=unit.name if unit else "",
                state_label=state.label_en if english else state.label_id,
                notice=notice(row),
                media_url=settings.BALAI_BASE_URL + reverse("files:photo", args=[photo.key]) if photo else None,
                english=english,
            )
        )
    return found


def find(*, search: open311.Search, english: bool) -> list[dict[str, Any]]:
    """Return the public matters that a search finds, newest first, at most 1,000."""
    rows = public_cases().select_related("category")
    if search.ids:
        rows = rows.filter(reference__in=[tidy_reference(item) for item in search.ids[: open311.MAX_REQUESTS]])
    else:
        rows = rows.filter(received_at__gte=search.start, received_at__lte=search.end)
        if search.services:
            rows = rows.filter(category__slug__in=search.services)
        if len(search.statuses) == 1:
            rows = rows.filter(is_open="open" in search.statuses)
    return _requests(rows.order_by("-received_at", "-id")[: open311.MAX_REQUESTS], english=english)


def one(*, reference: str, english: bool) -> dict[str, Any] | None:
    """Return one public matter, or None."""
    rows = public_cases().select_related("category").filter(reference=tidy_reference(reference))
    return next(iter(_requests(rows, english=english)), None)


def notice(case: Case) -> str:
    """Return what happens next, in one sentence."""
    if case.promised_at is None:
        return ""
    return _("Follow this report at %(address)s.") % {
        "address": settings.BALAI_BASE_URL + reverse("complaints:case", args=[case.reference])
    }


def village_named(address_id: str, address: str) -> int | None:
    """Return the village that an address id (area code) or the words of an address name, or None."""
    words = address.casefold()
    for area in villages():
        if area.code == address_id or (words and area.name.casefold() in words):
            return area.pk
    return None
