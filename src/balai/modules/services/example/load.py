"""The catalogue of the example city."""

from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from balai.engines.catalogs import actions
from balai.engines.catalogs.models import Record
from balai.foundation.events.rules import SYSTEM, Actor
from balai.foundation.examples.contributions import Progress
from balai.foundation.forms.actions import create_form
from balai.foundation.units.models import Unit
from balai.modules.services.actions.publish import create_service, publish_service
from balai.modules.services.data import made_services, typical_services
from balai.modules.services.document_templates import template_slug
from balai.modules.services.rules.standard import KIND
from balai.modules.services.rules.workflow import workflow_from_json

# its head can sign in to the example and answer
DISCUSSED = "pindah-datang"


@transaction.atomic
def load_standards(*, seed: int, today: date, size: int, progress: Progress) -> None:
    """Write the usual services; those whose standard is whole are published under an example decree."""
    if Record.objects.filter(kind=KIND).exists():
        return
    at = datetime.combine(today, time(1), tzinfo=UTC)
    units = dict(Unit.objects.values_list("slug", "pk"))
    services = [service for service in typical_services() if service.unit in units]
    for number, service in enumerate(services, start=1):
        version = actions.create_record(
            kind=KIND,
            slug=service.slug,
            unit_id=units[service.unit],
            name_id=service.name_id,
            name_en=service.name_en,
            group_id=service.group_id,
            group_en=service.group_en,
            keywords=service.keywords,
            order=number,
            content=service.content,
            actor=SYSTEM,
            at=at,
        )
        if service.is_complete:
            _publish(version.pk, number=number, today=today, at=at)
        progress(number, len(services))
    _make_services(at=at)
    _discuss(today=today, at=at)


# component, words, name, and what became of it: outcome and answer
COMMENTS = (
    (
        "requirements",
        "Saya hanya pindah ke kelurahan sebelah. Apakah surat keterangan pindah juga perlu?",
        "Warga RW 4 (contoh)",
        ("taken", "Tidak perlu. Kalimatnya diperjelas: hanya untuk yang datang dari luar kota."),
    ),
    (
        "time",
        "Delapan jam kerja itu bagus, asal yang mengajukan Jumat sore diberi tahu kapan selesainya.",
        "",
        None,
    ),
)


def _discuss(*, today: date, at: datetime) -> None:
    """Have everybody asked about a change of one standard."""
    record = Record.objects.filter(kind=KIND, slug=DISCUSSED).first()
    if record is None:
        return
    version = actions.begin_version(record_id=record.pk, actor=SYSTEM, at=at)
    requirements = ["KTP-el.", "Untuk yang datang dari luar kota: surat keterangan pindah dari daerah asal."]
    time_given = {"amount": 8, "unit": "working_hours", "words": "paling lama, setelah berkas lengkap"}
    content = {**version.content, "time": time_given, "requirements": requirements}
    actions.save_draft(version_id=version.pk, content=content, expected_revision=version.revision, actor=SYSTEM, at=at)
    until = today + timedelta(days=14)
    actions.open_consultation(version_id=version.pk, until=until, actor=SYSTEM, at=at)
    for number, (component, words, name, answered) in enumerate(COMMENTS):
        comment = actions.say_comment(
            version_id=version.pk,
            component=component,
            words=words,
            name=name,
            submission_key=f"example:{DISCUSSED}:{number}",
            actor=Actor("resident"),
            at=at,
        )
        if answered:
            actions.answer_comment(comment_id=comment.pk, outcome=answered[0], answer=answered[1], actor=SYSTEM, at=at)


def _make_services(*, at: datetime) -> None:
    """Give those that come with form and steps their desk, and open them to everybody."""
    records = {record.slug: record for record in Record.objects.filter(kind=KIND)}
    for made in made_services():
        record = records.get(made.slug)
        if record is None:
            continue
        form = create_form(
            slug=f"svc-{made.slug}",
            label_id=record.name_id,
            label_en=record.name_en,
            unit_id=record.unit_id,
            schema=made.schema,
            at=at,
        )
        service = create_service(
            record_id=record.pk,
            form_id=form.pk,
            workflow=workflow_from_json(made.workflow),
            fee_field=made.fee_field,
            document_template=template_slug(made.slug),
            compensation_id=made.compensation_id,
            compensation_en=made.compensation_en,
            at=at,
        )
        publish_service(service_id=service.pk, actor=SYSTEM, at=at)


def _publish(version_id: int, *, number: int, today: date, at: datetime) -> None:
    actions.record_minutes(
        version_id=version_id,
        held_on=today,
        place="Contoh",
        participants=1,
        points="Contoh berita acara forum konsultasi publik.",
        actor=SYSTEM,
        at=at,
    )
    actions.set_decree(version_id=version_id, number=f"CONTOH/{number:03}/{today.year}", day=today, actor=SYSTEM, at=at)
    actions.publish_version(
        version_id=version_id,
        valid_from=today,
        # looked at again every three years (PP 96/2012)
        review_date=today.replace(year=today.year + 3, day=min(today.day, 28)),
        actor=SYSTEM,
        at=at,
    )
