"""Read what programs can be told of, what waits, and how often outside systems answered."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, OuterRef, Q, Subquery
from django.db.models.functions import TruncDate

from balai.foundation.calendar.queries import work_calendar
from balai.foundation.outbound.contributions import WebhookTopic
from balai.foundation.outbound.models import Delivery, HandOver, OutsideSystem, Probe, Webhook
from balai.foundation.registry.discover import contributions

DAYS = 30


def topics() -> list[WebhookTopic]:
    """Return what programs can be told of, by name."""
    return sorted(contributions(WebhookTopic), key=lambda topic: topic.name)


def known_systems() -> frozenset[str]:
    """Return the short names of the outside systems in use."""
    return frozenset(OutsideSystem.objects.filter(active=True).values_list("slug", flat=True))


def webhooks() -> list[Webhook]:
    """Return every program that is told something, with how many messages wait for it (``waiting``)."""
    return list(
        Webhook.objects.select_related("key", "made_by").annotate(
            waiting=Count("deliveries", filter=Q(deliveries__state=Delivery.State.QUEUED))
        )
    )


def deliveries_of(webhook: Webhook, *, most: int = 50) -> list[Delivery]:
    """Return the last messages to a program, newest first."""
    return list(Delivery.objects.filter(webhook=webhook).order_by("-pk")[:most])


def hand_overs_of(*, owner_kind: str, owner_id: int) -> list[HandOver]:
    """Return what of a matter was handed over, oldest first."""
    rows = HandOver.objects.filter(owner_kind=owner_kind, owner_id=owner_id)
    return list(rows.select_related("system").order_by("pk"))


@dataclass(frozen=True, kw_only=True)
class Day:
    """How often a system answered on a day of the city: looks, and those that were answered."""

    day: date
    looks: int
    answered: int

    @property
    def share(self) -> float:
        """Return the answered share."""
        return self.answered / self.looks


@dataclass(frozen=True, kw_only=True)
class SystemLine:
    """An outside system: does it answer, since when not, what waits for it, and the last days."""

    system: OutsideSystem
    last: Probe | None
    waiting: int
    oldest: datetime | None
    days: tuple[Day, ...]

    @property
    def share(self) -> float | None:
        """Return the answered share of all looks of the days, None without any."""
        looks = sum(day.looks for day in self.days)
        return sum(day.answered for day in self.days) / looks if looks else None


def system_lines(*, at: datetime, paused_too: bool = False) -> list[SystemLine]:
    """Return every outside system in use with its last thirty days; five statements, however many there are.

    The looks are counted by the database: at one every five minutes they are 8,640 a system.
    """
    systems = OutsideSystem.objects.all() if paused_too else OutsideSystem.objects.filter(active=True)
    zone = ZoneInfo(work_calendar().time_zone)
    since = at - timedelta(days=DAYS)
    days: dict[int, list[Day]] = defaultdict(list)
    counted = (
        Probe.objects.filter(at__gte=since)
        .values("system", day=TruncDate("at", tzinfo=zone))
        .annotate(looks=Count("pk"), answered=Count("pk", filter=Q(ok=True)))
        .order_by("day")
    )
    for row in counted:
        days[row["system"]].append(Day(day=row["day"], looks=row["looks"], answered=row["answered"]))
    newest = Probe.objects.filter(system=OuterRef("pk")).order_by("-at").values("pk")[:1]
    last = {
        probe.system_id: probe
        for probe in Probe.objects.filter(pk__in=OutsideSystem.objects.values_list(Subquery(newest)))
    }
    waiting: dict[int, dict[str, Any]] = {
        row["system"]: dict(row)
        for row in HandOver.objects.filter(state=HandOver.State.WAITING)
        .values("system")
        .annotate(count=Count("pk"), oldest=Min("made_at"))
    }
    return [
        SystemLine(
            system=system,
            last=last.get(system.pk),
            waiting=waiting.get(system.pk, {}).get("count", 0),
            oldest=waiting.get(system.pk, {}).get("oldest"),
            days=tuple(days[system.pk]),
        )
        for system in systems.select_related("unit")
    ]
