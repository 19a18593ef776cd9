"""What an application leaves behind when it ends or turns back: bills, checks, visits, hand-overs, rights."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from balai.engines.cases.actions import apply_change
from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.models import Case, Clock
from balai.engines.cases.rules.evolution import ChangeRefused, Given, reopen_until
from balai.engines.cases.rules.kinds import kind_problems
from balai.engines.cases.web.own import own_offers
from balai.foundation.calendar import clock
from balai.foundation.calendar.queries import work_calendar
from balai.foundation.calendar.rules import Term
from balai.foundation.events.actions import deliver
from balai.foundation.events.rules import Actor
from balai.foundation.files.models import Attachment
from balai.foundation.files.processing import process_attachment
from balai.foundation.messages.models import OutboxMessage
from balai.foundation.payments.actions import NotPayable, close_day, expire_bills, take_cash
from balai.foundation.payments.models import Bill
from balai.foundation.units.models import Holding, Unit
from balai.modules.services.actions.outcome import BILL_LIVES
from balai.modules.services.actions.returns import note_return
from balai.modules.services.models import ReturnTotal, Visit
from balai.modules.services.queries.visits import open_tasks
from balai.modules.services.rules.checks import check_slug, short_name
from balai.modules.services.rules.kinds import compile_kinds
from balai.modules.services.rules.workflow import OtherCheck, Workflow, WorkStep, steps_ahead, workflow_problems
from balai.modules.services.tests.applicants import APPLICANT, SIGNED, apply_for_card, begin, fill, revision_on, send
from balai.modules.services.tests.conftest import MORNING, Hall
from balai.modules.services.tests.test_outcomes import do, rent_hall
from balai.modules.services.tests.test_outside import open_with
from balai.modules.services.tests.test_visits import STEPS as VISIT
from balai.modules.services.tests.test_visits import found, plan

pytestmark = pytest.mark.django_db
VERIFY = WorkStep(slug="verify", kind="check", label_id="Periksa", label_en="Check", next=("decide",))
DECIDE = WorkStep(slug="decide", kind="decide", label_id="Putuskan", label_en="Decide")
SILENCE = "UU 30/2014 pasal 53"


def pay(bill: Bill, hall: Hall, counter: str = "Loket 1") -> Bill:
    officer = Actor("staff", hall.officer.pk)
    return take_cash(bill_id=bill.pk, user_id=hall.officer.pk, counter=counter, actor=officer, at=clock.now())


def to_the_bill(client: Client, hall: Hall) -> Case:
    return do(do(rent_hall(client), "pass_decide", hall), "approve_pay", hall)


def withdraw(client: Client, case: Case) -> Case:
    case.refresh_from_db()
    address = reverse("services:own_change", args=[case.reference, "withdraw"])
    assert client.post(address, {"seq": case.seq, "text": "Tidak jadi"}).status_code == 302
    deliver(at=clock.now())
    case.refresh_from_db()
    return case


def test_a_bill_whose_term_is_over_is_owed_no_more_once_another_is_paid(hall: Hall, english: Client, now: Any) -> None:
    case = to_the_bill(english, hall)
    first = Bill.objects.get()
    now.shift(BILL_LIVES + timedelta(minutes=1))
    expire_bills(at=clock.now())
    english.post(reverse("services:new_bill", args=[case.reference]))
    pay(Bill.objects.get(state="open"), hall)
    deliver(at=clock.now())
    # the payment moves it on, and the move lets go of the other bill
    deliver(at=clock.now())
    first.refresh_from_db()
    assert first.state == "cancelled"
    with pytest.raises(NotPayable):
        pay(first, hall)


def test_who_withdraws_owes_no_bill_of_the_past(hall: Hall, english: Client, now: Any) -> None:
    case = to_the_bill(english, hall)
    now.shift(BILL_LIVES + timedelta(minutes=1))
    expire_bills(at=clock.now())
    withdraw(english, case)
    assert Bill.objects.get().state == "cancelled"


def test_a_note_after_the_payment_asks_for_no_second_one(hall: Hall, english: Client, now: Any) -> None:
    case = to_the_bill(english, hall)
    now.shift(timedelta(minutes=5))
    bill = pay(Bill.objects.get(), hall)
    now.shift(timedelta(minutes=1))
    # before the worker has moved it on
    case.refresh_from_db()
    authority_note = {"text": "Sudah bayar di loket."}
    do(case, "note", hall, **authority_note)
    english.post(reverse("services:new_bill", args=[case.reference]))
    assert list(Bill.objects.values_list("pk", flat=True)) == [bill.pk]
    case.refresh_from_db()
    assert case.state == "issue"


def test_who_must_pay_is_told_how_much_until_when_and_when_it_is_over(hall: Hall, english: Client, now: Any) -> None:
    case = to_the_bill(english, hall)
    told = OutboxMessage.objects.get(template="application_to_pay")
    assert "300" in told.context["amount"]
    assert not OutboxMessage.objects.filter(template="application_moved", context__reference=case.reference).filter(
        pk__gt=told.pk
    )
    now.shift(BILL_LIVES + timedelta(minutes=1))
    expire_bills(at=clock.now())
    deliver(at=clock.now())
    assert OutboxMessage.objects.filter(template="application_bill_over").count() == 1


def test_what_happened_by_itself_is_named_in_the_history(hall: Hall, english: Client, now: Any) -> None:
    case = to_the_bill(english, hall)
    now.shift(timedelta(minutes=5))
    pay(Bill.objects.get(), hall)
    deliver(at=clock.now())
    page = english.get(reverse("services:own", args=[case.reference])).content.decode()
    assert "Payment received. Step reached:" in page


def test_a_promise_to_one_who_withdrew_was_not_kept(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    case = withdraw(english, apply_for_card(english, photo))
    page = english.get(reverse("services:own", args=[case.reference])).content.decode()
    assert "Kept" not in page


def test_no_cash_is_taken_after_the_drawer_was_counted(hall: Hall, english: Client, now: Any) -> None:
    to_the_bill(english, hall)
    bill, officer = Bill.objects.get(), Actor("staff", hall.officer.pk)
    day = {"unit_id": bill.unit_id, "day": date(2026, 11, 25), "note": "", "user_id": hall.officer.pk}
    close_day(**day, counter="Loket  1", counted_idr=0, actor=officer, at=clock.now())  # type: ignore[arg-type]
    with pytest.raises(NotPayable, match="day_closed"):
        pay(bill, hall, "loket 1")
    bill.refresh_from_db()
    assert bill.state == "open"
    assert pay(bill, hall, "Loket 2").state == "paid"


def test_what_is_never_completed_or_paid_can_be_ended(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    words = {"reason": "not_completed", "text": "Tidak dilengkapi.", "basis": "Perwal 1/2026 pasal 3"}
    returned = do(apply_for_card(english, photo), "return", hall, reason="unclear", text="?")
    assert do(returned, "refuse", hall, **words).state == "refused"
    unpaid = to_the_bill(english, hall)
    assert do(unpaid, "refuse_unpaid", hall, **words).state == "refused"
    assert Bill.objects.get().state == "cancelled"


def test_nobody_is_refused_who_has_paid(hall: Hall, english: Client, now: Any) -> None:
    """Between the payment and the worker an officer ends what they think unpaid."""
    case = to_the_bill(english, hall)
    now.shift(timedelta(minutes=5))
    pay(Bill.objects.get(), hall)
    words = {"reason": "not_completed", "text": "Tidak dibayar.", "basis": "Perwal 1/2026 pasal 3"}
    with pytest.raises(ChangeRefused, match="tasks"):
        do(case, "refuse_unpaid", hall, **words)
    deliver(at=clock.now())
    case.refresh_from_db()
    assert case.state == "issue"


CHECKED = Workflow(
    steps=(
        WorkStep(slug="verify", kind="check", label_id="Periksa", label_en="Check", next=("look",)),
        WorkStep(
            slug="look",
            kind="check",
            label_id="Teknis",
            label_en="Technical",
            checks=(OtherCheck(slug="ruang", unit="dinas-pupr", label_id="Tata ruang", label_en="Zoning"),),
            next=("decide",),
        ),
        DECIDE,
    )
)


def test_checks_at_other_agencies_end_with_the_application(
    hall: Hall, english: Client, photo: Any, signed_in: Callable[[Any], Client], now: Any
) -> None:
    open_with(hall, CHECKED)
    case = do(apply_for_card(english, photo), "pass_look", hall)
    part = Case.objects.get(parent=case)
    # who checks reads the papers, and the look is theirs
    Holding.objects.filter(user=hall.outsider).update(post=_post_at(hall, "dinas-pupr"))
    file = Attachment.objects.get(owner_kind="application")
    assert process_attachment(attachment_id=file.pk) == "ready"
    desk = signed_in(hall.outsider)
    page = desk.get(reverse("services_desk:case", args=[part.reference])).content.decode()
    assert reverse("files:photo", args=[file.key]) in page
    assert APPLICANT["nik"] in page
    assert desk.get(reverse("files:photo", args=[file.key])).status_code == 200
    assert desk.get(reverse("services_desk:case", args=[case.reference])).status_code == 404
    withdraw(english, case)
    # what is over is looked at no more
    assert desk.get(reverse("files:photo", args=[file.key])).status_code == 404
    part.refresh_from_db()
    assert (part.state, part.is_open, part.on_time) == ("dropped", False, None)
    page = desk.get(reverse("services_desk:case", args=[part.reference])).content.decode()
    assert "files and long numbers are not opened here any more" in page
    assert reverse("files:photo", args=[file.key]) not in page
    assert APPLICANT["nik"] not in page


def _post_at(hall: Hall, unit: str) -> int:
    holding = Holding.objects.get(user=hall.outsider)
    post = holding.post
    post.unit = Unit.objects.get(slug=unit)
    post.save()
    return post.pk


def test_two_checks_are_never_one() -> None:
    one, two = (check_slug("peminjaman-fasilitas-kot", name) for name in ("persetujuan-tata", "persetujuan-tetangga"))
    assert one != two
    assert max(len(one), len(two)) <= 40
    assert check_slug("a-b", "c") != check_slug("a", "b-c")
    assert short_name("x" * 30, 30) == "x" * 30
    twice = (OtherCheck(slug="ruang", unit="a", label_id="R", label_en="R"),)
    steps = Workflow(
        steps=(
            WorkStep(slug="v", kind="check", label_id="V", label_en="V", next=("a",)),
            WorkStep(slug="a", kind="check", label_id="A", label_en="A", checks=twice, next=("b",)),
            WorkStep(slug="b", kind="check", label_id="B", label_en="B", checks=twice, next=("decide",)),
            DECIDE,
        )
    )
    problems = workflow_problems(workflow=steps, units=frozenset({"a"}))
    assert [(problem.code, problem.step) for problem in problems] == [("check_twice", "b")]


def test_nobody_is_faster_than_a_term_that_is_over(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    """Silence has decided at the deadline, also when the worker has not looked yet."""
    open_with(hall, Workflow(steps=(VERIFY, DECIDE), tacit_basis=SILENCE))
    case = apply_for_card(english, photo)
    assert case.due_at is not None
    now.move_to(case.due_at + timedelta(seconds=1))
    desk = {"reason": "unclear", "text": "Apa ini?"}
    with pytest.raises(Exception, match="not_from_here"):
        do(case, "return", hall, **desk)
    case.refresh_from_db()
    assert case.state == "issued"


def test_a_reminder_that_is_due_is_nobody_elses_change(
    hall: Hall, english: Client, photo: Any, signed_in: Callable[[Any], Client], now: Any
) -> None:
    case = apply_for_card(english, photo)
    assert case.due_at is not None
    now.move_to(case.due_at - timedelta(hours=1))
    assert Clock.objects.filter(case=case, next_step_at__lte=clock.now()).exists()
    address = reverse("services_desk:change", args=[case.reference, "return"])
    answer = signed_in(hall.officer).post(address, {"seq": case.seq, "reason": "unclear", "text": "Apa ini?"})
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.state == "returned"


def test_an_officer_with_an_old_page_is_told_that_silence_has_decided(
    hall: Hall, english: Client, photo: Any, signed_in: Callable[[Any], Client], now: Any
) -> None:
    open_with(hall, Workflow(steps=(VERIFY, DECIDE), tacit_basis=SILENCE))
    case = apply_for_card(english, photo)
    assert case.due_at is not None
    now.move_to(case.due_at + timedelta(seconds=1))
    address = reverse("services_desk:change", args=[case.reference, "return"])
    answer = signed_in(hall.officer).post(address, {"seq": case.seq, "reason": "unclear", "text": "Apa ini?"})
    assert answer.status_code == 409
    case.refresh_from_db()
    assert case.state == "issued"


def test_silence_does_not_pay() -> None:
    fee = WorkStep(slug="fee", kind="pay", label_id="Bayar", label_en="Pay", next=("issue",))
    steps = (
        VERIFY,
        WorkStep(slug="decide", kind="decide", label_id="Putuskan", label_en="Decide", next=("fee",)),
        fee,
        WorkStep(slug="issue", kind="issue", label_id="Terbit", label_en="Issue"),
    )
    workflow = Workflow(steps=steps, tacit_basis=SILENCE)
    assert steps_ahead(workflow, "verify") == {"decide", "fee", "issue"}
    assert steps_ahead(workflow, "issue") == frozenset()
    promise = Term(amount=5, unit="working_days")
    (kind,) = compile_kinds(
        service="sewa", label_id="Sewa", label_en="Rent", home="a", workflow=workflow, promise=promise, source=""
    )
    assert kind_problems(kind) == []
    leads = {state: kind.change("approve_tacit", state=state).target for state in ("verify", "decide", "issue")}
    assert leads == {"verify": "fee", "decide": "fee", "issue": "issued"}
    assert not any(change.name == "approve_tacit" and "fee" in change.sources for change in kind.changes)


def refused(client: Client, hall: Hall) -> Case:
    code = begin(client, "informasi-publik")
    fill(client, code, "pemohon", **APPLICANT)
    fill(client, code, "informasi", rincian="Anggaran taman", tujuan="Ingin tahu", cara="salinan")
    fill(client, code, "pernyataan", **SIGNED)
    case = do(send(client, code), "pass_decide", hall)
    return do(case, "refuse", hall, reason="forbidden_here", text="Dikecualikan.", basis="UU 14/2008 pasal 17")


def test_thirty_working_days_to_object_and_the_last_one_is_whole(hall: Hall, english: Client, now: Any) -> None:
    case = refused(english, hall)
    assert OutboxMessage.objects.filter(template="application_refused_objection").count() == 1
    own = english.get(reverse("services:own", args=[case.reference])).content.decode()
    # why, by which article, and until when it can be objected to
    assert "Legal basis: UU 14/2008 pasal 17" in own
    assert "Reason: Not allowed at this place" in own
    assert "You may object until Wednesday, 6 January 2027" in own
    # what was never reached does not stand there as done
    assert "Giving the information" not in own
    kind = kind_at(case.kind, case.kind_version)
    assert (kind.reopen_days, kind.reopen_unit, case.closed_at) == (30, "working_days", MORNING)
    # a Wednesday and six weeks of five days
    until = reopen_until(kind=kind, closed_at=MORNING, calendar=work_calendar())
    assert until.astimezone(work_calendar().zone).isoformat() == "2027-01-06T23:59:59+07:00"
    now.move_to(until + timedelta(seconds=1))
    offers = own_offers(case=case, kind=kind, offered=("object",), address="services:own_change", at=clock.now())
    assert offers == []
    with pytest.raises(ChangeRefused, match="window_over"):
        apply_change(
            case_id=case.pk,
            change="object",
            given=Given(text="Saya keberatan.", reason="excluded"),
            actor=Actor("resident"),
            at=clock.now(),
        )


def test_a_granted_objection_is_promised_anew(hall: Hall, english: Client, now: Any) -> None:
    case = refused(english, hall)
    english.post(
        reverse("services:own_change", args=[case.reference, "object"]),
        {"seq": case.seq, "text": "Saya keberatan.", "reason": "excluded"},
    )
    now.shift(timedelta(days=1))
    case = do(case, "grant_objection", hall, text="Diterima.")
    running = Clock.objects.get(case=case, stopped_at=None)
    assert (running.name, running.started_at) == ("promise", clock.now())
    assert case.due_at == running.due_at


def test_a_refusal_without_objection_promises_none(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    open_with(hall, Workflow(steps=(VERIFY, DECIDE)))
    case = do(apply_for_card(english, photo), "pass_decide", hall)
    do(case, "refuse", hall, reason="false", text="Tidak benar.", basis="Perwal 1/2026")
    own = english.get(reverse("services:own", args=[case.reference])).content.decode()
    assert "Refused. The reasons stand below." in own
    assert "object" not in own
    assert OutboxMessage.objects.filter(template="application_refused").count() == 1
    assert not OutboxMessage.objects.filter(template="application_refused_objection").exists()


def test_every_change_of_a_visit_is_told(
    hall: Hall, english: Client, photo: Any, signed_in: Callable[[Any], Client], now: Any
) -> None:
    open_with(hall, VISIT)
    case = do(apply_for_card(english, photo), "pass_look", hall)
    desk = signed_in(hall.officer)
    for changes in ({}, {"begins": "10:00", "ends": "12:00"}, {}, {"note": "Bawa sertifikat asli"}):
        plan(desk, case, hall, **changes)
    assert OutboxMessage.objects.filter(template="application_visit").count() == 4


def test_a_return_that_is_taken_back_leaves_everything_as_it_was(
    hall: Hall, english: Client, photo: Any, signed_in: Callable[[Any], Client], now: Any
) -> None:
    open_with(hall, VISIT)
    case = do(apply_for_card(english, photo), "pass_look", hall)
    desk = signed_in(hall.officer)
    plan(desk, case, hall)
    address = reverse("services_desk:change", args=[case.reference, "return"])
    desk.post(address, {"seq": case.seq, "reason": "unclear", "text": "Apa ini?"})
    deliver(at=clock.now())
    assert Visit.objects.get().state == "cancelled"
    assert ReturnTotal.objects.get().count == 1
    case.refresh_from_db()
    desk.post(reverse("services_desk:undo", args=[case.reference, case.seq]))
    deliver(at=clock.now())
    deliver(at=clock.now())
    assert Visit.objects.get().state == "planned"
    assert ReturnTotal.objects.get().count == 0
    told = OutboxMessage.objects.order_by("pk").values_list("template", flat=True)
    assert list(told)[-1] == "application_visit"


def test_a_return_that_is_heard_of_after_it_was_taken_back_counts_for_nothing(
    hall: Hall, english: Client, photo: Any, signed_in: Callable[[Any], Client], now: Any
) -> None:
    case = apply_for_card(english, photo)
    desk = signed_in(hall.officer)
    address = reverse("services_desk:change", args=[case.reference, "return"])
    desk.post(address, {"seq": case.seq, "reason": "unclear", "text": "Apa ini?"})
    case.refresh_from_db()
    seq = case.seq
    desk.post(reverse("services_desk:undo", args=[case.reference, seq]))
    assert not note_return(case=case, seq=seq, reason="unclear")
    assert not ReturnTotal.objects.exists()


def test_a_way_back_to_a_visit_wants_another_look(
    hall: Hall, english: Client, photo: Any, signed_in: Callable[[Any], Client], now: Any
) -> None:
    decide = WorkStep(slug="decide", kind="decide", label_id="Putuskan", label_en="Decide", next=("look", "issue"))
    issue = WorkStep(slug="issue", kind="issue", label_id="Terbit", label_en="Issue")
    open_with(hall, Workflow(steps=(*VISIT.steps[:2], decide, issue)))
    case = do(apply_for_card(english, photo), "pass_look", hall)
    desk = signed_in(hall.officer)
    plan(desk, case, hall)
    now.shift(timedelta(days=1))
    desk.post(reverse("services_desk:visit_send", args=[Visit.objects.get().pk]), found(photo))
    assert open_tasks(case) == 0
    # returned and corrected, the look counts on
    case = do(case, "return", hall, reason="unclear", text="?")
    page = english.get(reverse("services:correct", args=[case.reference]))
    english.post(reverse("services:correct", args=[case.reference]), {"revision": revision_on(page)})
    case.refresh_from_db()
    assert (case.state, open_tasks(case)) == ("look", 0)
    case = do(case, "pass_decide", hall)
    now.shift(timedelta(hours=1))
    case = do(case, "approve_look", hall)
    assert open_tasks(case) == 1
