"""Money on a real database: bills, calls that come twice, differences, refunds, the day's end."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from balai.foundation.events.models import Event
from balai.foundation.events.queries import find_break
from balai.foundation.events.rules import Actor
from balai.foundation.payments import actions, contributions, queries, simulated
from balai.foundation.payments.actions import receipts
from balai.foundation.payments.models import Bill, Receipt, Refund
from balai.foundation.payments.queries import overview
from balai.foundation.payments.room import SIMULATED
from balai.foundation.payments.rules.bills import BadBill, BillLine, Mismatch, Purpose
from balai.foundation.payments.rules.qris import read_qris
from balai.foundation.units.rules import Authority, Grant
from balai.foundation.units.tests.city import AT, Town, build_town

ACTOR = Actor("staff", 1, 1)
HOUR = timedelta(hours=1)
COLLECTS = Grant(
    post_id=1, post_title="Kasir", level="handler", permissions=frozenset({"payments.collect"}), unit_ids=None
)


@pytest.fixture
def town(db: None) -> Town:
    return build_town()


@pytest.fixture(autouse=True)
def _provider(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the simulated provider up, as the demonstration does."""
    monkeypatch.setattr(
        receipts, "contributions", lambda kind: [SIMULATED] if kind is contributions.PaymentProvider else []
    )


def bill_of(town: Town, amount: int = 150_000, **changes: Any) -> Bill:
    given: dict[str, Any] = {
        "owner_kind": "thing",
        "owner_id": 7,
        "unit_id": town.units["works"].pk,
        "resident_id": None,
        "lines": [BillLine(label="Retribusi", amount_idr=amount)],
        "expires_at": AT + HOUR,
        "actor": ACTOR,
        "at": AT,
    }
    return actions.issue_bill(**given | changes)


def call(bill: Bill, *, at: datetime = AT, **changes: Any) -> Receipt:
    paid = simulated.pay(
        number=bill.number, amount_idr=changes.pop("amount", bill.amount_idr), loses_callback=True, at=at
    )
    body, headers = simulated.signed(paid, at=at)
    return actions.receive_callback(provider="simulated", body=body, headers=headers, at=at)


def test_numbers_follow_without_gaps_and_a_refused_bill_takes_none(town: Town) -> None:
    first = bill_of(town)
    with pytest.raises(BadBill):
        bill_of(town, 0)
    second = bill_of(town)
    assert (first.number, second.number) == ("B26-00000001", "B26-00000002")
    assert read_qris(simulated.code(first)).bill == first.number
    assert [event.kind for event in Event.objects.filter(stream=f"bill:{first.number}")] == ["BillIssued"]


def test_a_call_pays_once_however_often_it_comes(town: Town) -> None:
    bill = bill_of(town)
    paid = simulated.pay(number=bill.number, amount_idr=bill.amount_idr, loses_callback=True, at=AT)
    body, headers = simulated.signed(paid, at=AT)
    notes = {
        actions.receive_callback(provider="simulated", body=body, headers=headers, at=AT).pk for _again in range(3)
    }
    bill.refresh_from_db()
    assert (len(notes), bill.state, bill.method, bill.reference) == (1, "paid", "qris", paid.reference)
    assert Event.objects.filter(kind="BillPaid").count() == 1
    assert find_break() is None


@pytest.mark.parametrize(("amount", "outcome"), [(1, "wrong_amount"), (150_001, "wrong_amount")])
def test_another_amount_pays_nothing_and_waits_for_a_person(town: Town, amount: int, outcome: str) -> None:
    bill = bill_of(town)
    assert call(bill, amount=amount).outcome == outcome
    bill.refresh_from_db()
    assert bill.state == "open"
    assert Event.objects.filter(kind="PaymentUnmatched").count() == 1


def test_paid_twice_and_paid_for_nothing_are_kept(town: Town) -> None:
    bill, gone = bill_of(town), bill_of(town)
    actions.cancel_bill(bill_id=gone.pk, actor=ACTOR, at=AT)
    assert [call(bill).outcome, call(bill).outcome, call(gone).outcome] == ["paid", "paid_twice", "not_payable"]
    unknown = Bill(number="B26-99999999", amount_idr=5)
    assert call(unknown).outcome == "unknown_bill"


