"""What everybody may know of the services: what is promised, and what is not promised yet."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from balai.engines.cases.contributions import SubjectFound
from balai.engines.catalogs.models import Record, RecordVersion
from balai.engines.catalogs.queries import IN_WORK, live_on
from balai.engines.catalogs.rules import Completeness, completeness
from balai.modules.services.rules.standard import FOURTEEN, KIND, STANDARD


@dataclass(frozen=True, kw_only=True)
class ServiceLine:
    """A service in a list. ``version`` is what counts today, else the newest in work; None: nothing was written."""

    record: Record
    version: RecordVersion | None
    is_live: bool

    @property
    def complete(self) -> Completeness:
        """Return which of the fourteen components say something."""
        found = completeness(kind=STANDARD, content=self.version.content if self.version else {})
        wanted = {component.slug for component in FOURTEEN}
        return Completeness(
            tuple(slug for slug in found.filled if slug in wanted),
            tuple(slug for slug in found.missing if slug in wanted),
        )


def service_lines(*, day: date, unit_ids: frozenset[int] | None = None) -> list[ServiceLine]:
    """Return every service in the order of lists, of all agencies or of some; three statements."""
    records = Record.objects.filter(kind=KIND).select_related("unit")
    if unit_ids is not None:
        records = records.filter(unit_id__in=unit_ids)
    live = {version.record_id: version for version in live_on(kind=KIND, day=day)}
    work = {
        version.record_id: version for version in RecordVersion.objects.filter(record__kind=KIND, state__in=IN_WORK)
    }
    return [
        ServiceLine(record=record, version=live.get(record.pk) or work.get(record.pk), is_live=record.pk in live)
        for record in records
    ]


def service_line(*, slug: str, day: date) -> ServiceLine | None:
    """Return one service, or None where there is none of that name; at most three statements."""
    record = Record.objects.select_related("unit").filter(kind=KIND, slug=slug).first()
    if record is None:
        return None
    live = live_on(kind=KIND, day=day).filter(record=record).first()
    work = None if live else RecordVersion.objects.filter(record=record, state__in=IN_WORK).first()
    return ServiceLine(record=record, version=live or work, is_live=live is not None)


def service_subject(slug: str) -> SubjectFound | None:
    """Return a service as something that a report can be about; one query."""
    record = Record.objects.filter(kind=KIND, slug=slug).first()
    if record is None:
        return None
    return SubjectFound(
        name_id=record.name_id,
        name_en=record.name_en,
        url=reverse("services:service", args=[record.slug]),
        unit_id=record.unit_id,
    )


def matches(line: ServiceLine, words: str) -> bool:
    """Return whether every word stands in the service's names, words of its own or agency."""
    record = line.record
    text = f"{record.name_id} {record.name_en} {record.keywords} {record.unit.name} {record.unit.short_name}".casefold()
    return all(word in text for word in words.casefold().split())
