"""Begin, keep, send and correct applications."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import transaction

from balai.engines.cases.actions import Intake, Opened, apply_change, open_case
from balai.engines.cases.actions.correct import correct_case
from balai.engines.cases.models import Case
from balai.engines.cases.rules.evolution import Given
from balai.foundation.events.rules import Actor
from balai.foundation.files.actions import delete_files
from balai.foundation.forms.rules.evaluate import Evaluation, Wrong
from balai.foundation.forms.rules.schema import Field, FormSchema
from balai.foundation.identity.actions import ContactRefused, correct_resident, forget_resident, prepare_resident
from balai.foundation.identity.models import Resident
from balai.foundation.identity.rules import CODE_ALPHABET
from balai.foundation.places.models import City
from balai.foundation.places.queries import current_city, locator
from balai.foundation.places.rules import BadCoordinates, OutsideCity
from balai.foundation.rows.insert import insert_rows
from balai.foundation.units.models import Unit
from balai.modules.services.actions.uploads import drop_unused
from balai.modules.services.models import Application, ApplicationDocument, CoSignature, Service
from balai.modules.services.queries.applications import (
    OWNER,
    Papers,
    answers_of,
    contact_of,
    corrected_of,
    draft_hash,
    papers_of,
)
from balai.modules.services.queries.cosign import cosign_lines, unsigned
from balai.modules.services.rules.cosign import digest_of
from balai.modules.services.rules.kinds import kind_slug
from balai.modules.services.rules.workflow import CoSigner, workflow_from_json

DRAFT_LIVES = timedelta(days=30)
# 59 bits: a draft holds personal data, and its address is all that opens it
DRAFT_CODE_LENGTH = 12
APPLICANT = Actor("resident")
LONGEST_PLACE = 300


class DraftMovedOn(Exception):
    """The draft was changed in another tab, or sent; nothing was changed."""


class NotComplete(Exception):
    """Something is missing or wrong, so nothing was sent. ``papers`` say what; ``unsigned`` who has not signed yet."""

    def __init__(
        self,
        papers: Papers,
        errors: Mapping[str, Wrong] | None = None,
        contact: str = "",
        unsigned: Sequence[CoSigner] = (),
    ) -> None:
        super().__init__(", ".join(errors or papers.evaluation.errors) or contact or f"unsigned: {len(unsigned)}")
        self.papers = papers
        self.errors = dict(errors if errors is not None else papers.evaluation.errors)
        self.contact = contact
        self.unsigned = tuple(unsigned)


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A draft, and the code that opens it; the code is kept nowhere."""

    application: Application
    code: str


def new_draft_code() -> str:
    """Return a fresh code that opens a draft, or a list of them."""
    return "".join(CODE_ALPHABET[secrets.randbelow(len(CODE_ALPHABET))] for _ in range(DRAFT_CODE_LENGTH))


def begin_application(
    *, service: Service, locale: str = "id", entered_by_id: int | None = None, on_behalf: str = "", at: datetime
) -> Begun:
    """Begin a draft under what the service promises now."""
    if service.live_id is None:
        raise LookupError(service.slug)
    code = new_draft_code()
    application = Application.objects.create(
        version_id=service.live_id,
        token_hash=draft_hash(code),
        entered_by_id=entered_by_id,
        on_behalf=on_behalf,
        locale=locale,
        started_at=at,
        changed_at=at,
        expires_at=at + DRAFT_LIVES,
    )
    return Begun(application=application, code=code)


@transaction.atomic
def save_answers(
    *, application_id: int, answers: Mapping[str, Any], expected_revision: int, at: datetime
) -> Application:
    """Keep the answers of a draft, or what is corrected in an application that was returned.

    A correction counts when it is sent: until then officers read, and an undone return goes on with, what was sent.

    :raises DraftMovedOn: if it was changed since ``expected_revision``, sent, or is not the applicant's turn.
    """
    application = _held(application_id, expected_revision)
    kept = json.dumps(dict(answers), ensure_ascii=False)
    if application.case_id is None:
        application.answers, application.expires_at = kept, at + DRAFT_LIVES
    else:
        application.correction = kept
    application.revision += 1
    application.changed_at = at
    application.save(update_fields=["answers", "correction", "revision", "changed_at", "expires_at"])
    return application


