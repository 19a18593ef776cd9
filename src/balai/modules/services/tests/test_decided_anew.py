"""What is decided anew after an objection: a paper of its own, no older one that still counts, nothing paid twice."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from balai.engines.cases.actions import apply_change
from balai.engines.cases.models import Case
from balai.engines.cases.rules.evolution import Given
from balai.foundation.calendar import clock
from balai.foundation.documents.actions import NotRetryable, retry_document
from balai.foundation.documents.issuing import Problem, issue, note_problem
from balai.foundation.documents.models import IssuedDocument
from balai.foundation.documents.queries import failed_alarm, failed_documents
from balai.foundation.events.actions import deliver
from balai.foundation.events.rules import SYSTEM, Actor
from balai.foundation.payments.actions import refund_bill, take_cash
from balai.foundation.payments.models import Bill
from balai.foundation.units.rules import Authority, Grant
from balai.modules.services.actions.outcome import DECIDED_ANEW, SUPERSEDED, make_result
from balai.modules.services.actions.publish import publish_service, save_service
from balai.modules.services.models import Service
from balai.modules.services.rules.workflow import (
    workflow_from_json,
    workflow_to_json,
)
from balai.modules.services.tests.conftest import EVERYTHING, Hall
from balai.modules.services.tests.test_objections import PART, TERM, ground, object_to, to_issue
from balai.modules.services.tests.test_outcomes import do, rent_hall


@pytest.mark.django_db
def test_what_is_decided_anew_gets_a_paper_of_its_own(hall: Hall, english: Client, now: Any, signer: None) -> None:
    case = do(to_issue(english, hall), "grant_in_part", hall, **PART)
    first = IssuedDocument.objects.get()
    assert issue(document_id=first.pk, at=clock.now()) is None
    object_to(english, case, "excluded")
    now.shift(timedelta(days=1))
    do(case, "grant_objection", hall, text="Diterima.")
    assert IssuedDocument.objects.count() == 1
    do(do(case, "approve_issue", hall), "pass_issued", hall)
    first.refresh_from_db()
    assert (first.state, first.revoke_reason) == ("revoked", SUPERSEDED)
    second = IssuedDocument.objects.latest("pk")
    assert second.pk != first.pk
    assert "Dikabulkan sebagian" not in {row["label"] for row in json.loads(second.data)["rows"]}
    make_result(case=Case.objects.get(pk=case.pk), at=clock.now())
    assert IssuedDocument.objects.count() == 2


def quiet(case: Case, change: str, hall: Hall, **given: Any) -> Case:
    """Make one step while no worker runs."""
    grants = (Grant(post_id=1, post_title="P", level="handler", permissions=frozenset(EVERYTHING), unit_ids=None),)
    return apply_change(
        case_id=case.pk,
        change=change,
        given=Given(**given),
        actor=Actor("staff", hall.officer.pk, 1),
        authority=Authority(user_id=hall.officer.pk, grants=grants),
        at=clock.now(),
    )


@pytest.mark.django_db
def test_a_paper_says_what_is_kept_back_also_after_an_objection(
    hall: Hall, english: Client, now: Any, signer: None
) -> None:
    case = quiet(to_issue(english, hall), "grant_in_part", hall, **PART)
    object_to(english, case, "excluded")
    now.shift(timedelta(days=1))
    deliver(at=clock.now())
    assert not IssuedDocument.objects.exists()
    case = do(case, "refuse_finally", hall, text="Tetap dikecualikan.", basis="UU 14/2008 pasal 17")
    assert case.state == "part_stands"
    rows = {row["label"]: row["value"] for row in json.loads(IssuedDocument.objects.get().data)["rows"]}
    assert rows["Dikabulkan sebagian"] == PART["text"]


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["refuse", "withdraw"])
def test_decided_anew_without_a_result_the_paper_before_counts_no_more(
    hall: Hall, english: Client, now: Any, signer: None, end: str
) -> None:
    case = do(to_issue(english, hall), "pass_issued", hall)
    paper = IssuedDocument.objects.get()
    assert issue(document_id=paper.pk, at=clock.now()) is None
    object_to(english, case, "not_as_asked")
    now.shift(timedelta(days=1))
    case = do(case, "grant_objection", hall, text="Diterima.")
    paper.refresh_from_db()
    assert paper.state == "issued"
    if end == "refuse":
        do(case, "refuse", hall, text="Dikecualikan.", reason="not_entitled", basis="UU 14/2008 pasal 17")
    else:
        english.post(reverse("services:own_change", args=[case.reference, "withdraw"]), {"seq": case.seq})
        deliver(at=clock.now())
    paper.refresh_from_db()
    assert (paper.state, paper.revoke_reason) == ("revoked", DECIDED_ANEW)


@pytest.mark.django_db
def test_a_paper_that_nobody_holds_yet_is_never_made_of_what_was_decided_anew(
    hall: Hall, english: Client, now: Any, signer: None
) -> None:
    case = do(to_issue(english, hall), "pass_issued", hall)
    first = IssuedDocument.objects.get()
    object_to(english, case, "not_as_asked")
    now.shift(timedelta(days=1))
    do(case, "grant_objection", hall, text="Diterima.")
    do(do(case, "approve_issue", hall), "pass_issued", hall)
    second = IssuedDocument.objects.latest("pk")
    for paper in (first, second):
        issue(document_id=paper.pk, at=clock.now())
        paper.refresh_from_db()
    assert (first.state, first.is_dropped, second.state) == ("failed", True, "issued")
    with pytest.raises(NotRetryable):
        retry_document(document_id=first.pk, actor=Actor("staff", hall.officer.pk), at=clock.now())
    assert (failed_documents(), failed_alarm(at=clock.now())) == ([], None)
    page = english.get(reverse("services:own", args=[case.reference])).content.decode()
    assert second.number in page
    assert "could not be made" not in page


@pytest.mark.django_db
def test_a_worker_that_was_away_makes_one_paper_of_what_counts_now(
    hall: Hall, english: Client, now: Any, signer: None
) -> None:
    case = quiet(to_issue(english, hall), "grant_in_part", hall, **PART)
    object_to(english, case, "excluded")
    for change, given in (("grant_objection", {"text": "Ya."}), ("approve_issue", {}), ("pass_issued", {})):
        now.shift(timedelta(hours=1))
        quiet(case, change, hall, **given)
    deliver(at=clock.now())
    paper = IssuedDocument.objects.get()
    assert "Dikabulkan sebagian" not in {row["label"] for row in json.loads(paper.data)["rows"]}


def labels(paper: IssuedDocument) -> set[str]:
    return {row["label"] for row in json.loads(paper.data)["rows"]}


@pytest.mark.django_db
def test_no_paper_is_asked_for_while_it_is_decided_anew(hall: Hall, english: Client, now: Any, signer: None) -> None:
    case = do(to_issue(english, hall), "grant_in_part", hall, **PART)
    before = Case.objects.select_related("reporter", "unit").get(pk=case.pk)
    object_to(english, case, "excluded")
    now.shift(timedelta(hours=1))
    do(case, "grant_objection", hall, text="Ya.")
    # the worker had read the application before the objection was granted
    assert make_result(case=before, at=clock.now()) is None
    assert IssuedDocument.objects.count() == 1
    do(do(case, "approve_issue", hall), "pass_issued", hall)
    assert "Dikabulkan sebagian" not in labels(IssuedDocument.objects.latest("pk"))


@pytest.mark.django_db
def test_a_paper_that_is_tried_again_says_no_more_what_was_decided_before(
    hall: Hall, english: Client, now: Any, signer: None
) -> None:
    case = do(to_issue(english, hall), "grant_in_part", hall, **PART)
    paper = IssuedDocument.objects.get()
    note_problem(document_id=paper.pk, problem=Problem(text="signer_missing", is_temporary=False), at=clock.now())
    object_to(english, case, "excluded")
    now.shift(timedelta(hours=1))
    do(case, "grant_objection", hall, text="Ya.")
    now.shift(timedelta(hours=1))
    retry_document(document_id=paper.pk, actor=Actor("staff", hall.officer.pk), at=clock.now())
    assert issue(document_id=paper.pk, at=clock.now()) is None
    now.shift(timedelta(hours=1))
    do(do(case, "approve_issue", hall), "pass_issued", hall)
    assert "Dikabulkan sebagian" not in labels(IssuedDocument.objects.latest("pk"))
    paper.refresh_from_db()
    assert (paper.state, paper.revoke_reason) == ("revoked", SUPERSEDED)


@pytest.mark.django_db
def test_a_paper_signed_after_it_was_decided_anew_is_revoked_too(
    hall: Hall, english: Client, now: Any, signer: None
) -> None:
    case = do(to_issue(english, hall), "pass_issued", hall)
    first = IssuedDocument.objects.get()
    object_to(english, case, "not_as_asked")
    now.shift(timedelta(hours=1))
    do(case, "grant_objection", hall, text="Ya.")
    quiet(quiet(case, "approve_issue", hall), "pass_issued", hall)
    # the signer was away, and is back before the worker hears of the new answer
    now.shift(timedelta(hours=1))
    assert issue(document_id=first.pk, at=clock.now()) is None
    deliver(at=clock.now())
    first.refresh_from_db()
    assert (first.state, first.revoked_at, first.revoke_reason) == ("revoked", first.issued_at, SUPERSEDED)
    assert IssuedDocument.objects.latest("pk").pk != first.pk


@pytest.mark.django_db
@pytest.mark.parametrize("is_given_back", [False, True])
def test_nobody_pays_again_for_what_is_decided_anew(hall: Hall, english: Client, now: Any, is_given_back: bool) -> None:
    service = Service.objects.get(slug="peminjaman-fasilitas")
    workflow = replace(
        workflow_from_json(service.workflow), objection=TERM, in_part=True, grounds=(ground("fee", "answered"),)
    )
    save_service(
        service_id=service.pk,
        columns={"workflow": workflow_to_json(workflow)},
        expected_revision=service.revision,
        at=clock.now(),
    )
    publish_service(service_id=service.pk, actor=SYSTEM, at=clock.now())
    case = do(do(rent_hall(english), "pass_decide", hall), "approve_pay", hall)
    officer = Actor("staff", hall.officer.pk)
    bill = Bill.objects.get()
    take_cash(bill_id=bill.pk, user_id=hall.officer.pk, counter="A", actor=officer, at=clock.now())
    deliver(at=clock.now())
    case = do(case, "pass_issued", hall)
    assert object_to(english, case, "fee").status_code == 302
    now.shift(timedelta(hours=1))
    case = do(case, "grant_objection", hall, text="Diterima.")
    if is_given_back:
        refund_bill(
            bill_id=bill.pk,
            amount_idr=bill.amount_idr,
            reason="Batal",
            user_id=hall.officer.pk,
            actor=officer,
            at=clock.now(),
        )
    case = do(case, "approve_pay", hall)
    assert (case.state, Bill.objects.count()) == (("pay", 2) if is_given_back else ("issue", 1))
