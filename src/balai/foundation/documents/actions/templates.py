"""Take templates that come with the program, change their words, publish them."""

from datetime import datetime

from django.db import transaction

from balai.foundation.documents.contributions import DocumentTemplateOffer
from balai.foundation.documents.events import TemplatePublished
from balai.foundation.documents.models import DocumentTemplate, DocumentTemplateVersion
from balai.foundation.documents.queries import offer_of
from balai.foundation.events.actions import append
from balai.foundation.events.rules import SYSTEM, Actor
from balai.foundation.units.models import Unit


class UnknownTemplate(LookupError):
    """No template of this name exists, and no room offers one."""


class DraftMoved(Exception):
    """Somebody else changed the draft meanwhile; nothing was stored. ``template`` holds what is there now."""

    def __init__(self, template: DocumentTemplate) -> None:
        super().__init__(template.slug)
        self.template = template


@transaction.atomic
def adopt_template(*, slug: str, at: datetime) -> DocumentTemplate:
    """Return the template of this name with its live version; what a room offers is made a row at first use.

    As long as the city has published no words of its own, a new source of the program becomes a new version.

    :raises UnknownTemplate: if there is none and nobody offers one.
    """
    offer = offer_of(slug)
    found = DocumentTemplate.objects.select_related("live", "unit").filter(slug=slug).first()
    if found is not None and found.live is not None and _is_current(found.live, offer):
        return found
    if offer is None:
        raise UnknownTemplate(slug)
    if found is None:
        DocumentTemplate.objects.bulk_create(
            [
                DocumentTemplate(
                    slug=slug,
                    name_id=offer.name_id,
                    name_en=offer.name_en,
                    draft=offer.source,
                    unit=Unit.objects.filter(slug=offer.unit).first() if offer.unit else None,
                )
            ],
            ignore_conflicts=True,
        )
    # locked: two first documents at once must not publish twice
    template = DocumentTemplate.objects.select_for_update(of=("self",)).get(slug=slug)
    live = template.live
    if live is not None and _is_current(live, offer):
        return template
    if live is None or template.draft == live.source:
        template.draft, template.revision = offer.source, template.revision + (live is not None)
    _publish(template, source=offer.source, by_id=None, actor=SYSTEM, at=at)
    return template


def _is_current(live: DocumentTemplateVersion, offer: DocumentTemplateOffer | None) -> bool:
    return offer is None or live.published_by_id is not None or live.source == offer.source


@transaction.atomic
def save_draft(*, slug: str, source: str, expected_revision: int, at: datetime) -> DocumentTemplate:
    """Keep a draft; nothing is issued from it before it is published.

    :raises DraftMoved: if the draft is not the one that was edited.
    """
    adopt_template(slug=slug, at=at)
    template = DocumentTemplate.objects.select_for_update(of=("self",)).get(slug=slug)
    if template.revision != expected_revision:
        raise DraftMoved(template)
    if template.draft != source:
        template.draft, template.revision = source, template.revision + 1
        template.save(update_fields=["draft", "revision"])
    return template


@transaction.atomic
def publish_template(*, slug: str, expected_revision: int, actor: Actor, at: datetime) -> DocumentTemplateVersion:
    """Publish the draft: documents requested from now on have its words. The caller has typeset it with sample data.

    :raises DraftMoved: if the draft is not the one that was looked at.
    """
    template = DocumentTemplate.objects.select_for_update(of=("self",)).get(slug=slug)
    if template.revision != expected_revision:
        raise DraftMoved(template)
    if template.live is not None and template.live.source == template.draft and template.live.published_by_id:
        return template.live
    return _publish(template, source=template.draft, by_id=actor.id, actor=actor, at=at)


def _publish(
    template: DocumentTemplate, *, source: str, by_id: int | None, actor: Actor, at: datetime
) -> DocumentTemplateVersion:
    versions = DocumentTemplateVersion.objects.filter(template=template)
    number = (versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    version = DocumentTemplateVersion.objects.create(
        template=template, number=number, source=source, published_at=at, published_by_id=by_id
    )
    template.live = version
    template.save(update_fields=["draft", "revision", "live"])
    append(
        stream=f"document-template:{template.pk}",
        event=TemplatePublished(template_id=template.pk, number=number),
        actor=actor,
        at=at,
    )
    return version
