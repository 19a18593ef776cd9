"""What pages and other rooms read of documents."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, Q, QuerySet

from balai.foundation.documents.contributions import DocumentGuard, DocumentTemplateOffer
from balai.foundation.documents.events import DocumentRequested, stream_of
from balai.foundation.documents.making import holder_of
from balai.foundation.documents.models import DocumentTemplate, DocumentTemplateVersion, IssuedDocument
from balai.foundation.documents.rules.seals import masked_name, tidy_check_code
from balai.foundation.events.models import Event
from balai.foundation.registry.discover import contributions
from balai.foundation.units.models import Unit
from balai.foundation.web.queries import city_face

PAGE = 50
Standing = Literal["valid", "expired", "revoked"]
_KNOWN_TO_THE_PUBLIC = (IssuedDocument.State.ISSUED, IssuedDocument.State.REVOKED)


@dataclass(frozen=True, kw_only=True)
class Check:
    """What anybody with the code may know of a document. ``holder`` shows first letters only."""

    document: IssuedDocument
    name_id: str
    name_en: str
    unit: str
    holder: str
    standing: Standing


def documents_of(*, owner_kind: str, owner_ids: Collection[int]) -> dict[int, list[IssuedDocument]]:
    """Return the documents of some owners, newest first, without their data; one statement. What was dropped before
    anybody held it is not among them.
    """
    found: dict[int, list[IssuedDocument]] = {}
    rows = IssuedDocument.objects.filter(owner_kind=owner_kind, owner_id__in=owner_ids).defer("data")
    rows = rows.exclude(state=IssuedDocument.State.FAILED, problem=IssuedDocument.DROPPED)
    for document in rows.select_related("template_version__template").order_by("-pk"):
        found.setdefault(document.owner_id, []).append(document)
    return found


def check_code(code: str, *, at: datetime) -> Check | None:
    """Return what the code on a document proves, or None: no such document was ever issued. One statement."""
    rows = IssuedDocument.objects.filter(check_code=tidy_check_code(code)[:12], state__in=_KNOWN_TO_THE_PUBLIC)
    document = rows.select_related("template_version__template__unit").first()
    return _check(document, at) if document is not None else None


def check_file(*, sha256: str, at: datetime) -> Check | None:
    """Return what is known of a file with this hash, or None: these bytes are not a file that was issued here."""
    rows = IssuedDocument.objects.filter(sha256=sha256, state__in=_KNOWN_TO_THE_PUBLIC)
    document = rows.select_related("template_version__template__unit").first()
    return _check(document, at) if document is not None else None


def knows_number(*, number: str) -> bool:
    """Return whether a document with this number was issued here."""
    return IssuedDocument.objects.filter(number=number, state__in=_KNOWN_TO_THE_PUBLIC).exists()


def _check(document: IssuedDocument, at: datetime) -> Check:
    template = document.template_version.template
    data = json.loads(document.data)
    return Check(
        document=document,
        name_id=template.name_id,
        name_en=template.name_en,
        unit=str(data.get("unit") or (template.unit.name if template.unit else "")),
        holder=masked_name(holder_of(data)),
        standing=standing_now(document, at=at),
    )


def standing_now(document: IssuedDocument, *, at: datetime) -> Standing:
    """Return whether an issued document counts at a moment, by the city's own days."""
    return standing_of(document, on=at.astimezone(ZoneInfo(city_face().time_zone)).date())


def standing_of(document: IssuedDocument, *, on: date) -> Standing:
    """Return whether an issued document counts on a day; it counts through the whole of its last day."""
    if document.state == IssuedDocument.State.REVOKED:
        return "revoked"
    return "expired" if document.valid_until is not None and document.valid_until < on else "valid"


def guard_of(*, owner_kind: str) -> DocumentGuard | None:
    """Return who decides about documents of ``owner_kind``, if anybody."""
    return next((guard for guard in contributions(DocumentGuard) if guard.owner_kind == owner_kind), None)


@dataclass(frozen=True, kw_only=True)
class TemplateLine:
    """A template as the list shows it; ``template`` is None for one that nobody has used or edited yet."""

    slug: str
    name_id: str
    name_en: str
    template: DocumentTemplate | None
    unit: Unit | None
    live: DocumentTemplateVersion | None
    has_draft: bool


def templates() -> list[TemplateLine]:
    """Return every template, those too that rooms offer and nobody has used yet; by name."""
    rows = {each.slug: each for each in DocumentTemplate.objects.select_related("live__published_by", "unit")}
    lines = [
        TemplateLine(
            slug=row.slug,
            name_id=row.name_id,
            name_en=row.name_en,
            template=row,
            unit=row.unit,
            live=row.live,
            has_draft=row.live is None or row.draft != row.live.source,
        )
        for row in rows.values()
    ]
    offers = [offer for offer in contributions(DocumentTemplateOffer) if offer.slug not in rows]
    units = {unit.slug: unit for unit in Unit.objects.filter(slug__in={offer.unit for offer in offers if offer.unit})}
    lines += [
        TemplateLine(
            slug=offer.slug,
            name_id=offer.name_id,
            name_en=offer.name_en,
            template=None,
            unit=units.get(offer.unit),
            live=None,
            has_draft=False,
        )
        for offer in offers
    ]
    return sorted(lines, key=lambda line: line.name_id)


def usable_templates(*, unit_id: int) -> list[TemplateLine]:
    """Return the templates that documents of an agency can be made from: its own and the whole city's, by name."""
    return [
        line
        for line in templates()
        if (line.unit is None or line.unit.pk == unit_id) and (line.live is not None or offer_of(line.slug) is not None)
    ]


def versions_of(*, template: DocumentTemplate) -> list[DocumentTemplateVersion]:
    """Return the published versions, newest first."""
    return list(
        DocumentTemplateVersion.objects.filter(template=template).select_related("published_by").order_by("-number")
    )


def offer_of(slug: str) -> DocumentTemplateOffer | None:
    """Return the template that comes with the program under this name."""
    return next((offer for offer in contributions(DocumentTemplateOffer) if offer.slug == slug), None)


def find_document(text: str) -> IssuedDocument | None:
    """Return the document with a number or a check code, without its data."""
    rows = IssuedDocument.objects.defer("data").select_related("template_version__template")
    return rows.filter(Q(number=text.strip()) | Q(check_code=tidy_check_code(text)[:12])).first()


def first_asked(document: IssuedDocument) -> datetime:
    """Return when a document was asked for; one that failed keeps that moment however often it is tried again."""
    asked = Event.objects.filter(stream=stream_of(document.pk), kind=DocumentRequested.__name__)
    return asked.order_by("seq").values_list("at", flat=True).first() or document.requested_at


def failed_reading(*, at: datetime) -> dict[str, Any]:
    """Return how many documents wait because they could not be made, for ``/healthz``."""
    return {"failed": _failed().count()}


def failed_alarm(*, at: datetime) -> dict[str, Any] | None:
    """Return how many documents could not be made and since when; None if every one was made."""
    found = _failed().aggregate(count=Count("pk"), since=Min("requested_at"))
    return found if found["count"] else None


def failed_documents() -> list[IssuedDocument]:
    """Return the documents that could not be made, oldest first, without their data."""
    rows = _failed().defer("data").select_related("template_version__template")
    return list(rows.order_by("requested_at")[:PAGE])


def _failed() -> QuerySet[IssuedDocument]:
    """Return the documents that somebody has to look at: what was dropped is wanted by nobody."""
    return IssuedDocument.objects.filter(state=IssuedDocument.State.FAILED).exclude(problem=IssuedDocument.DROPPED)
