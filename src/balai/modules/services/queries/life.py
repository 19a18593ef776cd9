"""Read life events and the lists that people began for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.rules.kinds import State
from balai.engines.catalogs.models import Record
from balai.foundation.files.models import Attachment
from balai.foundation.files.queries import attachments_of
from balai.foundation.forms.rules.schema import Field
from balai.foundation.identity.fields import blind_index
from balai.foundation.identity.rules import tidy_code
from balai.foundation.places.queries import city_day
from balai.modules.services import data
from balai.modules.services.models import Bundle, BundleLine, CoSignature, LifeEventText, Service
from balai.modules.services.queries.applications import OWNER, Papers, papers_of
from balai.modules.services.queries.cosign import cosignatures_of, unsigned
from balai.modules.services.rules.life import LifeEvent, LifeLine, last_day, lines_from_json
from balai.modules.services.rules.standard import KIND

# what is only missing is counted as a step that is left
NOTHING_SAID = frozenset({"required", "must_be_ticked", "too_few_rows"})
Standing = Literal["elsewhere", "ticked", "closed", "open", "complete", "sent"]


def bundle_hash(code: str) -> str:
    """Return the keyed hash under which a list's code is kept."""
    return blind_index("life-bundle", tidy_code(code))


@dataclass(frozen=True, kw_only=True)
class EventLine:
    """A life event as the city has it; ``revision`` is -1 while only the program's own words count."""

    event: LifeEvent
    active: bool = True
    revision: int = -1


def all_events() -> list[EventLine]:
    """Return every life event in order, those too that the city has switched off; one query."""
    own = {row.slug: row for row in LifeEventText.objects.all()}
    found = []
    for given in data.life_events():
        row = own.pop(given["slug"], None)
        if row is not None:
            found.append(_own(row))
            continue
        words = {name: value for name, value in given.items() if name != "line"}
        found.append(EventLine(event=LifeEvent(**words, lines=lines_from_json(given["line"]))))
    return found + [_own(row) for row in sorted(own.values(), key=lambda row: (row.order, row.pk))]


def _own(row: LifeEventText) -> EventLine:
    event = LifeEvent(
        slug=row.slug,
        name_id=row.name_id,
        name_en=row.name_en,
        words_id=row.words_id,
        words_en=row.words_en,
        lines=lines_from_json(row.lines),
    )
    return EventLine(event=event, active=row.active, revision=row.revision)


def life_events() -> list[LifeEvent]:
    """Return the life events that the city shows."""
    return [line.event for line in all_events() if line.active]


def life_event(slug: str) -> LifeEvent | None:
    """Return one life event that the city shows, None where there is none of that name."""
    return next((event for event in life_events() if event.slug == slug), None)


def open_slugs() -> set[str]:
    """Return the short names of the services that take applications here."""
    return set(Service.objects.filter(live__isnull=False).values_list("slug", flat=True))


def records_by_slug(slugs: set[str]) -> dict[str, Record]:
    """Return records of the catalogue of services by their short names."""
    rows = Record.objects.filter(kind=KIND, slug__in=slugs).select_related("unit")
    return {record.slug: record for record in rows}


def bundle_of(*, code: str) -> Bundle | None:
    """Return the list that a code opens, None for a wrong code or a list that is forgotten."""
    return Bundle.objects.select_related("service__record__unit").filter(token_hash=bundle_hash(code)).first()


@dataclass(frozen=True, kw_only=True)
class ListLine:
    """One thing on a person's list.

    ``standing``: elsewhere and ticked (done outside), closed (no application possible here), open and complete
    (drafts), sent. ``papers`` belong to a draft, ``state`` to what was sent.
    """

    row: BundleLine
    line: LifeLine
    standing: Standing
    record: Record | None = None
    papers: Papers | None = None
    state: State | None = None
    until: date | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be done by the person."""
        return self.standing == "ticked" or (
            self.standing == "sent" and self.state is not None and self.state.state_class in ("done", "withdrawn")
        )

    @property
    def wrong(self) -> list[Field]:
        """The questions of a draft that are answered, but not so that the answer can be taken; in the form's order."""
        if self.papers is None:
            return []
        errors = self.papers.evaluation.errors
        wrong = {path.split(".")[0] for path, error in errors.items() if error.code not in NOTHING_SAID}
        return [field for field in self.papers.form.schema.fields() if field.slug in wrong]


def list_lines(*, bundle: Bundle, at: datetime) -> list[ListLine]:
    """Return a person's list in order; the number of queries does not grow with it."""
    rows = list(
        bundle.lines.select_related(
            "application__version__service__record__unit",
            "application__case__unit",
            "application__case__reporter",
            "application__version",
        )
    )
    lines = {row.pk: lines_from_json([row.line])[0] for row in rows}
    records = records_by_slug({line.service for line in lines.values() if line.service})
    drafts = [row.application_id for row in rows if row.application is not None and row.application.case is None]
    files = attachments_of(owner_kind=OWNER, owner_ids=[pk for pk in drafts if pk is not None])
    asking = [
        row.application.pk
        for row in rows
        if row.application is not None
        and row.application.case is None
        and row.application.version.workflow.get("cosigners")
    ]
    signatures = cosignatures_of(asking) if asking else {}
    today = city_day(at)
    happened = date.fromisoformat(bundle.happened) if bundle.happened else None
    return [
        ListLine(
            row=row,
            line=lines[row.pk],
            record=records.get(lines[row.pk].service),
            until=last_day(lines[row.pk], happened),
            **_standing(
                row,
                lines[row.pk],
                files.get(row.application_id or 0, []),
                signatures.get(row.application_id or 0, []),
                at,
                today,
            ),
        )
        for row in rows
    ]


def _standing(  # noqa: PLR0917 - what was read for all lines at once
    row: BundleLine,
    line: LifeLine,
    files: Sequence[Attachment],
    signatures: Sequence[CoSignature],
    at: datetime,
    today: date,
) -> dict[str, Any]:
    application = row.application
    if application is None and row.done_at is not None:
        return {"standing": "ticked"}
    if application is None:
        # a service without a form here, or one whose draft was left until it went away
        return {"standing": "closed" if line.service else "elsewhere"}
    if application.case is not None:
        kind = kind_at(application.case.kind, application.case.kind_version)
        return {"standing": "sent", "state": kind.state(application.case.state)}
    papers = papers_of(application, at=at, files=files, today=today)
    if papers.evaluation.errors:
        return {"standing": "open", "papers": papers}
    return {"standing": "unsigned" if unsigned(papers, rows=signatures) else "complete", "papers": papers}