def hold_application(application_id: int) -> Application:
    """Lock an application and return it; its matter is locked first, as everywhere: two that lock crosswise would wait
    for each other. Call inside a transaction.
    """
    case_id = Application.objects.values_list("case_id", flat=True).get(pk=application_id)
    if case_id is not None:
        Case.objects.select_for_update(of=("self",)).get(pk=case_id)
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related("version__service__unit", "version__service__record__unit", "version__record_version", "case")
        .get(pk=application_id)
    )


def hold_application_of(case: Case) -> Application | None:
    """Lock the application that stands behind a matter; None where the matter is of another kind."""
    pk = Application.objects.filter(case=case).values_list("pk", flat=True).first()
    return hold_application(pk) if pk is not None else None


def _held(application_id: int, expected_revision: int) -> Application:
    application = hold_application(application_id)
    _check_revision(application, expected_revision)
    return application


def _check_revision(application: Application, expected_revision: int) -> None:
    may_change = application.case is None or application.case.state == "returned"
    if not may_change or application.revision != expected_revision:
        raise DraftMovedOn


def submit_application(
    *, application_id: int, expected_revision: int, channel: str = "web", actor: Actor = APPLICANT, at: datetime
) -> Opened:
    """Send a draft: from now on the promise runs. One commit; a second press gives the same matter, without a code.

    :raises NotComplete: with every error by question; :raises DraftMovedOn: if it changed in another tab.
    """
    with transaction.atomic():
        # the lock lets the second of two presses wait for the first, and see it
        application = hold_application(application_id)
        if application.case is not None:
            return Opened(case=application.case, code="", already=True)
        _check_revision(application, expected_revision)
        papers = papers_of(application, at=at)
        if errors := {**foreign_files(papers), **papers.evaluation.errors}:
            raise NotComplete(papers, errors)
        if wanting := unsigned(papers):
            raise NotComplete(papers, {}, unsigned=wanting)
        city = current_city()
        place = place_of(papers, city)
        opened = open_matter(application, papers, place, city, channel=channel, actor=actor, at=at)
        application.case = opened.case
        application.expires_at = None
        application.answers = json.dumps(papers.evaluation.values, ensure_ascii=False)
        application.revision += 1
        application.changed_at = at
        application.save(update_fields=["case", "expires_at", "answers", "revision", "changed_at"])
        keep_documents(application, papers)
        # the wrong card, dropped again, does not go with it
        drop_unused(application, at=at, spared=timedelta(0))
        _close_cosignatures(application, papers, at)
    return opened


def _close_cosignatures(application: Application, papers: Papers, at: datetime) -> None:
    """Keep what was signed and is sent now as it stands; what was asked and is needed no more goes away."""
    open_rows = CoSignature.objects.filter(application=application, sent_at__isnull=True)
    if not open_rows.exists():
        return
    asked = {line.cosigner.slug for line in cosign_lines(papers)}
    _let_go_of_contacts([application.pk])
    open_rows.filter(slug__in=asked, digest=digest_of(papers.evaluation.values)).update(sent_at=at)
    open_rows.delete()


def _let_go_of_contacts(application_ids: Sequence[int]) -> None:
    """Forget where the links to sign were sent: what was signed stands by itself."""
    rows = CoSignature.objects.filter(application_id__in=application_ids, resident__isnull=False)
    for pk, resident_id in list(rows.values_list("pk", "resident_id")):
        CoSignature.objects.filter(pk=pk).update(resident=None)
        forget_resident(resident_id=resident_id)


@dataclass(frozen=True)
class _Place:
    village_id: int | None = None
    district_id: int | None = None
    words: str = ""
    lat: float | None = None
    lon: float | None = None


def place_of(papers: Papers, city: City) -> _Place:
    """Return where it is about: the first point on a map, else the last address inside the city.

    The first address is where the applicant lives; who opens a practice or moves writes the other one after it. A
    point says all by itself: the street of another address beside it would lead to a place that does not exist.

    :raises NotComplete: for a point or a village that is not in the city.
    """
    values, schema = papers.evaluation.values, papers.form.schema
    found = _Place()
    for field in schema.fields():
        value = values.get(field.slug)
        if value and field.kind == "map_point":
            try:
                place = locator(city).locate(lat=value["lat"], lon=value["lon"])
            except (OutsideCity, BadCoordinates) as outside:
                raise NotComplete(papers, {field.slug: Wrong("outside_city")}) from outside
            return _Place(place.village_id, place.district_id, "", value["lat"], value["lon"])
        if value and field.kind == "address":
            village = None if value["village"] == "outside" else locator(city).named(value["village"])
            if village is not None:
                # the whole of it stands in the answers; the matter keeps as much as its line is long
                found = _Place(village.id, village.district_id, value["words"][:LONGEST_PLACE])
            elif value["village"] != "outside":
                raise NotComplete(papers, {field.slug: Wrong("not_an_option")})
            elif not found.words:
                found = _Place(words=value["words"][:LONGEST_PLACE])
    return found


