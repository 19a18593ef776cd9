"""Bills, signed results, the survey and broken promises follow from the work by themselves."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from balai.engines.cases.actions import apply_change, climb_ladders
from balai.engines.cases.models import Case
from balai.engines.cases.rules.evolution import Given
from balai.foundation.calendar import clock
from balai.foundation.documents.issuing import issue
from balai.foundation.documents.models import IssuedDocument
from balai.foundation.events.actions import deliver
from balai.foundation.events.models import Event
from balai.foundation.events.rules import SYSTEM, Actor
from balai.foundation.identity.models import AccessRecord, Role, User
from balai.foundation.messages.models import OutboxMessage
from balai.foundation.payments import queries as payment_queries
from balai.foundation.payments import views as payment_views
from balai.foundation.payments.actions import expire_bills, receipts, reconcile, take_cash
from balai.foundation.payments.contributions import PaymentProvider
from balai.foundation.payments.models import Bill, SimulatedPayment
from balai.foundation.payments.room import SIMULATED
from balai.foundation.units.models import Holding, Post
from balai.foundation.units.rules import Authority, Grant
from balai.modules.services.actions.outcome import BILL_LIVES, signer_of
from balai.modules.services.actions.publish import publish_service, save_service
from balai.modules.services.actions.survey import SurveyRefused, take_answer
from balai.modules.services.models import Application, DelayRisk, Service, SurveyAnswer, SurveyInvitation, SurveyTotal
from balai.modules.services.queries.survey import full_sums, survey_table
from balai.modules.services.rules.survey import ElementSum
from balai.modules.services.rules.workflow import Workflow, WorkStep, workflow_to_json
from balai.modules.services.tests.applicants import APPLICANT, SIGNED, apply_for_card, begin, fill, send
from balai.modules.services.tests.conftest import EVERYTHING, MORNING, Hall

pytestmark = pytest.mark.django_db
MAY = frozenset(EVERYTHING)


def do(case: Case, change: str, hall: Hall, **given: Any) -> Case:
    """Make one step as an officer who may, and let the worker deliver what happened."""
    authority = Authority(
        user_id=hall.officer.pk,
        grants=(Grant(post_id=1, post_title="Petugas", level="handler", permissions=MAY, unit_ids=None),),
    )
    done = apply_change(
        case_id=case.pk,
        change=change,
        given=Given(**given),
        actor=Actor("staff", hall.officer.pk, 1),
        authority=authority,
        at=clock.now(),
    )
    deliver(at=clock.now())
    done.refresh_from_db()
    return done


def rent_hall(client: Client, days: str = "2", what: str = "lapangan") -> Case:
    code = begin(client, "peminjaman-fasilitas")
    fill(client, code, "pemohon", **APPLICANT)
    fill(client, code, "acara", fasilitas=what, mulai="2026-12-05", hari=days, kegiatan="Lomba", orang="50")
    fill(client, code, "pernyataan", **SIGNED)
    return send(client, code)


def test_a_bill_is_issued_once_and_its_payment_moves_the_application_on(hall: Hall, english: Client, now: Any) -> None:
    case = rent_hall(english)
    do(case, "pass_decide", hall)
    case = do(case, "approve_pay", hall)
    assert case.state == "pay"
    bill = Bill.objects.get()
    assert (bill.amount_idr, bill.resident_id, bill.unit_id) == (300_000, case.reporter_id, case.unit_id)
    deliver(at=clock.now())
    assert Bill.objects.count() == 1
    page = english.get(reverse("services:own", args=[case.reference])).content.decode()
    assert reverse("payments:bill", args=[bill.number]) in page
    shown = english.get(reverse("payments:bill", args=[bill.number]))
    assert shown.status_code == 200
    # it says what it is for, in its title too, and leads back there
    assert f"<title>Bill {bill.number}: Use of venues · {case.reference}" in shown.content.decode()
    assert f'href="{reverse("services:own", args=[case.reference])}"' in shown.content.decode()
    assert Client().get(reverse("payments:bill", args=[bill.number])).status_code == 404
    take_cash(
        bill_id=bill.pk,
        user_id=hall.officer.pk,
        counter="Loket 1",
        actor=Actor("staff", hall.officer.pk),
        at=clock.now(),
    )
    deliver(at=clock.now())
    case.refresh_from_db()
    assert case.state == "issue"
    deliver(at=clock.now())
    assert OutboxMessage.objects.filter(template="application_paid").count() == 1


def test_at_the_counter_a_bill_says_what_it_is_for_and_is_found_by_the_application(
    hall: Hall, english: Client, signed_in: Callable[[Any], Client], now: Any
) -> None:
    case = rent_hall(english)
    do(case, "pass_decide", hall)
    do(case, "approve_pay", hall)
    Role.objects.filter(slug="services-all").update(permissions=[*EVERYTHING, "payments.collect"])
    bill = Bill.objects.get()
    cashier = signed_in(hall.outsider)
    page = reverse("payments:overview")
    name = f'Use of venues · <span class="b-bill">{case.reference}</span>'
    assert name not in cashier.get(page, {"q": case.reference}).content.decode()
    Post.objects.filter(title__startswith="Petugas").update(unit=bill.unit)
    text = cashier.get(page, {"q": case.reference.lower()}).content.decode()
    assert text.count(name) == 2
    assert "No bill of your agencies" in cashier.get(page, {"q": "26-AAAA-AAAA"}).content.decode()
    at_counter = cashier.get(reverse("payments:desk_bill", args=[bill.number])).content.decode()
    assert name in at_counter
    assert f'href="{reverse("services_desk:case", args=[case.reference])}"' in at_counter


def test_whoever_has_paid_waits_and_is_not_asked_to_pay_again(
    hall: Hall, english: Client, now: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BALAI_DEMO = True
    known = payment_views.contributions
    for room in (payment_views, payment_queries, receipts):
        monkeypatch.setattr(room, "contributions", lambda kind: [SIMULATED] if kind is PaymentProvider else known(kind))
    do(rent_hall(english), "pass_decide", hall)
    do(Case.objects.get(), "approve_pay", hall)
    bill = Bill.objects.get()
    address, pay = (reverse(f"payments:{name}", args=[bill.number]) for name in ("bill", "simulate"))
    page = english.get(address).content.decode()
    assert f'action="{pay}"' in page
    assert "http-equiv" not in page
    # somebody who says so waits, and may say that it was not so
    said = english.get(address, {"paid": "1"}).content.decode()
    assert '<meta http-equiv="refresh" content="5">' in said
    assert "I have not paid yet" in said
    assert f'action="{pay}"' not in said
    answer = english.post(pay, {"lose": "1"}, follow=True).content.decode()
    assert "The payment is being checked" in answer
    assert f'action="{pay}"' not in answer
    # a second tab that was opened before: its button does nothing more
    english.post(pay, {"lose": "1"})
    assert SimulatedPayment.objects.count() == 1
    again = english.get(address).content.decode()
    assert "The payment is being checked" in again
    assert "I have not paid yet" not in again
    # the applicant's own page knows it too, also after the term
    own = reverse("services:own", args=[Case.objects.get().reference])
    for at in (clock.now(), clock.now() + BILL_LIVES + timedelta(minutes=1)):
        expire_bills(at=at)
        mine = english.get(own).content.decode()
        assert "The payment is being checked" in mine
        assert "Pay now" not in mine
        assert "Ask for a new bill" not in mine
        assert "Do not pay a second time." in english.get(address).content.decode()
    reconcile(at=clock.now() + timedelta(minutes=3))
    assert "The payment is being checked" not in english.get(own).content.decode()
    assert "Paid on" in english.get(address).content.decode()


def test_after_its_term_there_is_a_new_bill_on_request(hall: Hall, english: Client, now: Any) -> None:
    case = rent_hall(english)
    do(case, "pass_decide", hall)
    do(case, "approve_pay", hall)
    now.shift(BILL_LIVES + timedelta(minutes=1))
    expire_bills(at=clock.now())
    response = english.post(reverse("services:new_bill", args=[case.reference]))
    assert response.status_code == 302
    assert Bill.objects.filter(state="open").count() == 1
    english.post(reverse("services:new_bill", args=[case.reference]))
    assert Bill.objects.count() == 2


def test_what_costs_nothing_is_not_billed(hall: Hall, english: Client, now: Any) -> None:
    case = rent_hall(english, what="taman")
    do(case, "pass_decide", hall)
    case = do(case, "approve_pay", hall)
    assert case.state == "issue"
    assert not Bill.objects.exists()


def finish(client: Client, hall: Hall, photo: Any) -> Case:
    case = apply_for_card(client, photo)
    for change in ("pass_decide", "approve_issue", "pass_issued"):
        case = do(case, change, hall)
    return case


def test_the_result_is_asked_for_once_with_what_the_paper_needs(
    hall: Hall, english: Client, photo: Any, now: Any
) -> None:
    case = finish(english, hall, photo)
    document = IssuedDocument.objects.get()
    assert document.number == "0001/KTP-EL/XI/2026"
    assert (document.owner_kind, document.resident_id) == ("application", case.reporter_id)
    data = document.data
    assert "Siti Aminah" in data
    assert "3573014101900001" in data
    assert "siti@contoh.example" not in data
    assert "0812" not in data
    deliver(at=clock.now())
    assert IssuedDocument.objects.count() == 1


@pytest.mark.usefixtures("now", "signer")
def test_an_officer_who_fetches_the_result_is_named_to_the_applicant(
    hall: Hall, english: Client, signed_in: Callable[[Any], Client], photo: Any
) -> None:
    case = finish(english, hall, photo)
    document = IssuedDocument.objects.get()
    assert issue(document_id=document.pk, at=clock.now()) is None
    address = reverse("documents:download", args=[document.pk])
    assert english.get(address).status_code == 200
    assert not AccessRecord.objects.filter(what="document").exists()
    assert signed_in(hall.outsider).get(address).status_code == 404
    assert signed_in(hall.officer).get(address).status_code == 200
    record = AccessRecord.objects.get(what="document")
    assert (record.user_id, record.subject_kind, record.subject_id) == (hall.officer.pk, "case", case.pk)
    assert record.post_title == Holding.objects.get(user=hall.officer).post.title
    own = english.get(reverse("services:own", args=[case.reference])).content.decode()
    assert "The result of your application" in own


def test_the_deputy_signs_while_nobody_leads(hall: Hall) -> None:
    head = Post.objects.filter(unit=hall.office, level="head").first() or Post.objects.create(
        unit=hall.office, title="Kepala", level="head"
    )
    Holding.objects.filter(post=head).delete()
    post = Holding.objects.get(user=hall.officer).post
    head.deputy = post
    head.save()
    assert signer_of(hall.office, at=MORNING) == {"name": hall.officer.name, "post": head.title}
    User.objects.filter(pk=hall.officer.pk).update(is_active=False)
    assert signer_of(hall.office, at=MORNING) == {"name": hall.office.name, "post": head.title}


def test_one_answer_counts_for_each_finished_service(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    case = finish(english, hall, photo)
    message = OutboxMessage.objects.get(template="application_survey")
    assert message.context == {"reference": case.reference, "title": case.title}
    invitation = SurveyInvitation.objects.get(case=case)
    address = reverse("services:own_survey", args=[case.reference])
    assert Client().get(address).status_code == 404
    assert english.get(address).status_code == 200
    empty = english.post(address, {})
    assert empty.status_code == 422
    assert "answer at least one question" in empty.content.decode().split("<main", 1)[1]
    ticked = {f"U{number}": "3" for number in range(1, 9)} | {"comment": "Terima kasih, telepon saya 081234567890"}
    assert english.post(address, ticked).status_code == 200
    again = english.post(address, {name: "1" for name in ticked if name.startswith("U")})
    assert again.status_code == 200
    # whoever opens the link once more reads that it was answered, and finds no form
    opened = english.get(address).content.decode()
    assert "Answered already" in opened
    assert 'name="U1"' not in opened
    with pytest.raises(SurveyRefused) as refused:
        take_answer(invitation_id=invitation.pk, answers={"U1": 1}, channel="web", at=clock.now())
    assert refused.value.code == "answered"
    answer = SurveyAnswer.objects.get()
    assert (answer.u1, answer.u9, answer.flagged) == (3, None, False)
    assert "081234567890" not in answer.comment
    total = SurveyTotal.objects.get()
    assert (total.answers, total.elements["U1"]) == (1, [1, 3])
    table = survey_table()
    assert table.city is not None
    assert table.city.index is not None
    assert str(table.city.index.converted) == "75.00"
    page = english.get(reverse("services:survey_results")).content.decode()
    assert "75.00" in page
    record = invitation.service.record
    assert record.name_en in page
    assert record.name_id not in page
    assert "081234567890" not in page


def test_answers_from_a_staff_address_are_flagged(
    hall: Hall, english: Client, signed_in: Callable[[Any], Client], photo: Any, now: Any
) -> None:
    finish(english, hall, photo)
    message = OutboxMessage.objects.get(template="application_survey")
    token = json.loads(message.secret_context)["token"]
    desk = signed_in(hall.officer)
    assert desk.post(reverse("services:survey", args=[token]), {"U1": "4"}).status_code == 200
    assert SurveyAnswer.objects.get().flagged
    assert survey_table().units[0].flagged == 1
    assert Client().get(reverse("services:survey", args=["x" * 24])).status_code == 404


def test_the_sums_equal_every_single_answer(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    for values in ({"U1": 4, "U2": 1}, {"U1": 2}, {"U1": 3, "U9": 4}):
        case = finish(Client(), hall, photo)
        invitation = SurveyInvitation.objects.get(case=case)
        take_answer(invitation_id=invitation.pk, answers=values, channel="web", at=clock.now())
    quarter = SurveyTotal.objects.get().quarter
    sums = full_sums(quarter=quarter)
    kept = SurveyTotal.objects.get()
    assert sums.answers == kept.answers == 3
    assert sums.elements == {name: ElementSum(*pair) for name, pair in kept.elements.items()}


def test_a_broken_promise_is_kept_once_and_told(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    case = apply_for_card(english, photo)
    now.shift(timedelta(hours=25))
    climb_ladders(at=clock.now())
    deliver(at=clock.now())
    deliver(at=clock.now())
    risk = DelayRisk.objects.get()
    assert risk.case_id == case.pk
    assert "The promise was broken" in english.get(reverse("services:own", args=[case.reference])).content.decode()


def test_the_compensation_is_noted_once_and_told(
    hall: Hall, english: Client, signed_in: Callable[[Any], Client], photo: Any, now: Any
) -> None:
    case = apply_for_card(english, photo)
    address = reverse("services_desk:compensate", args=[case.reference])
    desk = signed_in(hall.officer)
    assert desk.post(address).status_code == 404
    now.shift(timedelta(days=3))
    climb_ladders(at=clock.now())
    deliver(at=clock.now())
    DelayRisk.objects.update(compensation_id="Antar ke rumah", compensation_en="Brought home")
    page = reverse("services_desk:case", args=[case.reference])
    assert "The compensation was given" in desk.get(page).content.decode()
    assert signed_in(hall.outsider).post(address).status_code == 404
    for _press in range(2):
        assert desk.post(address).status_code == 302
    risk = DelayRisk.objects.get()
    assert (risk.given_by_id, risk.given_at) == (hall.officer.pk, clock.now())
    assert Event.objects.filter(kind="CompensationGiven").count() == 1
    assert "Compensation given on" in desk.get(page).content.decode()
    assert (
        "The agency says that it gave this"
        in english.get(reverse("services:own", args=[case.reference])).content.decode()
    )


def test_a_refusal_can_be_objected_to(hall: Hall, english: Client, now: Any) -> None:
    code = begin(english, "informasi-publik")
    fill(english, code, "pemohon", **APPLICANT)
    fill(english, code, "informasi", rincian="Anggaran taman", tujuan="Ingin tahu", cara="salinan")
    fill(english, code, "pernyataan", **SIGNED)
    case = send(english, code)
    do(case, "pass_decide", hall)
    case = do(case, "refuse", hall, reason="forbidden_here", text="Dikecualikan.", basis="UU 14/2008 pasal 17")
    assert case.state == "refused"
    assert not IssuedDocument.objects.exists()
    assert SurveyInvitation.objects.filter(case=case).exists()
    response = english.post(
        reverse("services:own_change", args=[case.reference, "object"]),
        {"seq": str(case.seq), "reason": "excluded", "text": "Saya keberatan: informasi ini terbuka."},
    )
    assert response.status_code == 302
    case.refresh_from_db()
    assert case.state == "objection"
    assert Application.objects.get(case=case)
    case = do(case, "grant_objection", hall, text="Diterima.")
    assert case.state == "decide"


def test_nobody_pays_twice(hall: Hall, english: Client, now: Any) -> None:
    """Between the payment and the worker the applicant asks for a bill once more."""
    case = rent_hall(english)
    do(case, "pass_decide", hall)
    case = do(case, "approve_pay", hall)
    bill = Bill.objects.get()
    officer = Actor("staff", hall.officer.pk)
    take_cash(bill_id=bill.pk, user_id=hall.officer.pk, counter="1", actor=officer, at=clock.now())
    english.post(reverse("services:new_bill", args=[case.reference]))
    assert Bill.objects.count() == 1
    deliver(at=clock.now())
    case.refresh_from_db()
    assert case.state == "issue"


def test_who_withdraws_owes_nothing(hall: Hall, english: Client, now: Any) -> None:
    case = rent_hall(english)
    do(case, "pass_decide", hall)
    case = do(case, "approve_pay", hall)
    english.post(
        reverse("services:own_change", args=[case.reference, "withdraw"]), {"seq": case.seq, "text": "Tidak jadi"}
    )
    deliver(at=clock.now())
    case.refresh_from_db()
    assert (case.state, Bill.objects.get().state) == ("withdrawn", "cancelled")


def test_a_fee_beyond_all_bounds_stops_nothing_else(
    hall: Hall, english: Client, now: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("balai.modules.services.actions.outcome.fee_of", lambda _papers: 10**10)
    case = rent_hall(english)
    do(case, "pass_decide", hall)
    case = do(case, "approve_pay", hall)
    assert (case.state, Bill.objects.count()) == ("pay", 0)
    assert "cannot be billed" in caplog.text
    assert english.post(reverse("services:new_bill", args=[case.reference])).status_code == 302


def test_a_second_step_of_payment_is_paid_too(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    steps = Workflow(
        steps=(
            WorkStep(slug="verify", kind="check", label_id="P", label_en="C", next=("fee",)),
            WorkStep(slug="fee", kind="pay", label_id="B", label_en="F", next=("decide",)),
            WorkStep(slug="decide", kind="decide", label_id="K", label_en="D", next=("levy",)),
            WorkStep(slug="levy", kind="pay", label_id="R", label_en="L"),
        )
    )
    service = Service.objects.get(slug="peminjaman-fasilitas")
    columns = {"workflow": workflow_to_json(steps), "document_template": ""}
    save_service(service_id=service.pk, columns=columns, expected_revision=service.revision, at=MORNING)
    publish_service(service_id=service.pk, actor=SYSTEM, at=MORNING)
    case = do(rent_hall(english), "pass_fee", hall)
    officer = Actor("staff", hall.officer.pk)
    for number, (step, after) in enumerate((("fee", "decide"), ("levy", "issued")), start=1):
        assert case.state == step
        now.shift(timedelta(minutes=5))
        bill = Bill.objects.get(state="open")
        take_cash(bill_id=bill.pk, user_id=hall.officer.pk, counter="1", actor=officer, at=clock.now())
        deliver(at=clock.now())
        case.refresh_from_db()
        assert (case.state, Bill.objects.filter(state="paid").count()) == (after, number)
        if after == "decide":
            case = do(case, "approve_levy", hall)
