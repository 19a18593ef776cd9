"""What everybody may read: list, one matter, statistics."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from balai.engines.cases.models import Case
from balai.engines.cases.queries import public_cases
from balai.engines.cases.queries.desk import Count, Key, capped_counts
from balai.engines.cases.queries.search import PUBLIC, says, too_short
from balai.engines.cases.queries.subjects import LONGEST, is_about
from balai.engines.cases.rules.references import is_reference, tidy_reference

PAGE = 25
COUNT_CEILING = 10_000
STATES = ("open", "late", "answered", "confirmed", "silent", "refused")


@dataclass(frozen=True, kw_only=True)
class PublicFilter:
    """What a reader looks for; every field is a parameter of the address, empty means any."""

    category: str = ""
    unit: str = ""
    district: str = ""
    village: str = ""
    state: str = ""
    kind: str = ""
    q: str = ""
    bbox: str = ""
    about: str = ""

    @classmethod
    def read(cls, parameters: Mapping[str, str]) -> "PublicFilter":
        """Return the filter in an address; what cannot be understood is left out."""
        given = {item.name: str(parameters.get(item.name, "")).strip()[:LONGEST] for item in fields(cls)}
        if given["state"] not in STATES:
            given["state"] = ""
        return cls(**given)

    @property
    def box(self) -> tuple[float, float, float, float] | None:
        """Return west, south, east, north, or None when the address names no sensible box."""
        try:
            west, south, east, north = (float(part) for part in self.bbox.split(","))
        except ValueError:
            return None
        # on the globe: a bound of 1e300 or inf is no box
        sensible = -180 <= west < east <= 180 and -90 <= south < north <= 90
        return (west, south, east, north) if sensible else None

    @property
    def too_short(self) -> bool:
        """Return whether the words asked for are too few to search with."""
        return too_short(self.q)

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is asked for."""
        return not any(asdict(self).values())


def filtered(wanted: PublicFilter, *, at: datetime, with_box: bool = True) -> QuerySet[Case]:
    """Return the public matters that fit."""
    rows = public_cases()
    exact = {
        "category": "category__slug",
        "unit": "unit__slug",
        "district": "district__code",
        "village": "village__code",
        "kind": "kind",
    }
    for name, column in exact.items():
        value = getattr(wanted, name)
        if value:
            rows = rows.filter(**{column: value})
    if wanted.about:
        rows = rows.filter(is_about(wanted.about))
    states = {
        "open": Q(is_open=True),
        "late": Q(is_open=True, due_at__lt=at),
        "answered": Q(state_class="answered"),
        "confirmed": Q(state_class="done", confirmed=True),
        "silent": Q(state_class="done", confirmed=False),
        "refused": Q(state_class="refused"),
    }
    if wanted.state:
        rows = rows.filter(states[wanted.state])
    if wanted.q:
        rows = rows.filter(
            Q(reference=tidy_reference(wanted.q)) if is_reference(wanted.q) else says(wanted.q, source=PUBLIC)
        )
    box = wanted.box if with_box else None
    if box is not None:
        west, south, east, north = box
        rows = rows.filter(public_lon__gte=west, public_lon__lte=east, public_lat__gte=south, public_lat__lte=north)
    return rows


@dataclass(frozen=True)
class PublicPage:
    """One page of the list with a count that stops at a ceiling."""

    rows: list[Case]
    next_key: Key | None
    count: Count


def public_page(*, wanted: PublicFilter, after: Key | None, at: datetime, size: int = PAGE) -> PublicPage:
    """Return one page, newest first; two statements at any depth."""
    rows = filtered(wanted, at=at)
    count = capped_counts({"all": rows}, ceiling=COUNT_CEILING)["all"]
    found, next_key = newest(rows.select_related("category", "unit", "village"), after=after, size=size)
    return PublicPage(found, next_key, count)


def newest(rows: QuerySet[Case], *, after: Key | None, size: int) -> tuple[list[Case], Key | None]:
    """Return one page of ``rows``, newest first, and the key of the next; one statement at any depth."""
    if after is not None:
        # the outer bound says nothing new but lets an index begin where the page begins
        rows = rows.filter(received_at__lte=after.value)
        rows = rows.filter(Q(received_at__lt=after.value) | Q(id__lt=after.id))
    found = list(rows.order_by("-received_at", "-id").defer("text", "answers")[: size + 1])
    if len(found) <= size:
        return found, None
    last = found[size - 1]
    return found[:size], Key(last.received_at, last.pk)


def every(wanted: PublicFilter, *, at: datetime, size: int = 1_000) -> Iterator[Case]:
    """Yield every matter that fits, newest first, a page at a time however many there are."""
    rows = filtered(wanted, at=at).select_related("category", "unit", "village", "district")
    key: Key | None = None
    while True:
        found, key = newest(rows, after=key, size=size)
        yield from found
        if key is None:
            return


RECORD = (
    "reference",
    "kind",
    "category",
    "title",
    "text",
    "state",
    "state_class",
    "unit",
    "district",
    "village",
    "lat",
    "lon",
    "channel",
    "received_at",
    "first_answered_at",
    "promised_at",
    "closed_at",
    "on_time",
    "answered_in_time",
    "confirmed",
    "rating",
    "reopened",
    "supporters",
)


def record_row(case: Case) -> dict[str, Any]:
    """Return one public matter as it stands in the open data: no words but the masked ones, no exact sensitive place."""
    return {
        "reference": case.reference,
        "kind": case.kind,
        "category": case.category.slug,
        "title": case.title,
        "text": case.public_text,
        "state": case.state,
        "state_class": case.state_class,
        "unit": case.unit.slug,
        "district": case.district.code if case.district else None,
        "village": case.village.code if case.village else None,
        "lat": case.public_lat,
        "lon": case.public_lon,
        "channel": case.channel,
        "received_at": case.received_at.isoformat(),
        "first_answered_at": case.first_answered_at.isoformat() if case.first_answered_at else None,
        "promised_at": case.promised_at.isoformat() if case.promised_at else None,
        "closed_at": case.closed_at.isoformat() if case.closed_at else None,
        "on_time": case.on_time,
        "answered_in_time": case.answered_in_time,
        "confirmed": case.confirmed,
        "rating": case.rating,
        "reopened": case.reopened_count,
        "supporters": case.support_count,
    }
