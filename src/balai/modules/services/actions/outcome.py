"""What follows from a step: a bill, a document, the record of a broken promise."""

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import override

from balai.engines.cases.actions import apply_change
from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.actions.letters import write_to_reporter
from balai.engines.cases.models import Case
from balai.engines.cases.rules.evolution import ChangeRefused
from balai.engines.cases.rules.kinds import UnknownChange
from balai.foundation.documents.actions import drop_document, request_document, take_number
from balai.foundation.documents.models import IssuedDocument
from balai.foundation.documents.queries import first_asked
from balai.foundation.events.actions import append
from balai.foundation.events.rules import SYSTEM, Actor
from balai.foundation.payments.actions import NotPayable, cancel_bill, issue_bill
from balai.foundation.payments.models import Bill
from balai.foundation.payments.rules.bills import MOST_IDR, BillLine
from balai.foundation.units.models import Unit
from balai.foundation.units.queries import head_of
from balai.foundation.web.words import rupiah, until_in_full
from balai.modules.services.actions.apply import fee_of, hold_application_of
from balai.modules.services.document_templates import GRANTED, GRANTED_IN_PART
from balai.modules.services.events import CompensationGiven, DelayFound, stream_of
from balai.modules.services.models import Application, DelayRisk
from balai.modules.services.queries.applications import OWNER, contact_of, papers_of
from balai.modules.services.queries.results import last_granted_objection, part_rows, result_rows
from balai.modules.services.queries.steps import is_paid
from balai.modules.services.rules.checks import DROP
from balai.modules.services.rules.kinds import free_change, paid_change
from balai.modules.services.rules.objections import IN_PART
from balai.modules.services.rules.workflow import workflow_from_json

logger = logging.getLogger(__name__)
# long enough for a weekend and a market day
BILL_LIVES = timedelta(days=7)
# stands on the public check page, in the language of official papers
SUPERSEDED = "Diganti: keberatan pemohon dikabulkan"
DECIDED_ANEW = "Tidak berlaku lagi: permohonan diputus ulang setelah keberatan"
UNPAID = (Bill.State.OPEN, Bill.State.EXPIRED)


@transaction.atomic
def ask_payment(*, case: Case, at: datetime) -> Bill | None:
    """Bill what an application costs when its step of payment has come; nothing to pay moves it on at once.

    Asked again, it gives the bill that can still be paid. None where nothing is to be paid.
    """
    application = hold_application_of(case)
    if application is None:
        return None
    # as it is now: it may have moved on since the caller read it
    case = Case.objects.select_related("reporter").get(pk=case.pk)
    if not _awaits_payment(application, case):
        return None
    if is_paid(case):
        # paid, and the worker has not moved it on yet: nobody pays twice
        move_paid(case=case, at=at)
        return None
    open_bill = Bill.objects.filter(owner_kind=OWNER, owner_id=application.pk, state=Bill.State.OPEN).first()
    if open_bill is not None:
        return open_bill
    amount = fee_of(papers_of(application, at=at))
    if amount == 0:
        _move(case, free_change(case.state), at)
        return None
    if not 0 < amount <= MOST_IDR:
        # a formula that comes to this is mended by whoever made the form; the officer sees the amount beside the step
        logger.error("application %s cannot be billed: %s", case.reference, amount)
        return None
    bill = issue_bill(
        owner_kind=OWNER,
        owner_id=application.pk,
        unit_id=application.version.service.unit_id,
        resident_id=case.reporter_id,
        lines=[BillLine(label=application.version.service.record.name_id, amount_idr=amount)],
        expires_at=at + BILL_LIVES,
        actor=SYSTEM,
        at=at,
    )
    _write_of_bill(bill, case, "application_to_pay", at=at)
    return bill


def _write_of_bill(bill: Bill, case: Case, template: str, *, at: datetime) -> None:
    if case.reporter is None:
        return
    with override(case.reporter.locale):
        context = {"amount": rupiah(bill.amount_idr), "until": until_in_full(bill.expires_at)}
    write_to_reporter(case=case, template=template, what=f"{template}:{bill.number}", context=context, at=at)


@transaction.atomic
def tell_of_expiry(*, bill_id: int, at: datetime) -> None:
    """Write to an applicant whose bill was not paid in its term, while the application still waits for it."""
    bill = Bill.objects.filter(pk=bill_id, owner_kind=OWNER, state=Bill.State.EXPIRED).first()
    application = (
        Application.objects.select_related("version", "case__reporter")
        .filter(pk=bill.owner_id, case__isnull=False)
        .first()
        if bill is not None
        else None
    )
    if bill is None or application is None or application.case is None:
        return
    if _awaits_payment(application, application.case):
        _write_of_bill(bill, application.case, "application_bill_over", at=at)


@transaction.atomic
def drop_bills(*, case: Case, at: datetime) -> int:
    """Let bills that are not owed any more be open no longer: the application has left its step of payment, by payment
    of another bill or by its end. Return how many.
    """
    application = Application.objects.select_related("version").filter(case=case).first()
    if application is None or _awaits_payment(application, Case.objects.get(pk=case.pk)):
        return 0
    count = 0
    # one whose term is over can still be paid: money that comes for it now would be for nothing
    owed = Bill.objects.filter(owner_kind=OWNER, owner_id=application.pk, state__in=UNPAID)
    for number in owed.values_list("pk", flat=True):
        with suppress(NotPayable):
            cancel_bill(bill_id=number, actor=SYSTEM, at=at)
            count += 1
    return count


