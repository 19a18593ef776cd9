"""An application that comes whole, from a program: taken in with one commit, without a draft in between."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from balai.engines.cases.actions import Opened
from balai.engines.cases.models import Case
from balai.foundation.events.rules import Actor
from balai.foundation.files.models import Attachment
from balai.foundation.forms.queries import published_form
from balai.foundation.forms.rules.evaluate import evaluate
from balai.foundation.places.queries import kept_city
from balai.foundation.rows.insert import insert_row
from balai.modules.services.actions.apply import NotComplete, foreign_files, keep_documents, open_matter, place_of
from balai.modules.services.actions.uploads import MOST_FILES, FileRefused, keep_files, receive_for
from balai.modules.services.models import Application, Service
from balai.modules.services.queries.applications import Papers, draft_hash
from balai.modules.services.queries.cosign import unsigned


class NoSuchQuestion(LookupError):
    """A file was sent for a question that the form does not have."""


def send_at_once(
    *,
    service: Service,
    answers: Mapping[str, Any],
    uploads: Mapping[str, Sequence[UploadedFile[bytes]]],
    channel: str,
    actor: Actor,
    locale: str = "id",
    repeat: str = "",
    at: datetime,
) -> Opened:
    """Take an application in: everything is kept, or nothing.

    ``repeat`` is what the sender calls this application: sent again under the same name, it is the same one.

    ``service`` with its live version, its record and agency (:func:`queries.applications.open_service`).

    :raises NotComplete: with every error by question. :raises NoSuchQuestion: for a file of no file question.
    :raises FileRefused: and :raises UploadRefused: with ``question`` set, if a file is not what it should be.
    """
    version = service.live
    if version is None:
        raise LookupError(service.slug)
    # what was read with the service need not be read again
    version.service = service
    submission = _submission_key(service, repeat, actor) if repeat else ""
    sent = Case.objects.filter(submission_key=submission).first() if submission else None
    if sent is not None:
        return Opened(case=sent, code="", already=True)
    form = published_form(version.form_version_id)
    kept = _received(form.schema, uploads, at)
    given = {**answers, **{slug: [str(file.key) for file in files] for slug, files in kept.items()}}
    city = kept_city()
    today = at.astimezone(ZoneInfo(city.time_zone)).date()
    application = Application(
        version=version,
        token_hash=draft_hash(secrets.token_hex(16)),
        locale=locale,
        revision=1,
        started_at=at,
        changed_at=at,
    )
    papers = Papers(
        application=application,
        form=form,
        answers=given,
        evaluation=evaluate(schema=form.schema, answers=given, today=today),
        files={str(file.key): file for files in kept.values() for file in files},
        today=today,
    )
    if errors := {**foreign_files(papers), **papers.evaluation.errors}:
        raise NotComplete(papers, errors)
    if wanting := unsigned(papers):
        # who else signs has to read it first: a program begins such an application on the web
        raise NotComplete(papers, {}, unsigned=wanting)
    place = place_of(papers, city)
    with transaction.atomic():
        opened = open_matter(
            application, papers, place, city, channel=channel, actor=actor, submission_key=submission, at=at
        )
        if opened.already:
            return opened
        application.case = opened.case
        application.answers = json.dumps(papers.evaluation.values, ensure_ascii=False)
        insert_row(application)
        keep_documents(application, papers, is_new=True)
        keep_files(owner_id=application.pk, files=[file for files in kept.values() for file in files], at=at)
    return opened


def _submission_key(service: Service, repeat: str, actor: Actor) -> str:
    said = f"{actor.kind}:{actor.id}:{service.slug}:{repeat}"
    return f"at-once:{hashlib.sha256(said.encode()).hexdigest()}"


def _received(
    schema: Any, uploads: Mapping[str, Sequence[UploadedFile[bytes]]], at: datetime
) -> dict[str, list[Attachment]]:
    if sum(len(files) for files in uploads.values()) > MOST_FILES:
        raise FileRefused("too_many", MOST_FILES)
    kept: dict[str, list[Attachment]] = {}
    for slug, files in uploads.items():
        field = schema.field(slug)
        if field is None or field.kind != "file":
            raise NoSuchQuestion(slug)
        try:
            kept[slug] = [receive_for(field=field, upload=file, at=at) for file in files]
        except Exception as error:
            error.question = slug  # type: ignore[attr-defined]
            raise
    return kept
