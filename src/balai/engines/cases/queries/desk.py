"""What an officer's desk shows: groups, filters, pages by key, counts with a ceiling."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Model, Q, QuerySet, Subquery

from balai.engines.cases.models import Case, Category
from balai.engines.cases.queries.search import DESK, says, too_short
from balai.engines.cases.queries.visible import visible_to
from balai.engines.cases.rules.references import is_reference, tidy_reference
from balai.foundation.places.models import Area
from balai.foundation.units.models import Unit
from balai.foundation.units.rules import Authority

PAGE = 50
CEILING = 1_000
# late first: what is late must be met before anything else
GROUPS = ("late", "today", "new", "waiting", "mine", "unassigned", "open", "answered", "ended", "all")
COUNTED = ("late", "today", "new", "waiting", "mine", "unassigned")
# what a line of a list or of its CSV says
LISTED = (
    *("reference", "title", "privacy", "kind", "kind_version", "state", "state_class", "is_open", "reopened_count"),
    *("received_at", "due_at", "closed_at"),
    *("category__slug", "category__name_id", "category__name_en"),
    *("unit__slug", "unit__short_name", "village__code", "village__name", "assignee__name"),
)
BY_DUE = frozenset({"late", "today", "new", "waiting", "mine", "unassigned", "open"})


@dataclass(frozen=True, kw_only=True)
class DeskFilter:
    """What the officer looks for; every field is a parameter of the address, empty means any."""

    group: str = "open"
    kind: str = ""
    category: str = ""
    unit: str = ""
    district: str = ""
    village: str = ""
    channel: str = ""
    level: str = ""
    q: str = ""

    @property
    def too_short(self) -> bool:
        """Return whether the words asked for are too few to search with."""
        return too_short(self.q)

    @classmethod
    def read(cls, parameters: Mapping[str, str]) -> "DeskFilter":
        """Return the filter in an address; what it does not know it passes over."""
        given = {item.name: str(parameters.get(item.name, "")).strip()[:80] for item in fields(cls)}
        found = cls(**given)
        return found if found.group in GROUPS else replace(found, group="open")


@dataclass(frozen=True)
class Key:
    """Where a page starts: the sort value and the id of the last row before it."""

    value: datetime | None
    id: int


@dataclass(frozen=True)
class DeskPage:
    """One page of matters. ``next_key`` is None on the last."""

    rows: list[Case]
    next_key: Key | None


@dataclass(frozen=True)
class Count:
    """A count that stops at a ceiling."""

    value: int
    more: bool


def in_group(*, rows: QuerySet[Case], group: str, user_id: int, at: datetime, time_zone: str) -> QuerySet[Case]:
    """Return the matters of one group of the desk."""
    local = at.astimezone(ZoneInfo(time_zone))
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    groups: dict[str, Q] = {
        "late": Q(is_open=True, due_at__lt=at),
        "today": Q(is_open=True, due_at__gte=at, due_at__lt=midnight),
        "new": Q(is_open=True, state_class="new"),
        "waiting": Q(is_open=True, state_class__in=("waiting_reporter", "waiting_outside")),
        "mine": Q(is_open=True, assignee_id=user_id),
        "unassigned": Q(is_open=True, assignee__isnull=True),
        "open": Q(is_open=True),
        "answered": Q(is_open=True, state_class="answered"),
        "ended": Q(is_open=False),
        "all": Q(),
    }
    return rows.filter(groups[group])


def _filtered(rows: QuerySet[Case], wanted: DeskFilter) -> QuerySet[Case]:
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.channel:
        rows = rows.filter(channel=wanted.channel)
    if wanted.level.isdecimal():
        rows = rows.filter(escalation_level=wanted.level)
    named: tuple[tuple[str, type[Model], str, str], ...] = (
        ("category_id", Category, "slug", wanted.category),
        ("unit_id", Unit, "slug", wanted.unit),
        ("district_id", Area, "code", wanted.district),
        ("village_id", Area, "code", wanted.village),
    )
    for column, model, field, value in named:
        if value:
            # one value to the planner, not a join: only so is the order of an index also the order of the list
            found = model._default_manager.filter(**{field: value}).values("pk")[:1]
            rows = rows.filter(**{column: Subquery(found)})
    if wanted.q:
        rows = (
            rows.filter(reference=tidy_reference(wanted.q))
            if is_reference(wanted.q)
            else rows.filter(
                # a hit would tell what a secret matter says before anybody has opened it
                (says(wanted.q, source=DESK) & ~Q(privacy=Case.Privacy.SECRET))
                | Q(register_number__iexact=wanted.q)
                | Q(reference__in=_of_any_year(wanted.q))
            )
        )
    return rows


def _of_any_year(text: str) -> list[str]:
    """Return the references of every year that end in what was typed, as people read them out: without the year."""
    if not is_reference(f"00{text}"):
        return []
    return [tidy_reference(f"{year:02d}{text}") for year in range(100)]


def desk_page(
    *,
    family: str,
    authority: Authority,
    user_id: int,
    wanted: DeskFilter,
    after: Key | None = None,
    at: datetime,
    time_zone: str,
    size: int = PAGE,
) -> DeskPage:
    """Return one page of what this officer may see.

    One statement, whatever the depth; two where a page reaches from dated matters into undated ones.
    """
    rows = _filtered(visible_to(authority=authority).filter(family=family), wanted)
    rows = in_group(rows=rows, group=wanted.group, user_id=user_id, at=at, time_zone=time_zone)
    column, backwards = ("due_at", False) if wanted.group in BY_DUE else ("received_at", True)
    ordered = rows.order_by(*(("-received_at", "-id") if backwards else (F(column).asc(nulls_last=True), "id")))
    # a matter has fifty columns and its text may be long: building what nobody shows would be most of the work
    lines = ordered.select_related("category", "unit", "village", "assignee").only(*LISTED)
    found: list[Case] = []
    for part in _parts(column, after, backwards=backwards):
        found += lines.filter(part)[: size + 1 - len(found)]
        if len(found) > size:
            last = found[size - 1]
            return DeskPage(found[:size], Key(getattr(last, column), last.pk))
    return DeskPage(found, None)


def desk_rows(
    *, family: str, authority: Authority, user_id: int, wanted: DeskFilter, at: datetime, time_zone: str
) -> Iterator[Case]:
    """Yield every matter of a list in its order, a page at a time however many there are; for files to take away."""
    after: Key | None = None
    while True:
        page = desk_page(
            family=family,
            authority=authority,
            user_id=user_id,
            wanted=wanted,
            after=after,
            at=at,
            time_zone=time_zone,
            size=CEILING,
        )
        yield from page.rows
        after = page.next_key
        if after is None:
            return


def _parts(column: str, key: Key | None, *, backwards: bool) -> list[Q]:
    """Return what lies behind a key, in order; each part is one stretch of an index.

    The outer bound says nothing new but lets the index begin where the page begins.
    """
    if key is None:
        return [Q()]
    if backwards:
        return [Q(received_at__lte=key.value) & (Q(received_at__lt=key.value) | Q(id__lt=key.id))]
    undated = Q(**{f"{column}__isnull": True})
    if key.value is None:
        return [undated & Q(id__gt=key.id)]
    later = Q(**{f"{column}__gte": key.value}) & (Q(**{f"{column}__gt": key.value}) | Q(id__gt=key.id))
    # what has no date stands behind what has one; "or" would read the index from its beginning
    return [later, undated]


def capped_counts(querysets: Mapping[str, QuerySet[Case]], *, ceiling: int = CEILING) -> dict[str, Count]:
    """Return how many rows each queryset has, counting no further than ``ceiling``; one statement for all."""
    parts: list[str] = []
    parameters: list[Any] = []
    for rows in querysets.values():
        try:
            sql, values = rows.order_by().values("pk")[: ceiling + 1].query.sql_with_params()
        except EmptyResultSet:
            # a post whose area no matter can lie in: Django knows without asking that there is nothing
            parts.append("0")
            continue
        # the text is what Django wrote; values stay parameters
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")  # noqa: S608
        parameters += values
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), parameters)
        numbers = cursor.fetchone()
    return {
        name: Count(min(number, ceiling), number > ceiling) for name, number in zip(querysets, numbers, strict=True)
    }


def desk_counts(*, family: str, authority: Authority, user_id: int, at: datetime, time_zone: str) -> dict[str, Count]:
    """Return the numbers beside the groups."""
    rows = visible_to(authority=authority).filter(family=family)
    return capped_counts(
        {group: in_group(rows=rows, group=group, user_id=user_id, at=at, time_zone=time_zone) for group in COUNTED}
    )
