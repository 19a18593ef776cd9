"""Ask for documents, try again, revoke. Each decided once, each on record."""

import json
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from balai.foundation.documents.actions.templates import adopt_template
from balai.foundation.documents.events import (
    DocumentDropped,
    DocumentEvent,
    DocumentRequested,
    DocumentRevoked,
    stream_of,
)
from balai.foundation.documents.models import IssuedDocument, NumberSeries
from balai.foundation.documents.rules.numbers import check_number, number_of
from balai.foundation.documents.rules.seals import new_check_code
from balai.foundation.documents.tasks import issue_document
from balai.foundation.events.actions import append
from balai.foundation.events.rules import Actor
from balai.foundation.jobs.actions import enqueue
from balai.foundation.places.queries import city_day

MOST_DATA_CHARACTERS = 200_000


class NumberTaken(Exception):
    """Another document has this number. ``document_id`` says which."""

    def __init__(self, document_id: int) -> None:
        super().__init__(document_id)
        self.document_id = document_id


class NotRevocable(Exception):
    """Only an issued document is revoked, once, and with a reason. ``code``: not_issued, no_reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotRetryable(Exception):
    """Only a document that failed, and is still wanted, is tried again."""


@transaction.atomic
def take_number(*, series: str, pattern: str, at: datetime) -> str:
    """Return the next number of a series in the city's year, without gaps: taken in the caller's transaction.

    :raises BadNumber: if the pattern cannot be used.
    """
    on = city_day(at)
    NumberSeries.objects.bulk_create([NumberSeries(series=series, year=on.year)], ignore_conflicts=True)
    mine = NumberSeries.objects.filter(series=series, year=on.year)
    mine.update(value=F("value") + 1)
    return number_of(pattern=pattern, sequence=mine.values_list("value", flat=True).get(), on=on)


@transaction.atomic
def request_document(
    *,
    template: str,
    number: str,
    data: Mapping[str, Any],
    owner_kind: str,
    owner_id: int,
    resident_id: int | None,
    valid_until: date | None = None,
    actor: Actor,
    at: datetime,
) -> IssuedDocument:
    """Have a document made, in the caller's transaction: a job typesets, signs and stores it.

    ``data`` is what the template shows; ``holder`` (a name), ``unit``, ``contact``, ``place`` and ``signer``
    (``name``, ``post``) are known to the base of all templates. The same number for the same owner is asked once.

    :raises UnknownTemplate: if no template has this name.
    :raises BadNumber: if the number cannot be used.
    :raises NumberTaken: if a document of another owner has it.
    :raises ValueError: if the data are no JSON or too long.
    """
    check_number(number=number)
    packed = json.dumps(data, ensure_ascii=False, allow_nan=False)
    if len(packed) > MOST_DATA_CHARACTERS:
        raise ValueError(f"data of {len(packed)} characters")
    found = IssuedDocument.objects.filter(number=number).first()
    if found is not None:
        if (found.owner_kind, found.owner_id) != (owner_kind, owner_id):
            raise NumberTaken(found.pk)
        return found
    version = adopt_template(slug=template, at=at).live
    assert version is not None  # adopted just now
    document = IssuedDocument.objects.create(
        number=number,
        template_version=version,
        owner_kind=owner_kind,
        owner_id=owner_id,
        resident_id=resident_id,
        data=packed,
        check_code=new_check_code(secrets.randbelow),
        valid_until=valid_until,
        requested_at=at,
    )
    _tell(document, DocumentRequested, actor=actor, at=at)
    enqueue(task=issue_document, arguments={"document_id": document.pk}, at=at)
    return document


@transaction.atomic
def retry_document(*, document_id: int, actor: Actor, at: datetime) -> None:
    """Try a failed document again, from the template as it is published now: nobody holds it yet, and often it was
    the template that had to be mended.

    :raises NotRetryable: if it has not failed, or was dropped.
    """
    failed = IssuedDocument.objects.filter(pk=document_id, state=IssuedDocument.State.FAILED)
    waiting = failed.exclude(problem=IssuedDocument.DROPPED)
    live = waiting.values_list("template_version__template__live", flat=True).first()
    if live is None or not waiting.update(
        state=IssuedDocument.State.PENDING, template_version=live, attempts=0, problem="", requested_at=at
    ):
        raise NotRetryable
    _tell(IssuedDocument.objects.get(pk=document_id), DocumentRequested, actor=actor, at=at)
    enqueue(task=issue_document, arguments={"document_id": document_id}, at=at)


@transaction.atomic
def revoke_document(*, document_id: int, reason: str, actor: Actor, at: datetime) -> IssuedDocument:
    """Say that an issued document does not count any more. The reason is public: it stands on the check page.

    :raises NotRevocable: if it is not issued, was revoked already, or no reason is given.
    """
    reason = reason.strip()
    if not reason:
        raise NotRevocable("no_reason")
    document = IssuedDocument.objects.select_for_update(of=("self",)).get(pk=document_id)
    if document.state != IssuedDocument.State.ISSUED:
        raise NotRevocable("not_issued")
    # whoever hears late of a decision names its moment, and the paper may have been signed after it
    at = max(at, document.issued_at or at)
    document.state, document.revoked_at, document.revoke_reason = IssuedDocument.State.REVOKED, at, reason[:300]
    document.save(update_fields=["state", "revoked_at", "revoke_reason"])
    _tell(document, DocumentRevoked, actor=actor, at=at)
    return document


@transaction.atomic
def drop_document(*, document_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """Have a document count no more because its owner decided otherwise: one that was issued is revoked, with a
    ``reason`` that everybody may read; one that nobody holds yet is never made. Asked again, it changes nothing.
    """
    not_made = IssuedDocument.objects.filter(pk=document_id, state__in=("pending", "failed"))
    not_made = not_made.exclude(state="failed", problem=IssuedDocument.DROPPED)
    if not_made.update(state=IssuedDocument.State.FAILED, problem=IssuedDocument.DROPPED):
        _tell(IssuedDocument.objects.get(pk=document_id), DocumentDropped, actor=actor, at=at)
    elif IssuedDocument.objects.filter(pk=document_id, state=IssuedDocument.State.ISSUED).exists():
        revoke_document(document_id=document_id, reason=reason, actor=actor, at=at)


def _tell(document: IssuedDocument, event: type[DocumentEvent], *, actor: Actor, at: datetime) -> None:
    append(
        stream=stream_of(document.pk),
        event=event(document_id=document.pk, owner_kind=document.owner_kind, owner_id=document.owner_id),
        actor=actor,
        at=at,
    )