def test_a_call_that_is_not_the_providers_changes_nothing(town: Town) -> None:
    bill = bill_of(town)
    paid = simulated.pay(number=bill.number, amount_idr=bill.amount_idr, loses_callback=True, at=AT)
    body, headers = simulated.signed(paid, at=AT)
    forged = {**headers, "X-Signature": "0" * 64}
    for wrong_body, wrong_headers, at in (
        (body.replace(b"150000", b"150001"), headers, AT),
        (body, forged, AT),
        (body, {}, AT),
        (body, headers, AT + timedelta(minutes=6)),
    ):
        with pytest.raises(actions.BadCallback):
            actions.receive_callback(provider="simulated", body=wrong_body, headers=wrong_headers, at=at)
    with pytest.raises(actions.UnknownProvider):
        actions.receive_callback(provider="other", body=body, headers=headers, at=AT)
    assert not Receipt.objects.exists()


def test_money_that_comes_after_the_term_still_counts(town: Town) -> None:
    bill = bill_of(town)
    assert actions.expire_bills(at=AT + HOUR) == 1
    assert actions.expire_bills(at=AT + HOUR) == 0
    assert call(bill, at=AT + 2 * HOUR).outcome == "paid"
    bill.refresh_from_db()
    assert bill.state == "paid"


def test_the_comparison_finds_lost_calls_and_our_own_inventions(town: Town) -> None:
    lost, invented = bill_of(town), bill_of(town)
    simulated.pay(number=lost.number, amount_idr=lost.amount_idr, loses_callback=True, at=AT)
    call(invented)
    simulated.SimulatedPayment.objects.filter(number=invented.number).delete()
    left = actions.reconcile(at=AT + HOUR)
    lost.refresh_from_db()
    assert lost.state == "paid"
    assert Receipt.objects.get(number=lost.number).heard_by == "reconciliation"
    assert left == [Mismatch("recorded_not_paid", invented.number)]
    # again finds nothing new
    assert actions.reconcile(at=AT + HOUR) == left
    assert Event.objects.filter(kind="BillPaid").count() == 2


def test_money_that_came_is_waited_for_until_somebody_has_an_answer(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        queries, "contributions", lambda kind: [SIMULATED] if kind is contributions.PaymentProvider else []
    )
    bill, wrong = bill_of(town), bill_of(town)
    assert queries.check_of(bill=bill) == ""
    simulated.pay(number=bill.number, amount_idr=bill.amount_idr, loses_callback=True, at=AT)
    assert queries.check_of(bill=bill) == "provider"
    # an amount that does not fit waits for a person, not for the provider
    simulated.pay(number=wrong.number, amount_idr=1, loses_callback=True, at=AT)
    actions.expire_bills(at=AT + HOUR)
    for each in (bill, wrong):
        each.refresh_from_db()
        assert queries.check_of(bill=each) == "provider"
    actions.reconcile(at=AT + HOUR)
    bill.refresh_from_db()
    assert (bill.state, queries.check_of(bill=bill), queries.check_of(bill=wrong)) == ("paid", "", "agency")
    odd = Receipt.objects.get(number=wrong.number)
    actions.settle_receipt(receipt_id=odd.pk, note="Kembali", user_id=town.people["head"].pk, at=AT + HOUR)
    assert queries.check_of(bill=wrong) == ""


def test_cash_is_taken_once(town: Town) -> None:
    bill = bill_of(town)
    officer = town.people["handler"]
    actions.take_cash(bill_id=bill.pk, user_id=officer.pk, counter="Loket 1", actor=ACTOR, at=AT)
    with pytest.raises(actions.NotPayable):
        actions.take_cash(bill_id=bill.pk, user_id=officer.pk, counter="Loket 2", actor=ACTOR, at=AT)
    # the provider's money for a bill that was paid at the counter goes back by hand
    assert call(bill).outcome == "paid_twice"


