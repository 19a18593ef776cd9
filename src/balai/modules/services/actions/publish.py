"""Make services and publish them: one version of standard, form and steps, tied together."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from balai.engines.cases.actions.kinds import publish_kind
from balai.engines.cases.models import Category
from balai.engines.catalogs.models import Record, RecordVersion
from balai.engines.catalogs.queries import live_on
from balai.engines.catalogs.rules import term_of
from balai.foundation.documents.queries import usable_templates
from balai.foundation.events.actions import append
from balai.foundation.events.rules import Actor
from balai.foundation.forms.actions import publish_form
from balai.foundation.forms.models import FormVersion
from balai.foundation.forms.rules.schema import schema_from_json
from balai.foundation.outbound.queries import known_systems
from balai.foundation.places.queries import city_day
from balai.foundation.units.models import Unit
from balai.modules.services.events import ServicePublished, stream_of
from balai.modules.services.models import Service, ServiceVersion
from balai.modules.services.rules.kinds import compile_kinds, kind_slug
from balai.modules.services.rules.standard import KIND
from balai.modules.services.rules.workflow import (
    Workflow,
    WorkflowProblem,
    workflow_from_json,
    workflow_problems,
    workflow_to_json,
)


class ServiceNotReady(Exception):
    """Something keeps the service from going live; nothing was published.

    ``problems`` name the steps; besides those of a workflow: no_standard, no_form, unknown_document,
    unknown_fee, fee_unpaid, unknown_question.
    """

    def __init__(self, problems: tuple[WorkflowProblem, ...]) -> None:
        super().__init__("; ".join(f"{problem.step} {problem.code}".strip() for problem in problems))
        self.problems = problems


class ServiceMovedOn(Exception):
    """Somebody else changed the service after the page was loaded; nothing was changed."""


def create_service(*, record_id: int, form_id: int | None, workflow: Workflow, at: datetime, **columns: Any) -> Service:
    """Make the service that carries out what a record of the catalogue promises."""
    record = Record.objects.get(pk=record_id, kind=KIND)
    return Service.objects.create(
        slug=record.slug,
        record=record,
        unit_id=record.unit_id,
        form_id=form_id,
        workflow=workflow_to_json(workflow),
        changed_at=at,
        **columns,
    )


@transaction.atomic
def save_service(*, service_id: int, columns: Mapping[str, Any], expected_revision: int, at: datetime) -> Service:
    """Keep a changed draft; what is live stays as it is.

    :raises ServiceMovedOn: if the draft was changed since ``expected_revision``.
    """
    service = Service.objects.select_for_update(of=("self",)).get(pk=service_id)
    if service.revision != expected_revision:
        raise ServiceMovedOn
    for name, value in columns.items():
        setattr(service, name, value)
    service.revision += 1
    service.changed_at = at
    service.save(update_fields=[*columns, "revision", "changed_at"])
    return service


@transaction.atomic
def publish_service(
    *, service_id: int, actor: Actor, at: datetime, expected_revision: int | None = None
) -> ServiceVersion:
    """Publish the form and the steps under the standard that counts today, and return the version.

    Whoever has begun an application goes on with the version that it was begun with.

    :raises ServiceNotReady: with every problem, each naming its step; :raises FormNotReady: with those of the form;
    :raises ServiceMovedOn: if the draft was changed since ``expected_revision``.
    """
    service = Service.objects.select_for_update(of=("self",)).select_related("record__unit").get(pk=service_id)
    if expected_revision is not None and service.revision != expected_revision:
        raise ServiceMovedOn
    standard = live_on(kind=KIND, day=city_day(at)).filter(record=service.record).first()
    workflow = workflow_from_json(service.workflow)
    problems = [
        *workflow_problems(
            workflow=workflow, units=frozenset(Unit.objects.values_list("slug", flat=True)), systems=known_systems()
        )
    ]
    usable = {line.slug for line in usable_templates(unit_id=service.unit_id)}
    if service.document_template and service.document_template not in usable:
        problems.append(WorkflowProblem("unknown_document", other=service.document_template))
    if service.fee_field and not any(step.kind == "pay" for step in workflow.steps):
        problems.append(WorkflowProblem("fee_unpaid"))
    if standard is None:
        problems.append(WorkflowProblem("no_standard"))
    if service.form_id is None:
        problems.append(WorkflowProblem("no_form"))
    if problems or standard is None or service.form_id is None:
        raise ServiceNotReady(tuple(problems))
    form_version = publish_form(form_id=service.form_id, actor=actor, at=at)
    if service.fee_field and service.fee_field not in {
        each.slug for each in schema_from_json(form_version.schema).computed
    }:
        raise ServiceNotReady((WorkflowProblem("unknown_fee", other=service.fee_field),))
    asked = {field.slug for field in schema_from_json(form_version.schema).fields()}
    for each in workflow.cosigners:
        if each.only_if and each.only_if not in asked:
            raise ServiceNotReady((WorkflowProblem("unknown_question", other=each.only_if),))
    version = _publish(service, standard, form_version, workflow, at)
    append(
        stream=stream_of(service.slug),
        event=ServicePublished(
            service=service.slug,
            number=version.number,
            record_version_id=standard.pk,
            form_version_id=form_version.pk,
            kind_version=version.kind_version,
        ),
        actor=actor,
        at=at,
        public=True,
    )
    return version


def _publish(
    service: Service, standard: RecordVersion, form_version: FormVersion, workflow: Workflow, at: datetime
) -> ServiceVersion:
    record = service.record
    promise = term_of(standard.content.get("time"))
    kinds = compile_kinds(
        service=service.slug,
        label_id=record.name_id,
        label_en=record.name_en or record.name_id,
        home=record.unit.slug,
        workflow=workflow,
        promise=promise,
        source=standard.decree_number,
    )
    own, *_checks = [publish_kind(kind=kind, at=at) for kind in kinds]
    service.category, _made = Category.objects.update_or_create(
        slug=kind_slug(service.slug),
        defaults={
            "name_id": record.name_id,
            "name_en": record.name_en or record.name_id,
            "kind": kind_slug(service.slug),
            "unit_id": service.unit_id,
            "needs_place": False,
        },
    )
    last = ServiceVersion.objects.filter(service=service).order_by("-number").first()
    service.live = ServiceVersion.objects.create(
        service=service,
        number=last.number + 1 if last else 1,
        record_version=standard,
        form_version=form_version,
        kind_version=own.version,
        workflow=service.workflow,
        promise=promise.to_json() if promise else None,
        document_template=service.document_template,
        fee_field=service.fee_field,
        compensation_id=service.compensation_id,
        compensation_en=service.compensation_en,
        published_at=at,
    )
    service.save(update_fields=["category", "live"])
    return service.live