def _resident(papers: Papers, application: Application, at: datetime) -> Resident | None:
    try:
        return prepare_resident(**contact_of(papers), locale=application.locale, at=at)
    except ContactRefused as refused:
        raise NotComplete(papers, {}, "; ".join(refused.errors.values())) from refused


def open_matter(
    application: Application,
    papers: Papers,
    place: _Place,
    city: City,
    *,
    channel: str,
    actor: Actor,
    submission_key: str = "",
    at: datetime,
) -> Opened:
    """Open the matter behind an application in the present transaction: from now on the promise runs.

    :raises NotComplete: if the contact cannot be right.
    """
    version = application.version
    service = version.service
    if service.category_id is None:
        raise LookupError(service.slug)
    first = workflow_from_json(version.workflow).steps[0]
    unit = Unit.objects.get(slug=first.unit) if first.unit else service.unit
    return open_case(
        intake=Intake(
            kind=kind_slug(service.slug),
            kind_version=version.kind_version,
            category_id=service.category_id,
            title=service.record.name_id,
            # the papers stay encrypted in the application; the matter carries only what it is about
            text="",
            channel=channel,
            privacy=Case.Privacy.PRIVATE,
            unit_id=unit.pk,
            is_central_desk=False,
            routed_by="service",
            time_zone=city.time_zone,
            schedule_id=unit.schedule_id,
            reporter=_resident(papers, application, at),
            village_id=place.village_id,
            district_id=place.district_id,
            place_words=place.words,
            lat=place.lat,
            lon=place.lon,
            # sent at once it has no number yet
            submission_key=submission_key or f"application:{application.pk or application.token_hash}",
            locale=application.locale,
            actor=actor,
        ),
        at=at,
    )


def keep_documents(application: Application, papers: Papers, *, is_new: bool = False) -> None:
    """Write down which documents the form asked for and which of them came."""
    # locked: an officer may be saying of one of them that it is good
    rows = ApplicationDocument.objects.select_for_update()
    known = {} if is_new else {document.slug: document for document in rows.filter(application_id=application.pk)}
    values = papers.evaluation.values
    fresh, asked = [], _files_asked(papers.form.schema, papers.evaluation)
    # what is asked no more, as the answers are now, keeps nobody from deciding
    gone = known.keys() - {field.slug for field in asked}
    if gone:
        ApplicationDocument.objects.filter(pk__in=[known[slug].pk for slug in gone]).delete()
    for field in asked:
        state = ApplicationDocument.State.GIVEN if values.get(field.slug) else ApplicationDocument.State.MISSING
        document = known.get(field.slug)
        if document is None:
            fresh.append(
                ApplicationDocument(
                    application=application,
                    slug=field.slug,
                    label_id=field.label_id,
                    label_en=field.label_en,
                    state=state,
                    tokens=values.get(field.slug, []),
                )
            )
        elif document.tokens != values.get(field.slug, []):
            # what came anew has to be looked at anew
            document.tokens, document.state, document.reason = values.get(field.slug, []), state, ""
            document.decided_by_id, document.decided_at = None, None
            document.save()
    insert_rows(ApplicationDocument, fresh)


def foreign_files(papers: Papers) -> dict[str, Wrong]:
    """Return an error for every question whose answer names a file that was not kept for this application."""
    return {
        field.slug: Wrong("not_a_file")
        for field in _files_asked(papers.form.schema, papers.evaluation)
        if any(token not in papers.files for token in papers.evaluation.values.get(field.slug, []))
    }


def _files_asked(schema: FormSchema, evaluation: Evaluation) -> list[Field]:
    """Return the questions for files that count now; one that may stay empty, and does, is missed by nobody."""
    return [
        field
        for field in schema.fields()
        if field.kind == "file"
        and field.slug in evaluation.visible
        and (field.required or evaluation.values.get(field.slug))
    ]