def test_a_refund_is_decided_once_and_goes_out_once(town: Town) -> None:
    bill = bill_of(town)
    given: dict[str, Any] = {"bill_id": bill.pk, "reason": "Batal", "user_id": town.people["head"].pk}
    with pytest.raises(actions.RefundRefused):
        actions.refund_bill(**given, amount_idr=10, actor=ACTOR, at=AT)
    call(bill)
    for amount, reason in ((150_001, "Batal"), (0, "Batal"), (10, "  ")):
        with pytest.raises(actions.RefundRefused):
            actions.refund_bill(**given | {"reason": reason}, amount_idr=amount, actor=ACTOR, at=AT)
    made = actions.refund_bill(**given, amount_idr=150_000, actor=ACTOR, at=AT)
    with pytest.raises(actions.RefundRefused):
        actions.refund_bill(**given, amount_idr=10, actor=ACTOR, at=AT)
    actions.pay_out(refund_id=made.pk, reference="TRF-1", at=AT)
    with pytest.raises(actions.RefundRefused):
        actions.pay_out(refund_id=made.pk, reference="TRF-2", at=AT)
    assert Refund.objects.get().reference == "TRF-1"


def test_the_days_end_explains_every_difference(town: Town) -> None:
    officer, unit = town.people["handler"], town.units["works"]
    for _bill in range(2):
        actions.take_cash(bill_id=bill_of(town).pk, user_id=officer.pk, counter="Loket 1", actor=ACTOR, at=AT)
    day = date(2026, 11, 25)
    given: dict[str, Any] = {"unit_id": unit.pk, "counter": "Loket 1", "user_id": officer.pk, "actor": ACTOR, "at": AT}
    with pytest.raises(actions.ClosingRefused, match="not_explained"):
        actions.close_day(**given, day=day, counted_idr=299_000, note=" ")
    with pytest.raises(actions.ClosingRefused, match="not_over"):
        actions.close_day(**given, day=day + timedelta(days=1), counted_idr=0, note="")
    closed = actions.close_day(**given, day=day, counted_idr=299_000, note="Kembalian kurang")
    assert (closed.recorded_idr, closed.bills) == (300_000, 2)
    with pytest.raises(actions.ClosingRefused, match="closed_already"):
        actions.close_day(**given, day=day, counted_idr=300_000, note="")
    assert Event.objects.get(kind="CounterClosed").data["difference_idr"] == -1_000


def test_money_of_another_agency_is_not_shown(town: Town) -> None:
    bill_of(town)
    grant = replace(COLLECTS, unit_ids=frozenset({town.units["desk"].pk}))
    assert overview(authority=Authority(user_id=1, grants=(grant,)), at=AT).open_bills == []
    assert len(overview(authority=Authority(user_id=1, grants=(COLLECTS,)), at=AT).open_bills) == 1


def test_what_a_bill_is_for_and_whose_number_finds_it(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = contributions.BillOwner(
        owner_kind="thing",
        names=lambda ids: {pk: Purpose("Izin", f"T-{pk}") for pk in ids if pk != 8},
        find=lambda words: [7] if words == "T-7" else [],
    )
    monkeypatch.setattr(queries, "contributions", lambda kind: [owner] if kind is contributions.BillOwner else [])
    first, second = bill_of(town), bill_of(town, owner_id=8)
    other = bill_of(town, owner_kind="other")
    every = Authority(user_id=1, grants=(COLLECTS,))
    # a room that says nothing leaves the words of the first line
    purposes = [str(purpose) for _bill, purpose in overview(authority=every, at=AT).open_bills]
    assert purposes == ["Izin · T-7", "Retribusi", "Retribusi"]
    actions.cancel_bill(bill_id=first.pk, actor=ACTOR, at=AT)
    for words, bill in (("T-7", first), ("b26 2", second), (other.number, other)):
        assert [row for row, _name in queries.found_bills(authority=every, words=words)] == [bill]
    assert queries.found_bills(authority=every, words="T-8") == []
    nobody = Authority(user_id=1, grants=(replace(COLLECTS, unit_ids=frozenset({town.units["desk"].pk})),))
    assert queries.found_bills(authority=nobody, words="T-7") == []


def test_the_callback_address_answers_in_problems(town: Town, client: Client) -> None:
    bill = bill_of(town)
    url = reverse("payments:callback", args=["simulated"])
    refused = client.post(url, b"{}", content_type="application/json")
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    assert client.post(url.replace("simulated", "other"), b"{}", content_type="application/json").status_code == 404
    assert client.post(url, b"x" * 20_001, content_type="application/json").status_code == 413
    assert client.post(url, {"bill": bill.number}).status_code == 403
    assert client.get(url).status_code == 405
    # a bill whose owner nobody guards is closed to everybody
    assert client.get(reverse("payments:bill", args=[bill.number])).status_code == 404
