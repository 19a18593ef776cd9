"""Programs read the catalogue and the forms, send applications, and ask how far they are."""

from datetime import timedelta
from typing import Any

import msgspec
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema, Status

from balai.engines.cases.actions.codes import open_with_code
from balai.engines.cases.actions.kinds import kind_at
from balai.foundation.api.keys import require_key
from balai.foundation.api.problems import Problem
from balai.foundation.calendar import clock
from balai.foundation.events.rules import Actor
from balai.foundation.files.actions import UploadRefused
from balai.foundation.forms.queries import published_form
from balai.foundation.forms.rules.json_schema import json_schema
from balai.foundation.forms.words import wrong_words
from balai.foundation.limits.actions import check_limit
from balai.foundation.limits.callers import caller_of
from balai.foundation.limits.rules import line_of
from balai.foundation.web.words import is_english
from balai.modules.services.actions.apply import NotComplete
from balai.modules.services.actions.at_once import NoSuchQuestion, send_at_once
from balai.modules.services.actions.uploads import FileRefused
from balai.modules.services.models import Service
from balai.modules.services.queries.applications import kept_service
from balai.modules.services.rules.checks import FAMILY
from balai.modules.services.standard_words import fee_words, time_words
from balai.modules.services.words import file_refused_words, unsigned_words

router = Router(tags=["services"])
SCOPE = "services"
HOUR = timedelta(hours=1)
# for all matters together; a program that follows many asks no faster than this
ASKED_AN_HOUR = 120


class SentFile(Schema):
    """One file, in base 64."""

    name: str
    content: str


class Sent(Schema):
    """Answers by the short names of the form, files by those of its file questions."""

    answers: dict[str, Any]
    files: dict[str, list[SentFile]] = {}


def _found(slug: str) -> Service:
    service = kept_service(slug[:60])
    if service is None or service.live is None:
        raise Problem(404, detail=_("There is no service of this name that takes applications."), kind="not-found")
    return service


def _line(service: Service) -> dict[str, Any]:
    content = service.live.record_version.content if service.live else {}
    return {
        "slug": service.slug,
        "name": service.record.name_id,
        "name_en": service.record.name_en,
        "agency": service.record.unit.slug,
        "time": time_words(content.get("time")),
        "fee": fee_words(content.get("fee")),
        "version": service.live.number if service.live else None,
    }


@router.get("", url_name="services")
def catalogue(request: HttpRequest) -> dict[str, Any]:
    """Services that take applications now."""
    rows = Service.objects.filter(live__isnull=False).select_related("record__unit", "live__record_version")
    return {"services": [_line(service) for service in rows]}


@router.get("/{slug}", url_name="service")
def service(request: HttpRequest, slug: str) -> dict[str, Any]:
    """One service: its published standard and its form as JSON Schema 2020-12."""
    found = _found(slug)
    version = found.live
    if version is None:
        raise Problem(404, kind="not-found")
    form = published_form(version.form_version_id)
    return {
        **_line(found),
        "standard": version.record_version.content,
        "form": json_schema(schema=form.schema, english=is_english()),
    }


@router.post("/{slug}/applications", url_name="apply", response={200: dict[str, Any], 201: dict[str, Any]})
def apply(request: HttpRequest, slug: str, sent: Sent) -> Status[dict[str, Any]]:
    """Send an application; the number and its code come back once. Everything is kept, or nothing.

    With a header ``Idempotency-Key`` it may be sent again after a broken line: 200 with the same number, without code.
    """
    at = clock.now()
    key = require_key(request, SCOPE, at=at)
    found = _found(slug)
    try:
        opened = send_at_once(
            service=found,
            answers=sent.answers,
            uploads=_uploads(sent),
            channel="api",
            actor=Actor("api", key.pk),
            repeat=request.headers.get("Idempotency-Key", "").strip()[:200],
            at=at,
        )
    except NoSuchQuestion as error:
        raise Problem(
            422, detail=_("There is no file question of this name."), kind="not-understood", field=str(error)
        ) from error
    except UploadRefused as refused:
        raise Problem(422, detail=refused.message, kind="not-understood", field=_question(refused)) from refused
    except FileRefused as refused:
        raise Problem(
            422, detail=file_refused_words(refused), kind="not-understood", field=_question(refused)
        ) from refused
    except NotComplete as error:
        raise Problem(
            422,
            detail=error.contact
            or (unsigned_words(error.unsigned) if error.unsigned else "")
            or _("Some answers are missing or wrong; nothing was sent."),
            kind="not-understood",
            errors=[
                {"detail": wrong_words(wrong), "pointer": f"/answers/{path.replace('.', '/')}"}
                for path, wrong in error.errors.items()
            ],
        ) from error
    return Status(
        200 if opened.already else 201,
        {"reference": opened.case.reference, "code": opened.code, "due_at": opened.case.due_at},
    )


def _question(refused: Exception) -> str:
    return str(getattr(refused, "question", ""))


def _uploads(sent: Sent) -> dict[str, list[UploadedFile[bytes]]]:
    found: dict[str, list[UploadedFile[bytes]]] = {}
    for slug, files in sent.files.items():
        for file in files:
            try:
                # stricter than the standard library and five times as fast
                content = msgspec.convert(file.content, bytes)
            except ValueError as error:
                raise Problem(
                    422, detail=_("The file is not in base 64."), kind="not-understood", field=slug
                ) from error
            found.setdefault(slug, []).append(SimpleUploadedFile(file.name[:120], content))
    return found


@router.get("/applications/{reference}", url_name="application")
def status(request: HttpRequest, reference: str) -> dict[str, Any]:
    """How far an application is; its code comes in the header ``X-Code``."""
    at, address = clock.now(), caller_of(request)
    check_limit(key=f"api-status:{line_of(address)}", limit=ASKED_AN_HOUR, per=HOUR, at=at)
    case = open_with_code(number=reference, code=request.headers.get("X-Code", "")[:20], address=address, at=at)
    if case is None or case.family != FAMILY:
        raise Problem(404, detail=_("This number and this code do not belong together."), kind="not-found")
    state = kind_at(case.kind, case.kind_version).state(case.state)
    return {
        "reference": case.reference,
        "state": case.state,
        "state_class": case.state_class,
        "state_label": state.label_en if is_english() else state.label_id,
        "received_at": case.received_at,
        "due_at": case.due_at,
        "closed_at": case.closed_at,
        "on_time": case.on_time,
    }