def drop_parts(*, case: Case, at: datetime) -> int:
    """End the checks that other agencies still make for an application that has ended; return how many."""
    if Case.objects.filter(pk=case.pk, is_open=True).exists():
        return 0
    count = 0
    for part in Case.objects.filter(parent=case, is_open=True).values_list("pk", flat=True):
        # a kind of before this change cannot, and somebody may have ended it this moment
        with suppress(ChangeRefused, UnknownChange):
            apply_change(case_id=part, change=DROP, actor=SYSTEM, at=at)
            count += 1
    return count


def _awaits_payment(application: Application, case: Case) -> bool:
    workflow = workflow_from_json(application.version.workflow)
    return any(step.slug == case.state and step.kind == "pay" for step in workflow.steps)


def move_paid(*, case: Case, at: datetime) -> None:
    """Move an application on from its step of payment; one that has moved on already stays where it is."""
    _move(case, paid_change(case.state), at)


def _move(case: Case, change: str, at: datetime) -> None:
    kind = kind_at(case.kind, case.kind_version)
    if not any(each.name == change and case.state in each.sources for each in kind.changes):
        return
    try:
        apply_change(case_id=case.pk, change=change, actor=SYSTEM, at=at)
    except ChangeRefused:
        return


@transaction.atomic
def make_result(*, case: Case, again: bool = False, actor: Actor = SYSTEM, at: datetime) -> IssuedDocument | None:
    """Have the document of a finished application made; once, however often it is asked. None: it has no document.

    ``again``: under a new number where the last one was revoked. What was decided anew after an objection gets a new
    one too, and the one before counts no more.
    """
    application = hold_application_of(case)
    if application is None or not application.version.document_template:
        return None
    # as it is now: an objection may have been granted since the caller read it, and then there is nothing to sign
    case = Case.objects.get(pk=case.pk)
    if case.state_class != "done":
        return None
    made = IssuedDocument.objects.filter(owner_kind=OWNER, owner_id=application.pk).order_by("-pk").first()
    granted_at = last_granted_objection(case)
    # a worker that was away hears of the first answer when the second is there: the paper is of what counts now
    at = max(at, granted_at or at)
    if made is not None and not (again and made.state == IssuedDocument.State.REVOKED):
        if granted_at is None or first_asked(made) >= granted_at:
            return made
        drop_document(document_id=made.pk, reason=SUPERSEDED, actor=SYSTEM, at=at)
    service = application.version.service
    return request_document(
        template=application.version.document_template,
        number=take_number(
            series=service.slug, pattern=f"{{sequence:4}}/{service.slug.upper()}/{{roman_month}}/{{year}}", at=at
        ),
        data=_result_data(application, case, at),
        owner_kind=OWNER,
        owner_id=application.pk,
        resident_id=case.reporter_id,
        actor=actor,
        at=at,
    )


@transaction.atomic
def drop_result(*, case: Case, at: datetime) -> None:
    """Have the paper of an answer count no more where the application, decided anew, ended without one."""
    application = hold_application_of(case)
    if application is None or Case.objects.get(pk=case.pk).state_class not in ("refused", "withdrawn"):
        return
    for pk in IssuedDocument.objects.filter(owner_kind=OWNER, owner_id=application.pk).values_list("pk", flat=True):
        drop_document(document_id=pk, reason=DECIDED_ANEW, actor=SYSTEM, at=at)


def _result_data(application: Application, case: Case, at: datetime) -> dict[str, Any]:
    unit = application.version.service.unit
    papers = papers_of(application, at=at)
    return {
        "holder": contact_of(papers)["name"],
        "unit": unit.name,
        "reference": case.reference,
        "service": application.version.service.record.name_id,
        "granted": GRANTED_IN_PART if case.state in IN_PART else GRANTED,
        "rows": [*result_rows(papers), *part_rows(case)],
        "signer": signer_of(unit, at=at),
    }


def signer_of(unit: Unit, *, at: datetime) -> dict[str, str]:
    """Return name and post of who signs for an agency: its head, or the deputy while nobody is."""
    post, person = head_of(unit_id=unit.pk, at=at)
    return {"name": person.name if person else unit.name, "post": post.title if post else ""}


@transaction.atomic
def note_delay(*, case: Case, at: datetime) -> DelayRisk | None:
    """Keep a broken promise as a risk of maladministration, with what the charter offers for it; once a matter."""
    application = Application.objects.select_related("version__service").filter(case=case).first()
    if application is None:
        return None
    version = application.version
    risk, is_new = DelayRisk.objects.get_or_create(
        case=case,
        defaults={
            "at": at,
            "compensation_id": version.compensation_id,
            "compensation_en": version.compensation_en,
        },
    )
    if is_new:
        append(
            stream=stream_of(version.service.slug),
            event=DelayFound(case_id=case.pk, service=version.service.slug),
            actor=SYSTEM,
            at=at,
        )
    return risk


@transaction.atomic
def give_compensation(*, case: Case, actor: Actor, at: datetime) -> bool:
    """Note that the agency gave what its charter promises for a broken promise; False: it was noted already.

    :raises LookupError: where no promise was broken, or the charter offers nothing for it.
    """
    risk = DelayRisk.objects.select_for_update().filter(case=case).exclude(compensation_id="").first()
    if risk is None:
        raise LookupError(case.reference)
    if risk.given_at is not None:
        return False
    application = Application.objects.select_related("version__service").get(case=case)
    risk.given_at, risk.given_by_id = at, actor.id
    risk.save(update_fields=["given_at", "given_by"])
    append(
        stream=stream_of(application.version.service.slug), event=CompensationGiven(case_id=case.pk), actor=actor, at=at
    )
    return True