@transaction.atomic
def send_correction(
    *, application_id: int, expected_revision: int, text: str = "", actor: Actor = APPLICANT, at: datetime
) -> Case:
    """Send what was corrected after a return: the promise runs again.

    :raises NotComplete: with every error by question; a document that was refused has to come anew.
    :raises DraftMovedOn: if it changed in another tab, or is not with the applicant.
    """
    application = _held(application_id, expected_revision)
    if application.case is None:
        raise DraftMovedOn
    papers = papers_of(application, at=at, answers=corrected_of(application))
    errors = {**foreign_files(papers), **papers.evaluation.errors}
    refused = application.documents.filter(state=ApplicationDocument.State.REFUSED)
    for document in refused:
        if document.tokens == papers.evaluation.values.get(document.slug, []):
            errors.setdefault(document.slug, Wrong("refused_document"))
    if errors:
        raise NotComplete(papers, errors)
    if wanting := unsigned(papers):
        raise NotComplete(papers, {}, unsigned=wanting)
    keep_documents(application, papers)
    _close_cosignatures(application, papers, at)
    _carry_to_the_matter(application, papers, actor, at)
    application.corrected = changed_answers(before=answers_of(application), after=papers.evaluation.values)
    application.answers = json.dumps(papers.evaluation.values, ensure_ascii=False)
    application.correction = application.correction_words = ""
    application.revision += 1
    application.changed_at = at
    application.save(update_fields=["answers", "correction", "correction_words", "corrected", "revision", "changed_at"])
    return apply_change(
        case_id=application.case.pk,
        change="reply",
        given=Given(text=text),
        actor=Actor("resident", application.case.reporter_id) if actor.kind == "resident" else actor,
        at=at,
    )


def keep_words(*, application_id: int, words: str) -> None:
    """Keep what the applicant wants to tell the officer, until the correction is sent."""
    application = Application.objects.get(pk=application_id)
    application.correction_words = words[:5000]
    application.save(update_fields=["correction_words"])


def changed_answers(*, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the questions that are answered otherwise than before, those that are asked no more left out."""
    return sorted(slug for slug, value in after.items() if before.get(slug) != value)


def _carry_to_the_matter(application: Application, papers: Papers, actor: Actor, at: datetime) -> None:
    """Let the matter have the contact and the place that were corrected: letters would go on to the wrong address.

    :raises NotComplete: if the contact cannot be right, or the place is not in the city.
    """
    case, place = application.case, place_of(papers, current_city())
    if case is None:
        return
    try:
        reporter_id = correct_resident(
            resident_id=case.reporter_id, **contact_of(papers), locale=application.locale, at=at
        )
    except ContactRefused as refused:
        raise NotComplete(papers, {}, "; ".join(refused.errors.values())) from refused
    if reporter_id != case.reporter_id:
        Case.objects.filter(pk=case.pk).update(reporter=reporter_id)
    was = (case.village_id, case.lat, case.lon, case.place_words)
    if (place.village_id, place.lat, place.lon, place.words) != was:
        correct_case(
            case_id=case.pk,
            village_id=place.village_id,
            district_id=place.district_id,
            lat=place.lat,
            lon=place.lon,
            place_words=place.words,
            actor=actor,
            at=at,
        )


def fee_of(papers: Papers) -> int:
    """Return what is to be paid, in whole rupiah; 0 where it is free or cannot be worked out yet."""
    slug = papers.application.version.fee_field
    amount = papers.evaluation.computed.get(slug, Decimal(0)) if slug else Decimal(0)
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def forget_drafts(*, at: datetime, most: int = 200) -> int:
    """Delete drafts that nobody touched for thirty days, with their files, and return how many."""
    old = Application.objects.filter(case__isnull=True, expires_at__lte=at).order_by("expires_at")
    ids = list(old.values_list("pk", flat=True)[:most])
    with transaction.atomic():
        # somebody may be going on with one at this very moment: it is theirs, or it is gone, never half of it
        gone = list(old.filter(pk__in=ids).select_for_update(of=("self",)).values_list("pk", flat=True))
        delete_files(owner_kind=OWNER, owner_ids=gone)
        _let_go_of_contacts(gone)
        Application.objects.filter(pk__in=gone).delete()
    return len(gone)
