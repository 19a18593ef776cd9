"""What whoever takes money sees."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from balai.foundation.calendar import clock
from balai.foundation.identity.models import Role, User
from balai.foundation.payments import actions, queries
from balai.foundation.payments.models import Bill
from balai.foundation.payments.tests.test_money import ACTOR, HOUR, bill_of
from balai.foundation.units.models import Holding, Post
from balai.foundation.units.tests.city import START, Town, build_town, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build_town()


@pytest.fixture
def cashier(town: Town) -> User:
    """Take money and give it back for the agency whose bills these are."""
    role = Role.objects.create(
        slug="cashier", name_id="Kasir", name_en="Cashier", permissions=["payments.collect", "payments.refund"]
    )
    post = Post.objects.create(unit=town.units["works"], title="Kasir", level="handler")
    post.roles.add(role)
    user = person("Kasir")
    Holding.objects.create(post=post, user=user, valid_from=START)
    return user


def open_bill(town: Town, **changes: Any) -> Bill:
    """Return a bill that can be paid at this moment."""
    return bill_of(town, at=clock.now(), expires_at=clock.now() + HOUR, **changes)


def paid_bill(town: Town, cashier: User, **changes: Any) -> Bill:
    """Return a bill that was paid in cash just now."""
    return actions.take_cash(
        bill_id=open_bill(town, **changes).pk, user_id=cashier.pk, counter="Loket 1", actor=ACTOR, at=clock.now()
    )


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_every_error_is_said_once_above_its_form(
    town: Town, cashier: User, signed_in: Callable[[User], Client]
) -> None:
    staff = signed_in(cashier)
    title = "Not done yet."
    waiting, paid = open_bill(town), paid_bill(town, cashier)
    refund = {"amount_idr": "999999999", "reason": "Batal"}
    closing = {
        "unit_id": town.units["works"].pk, "counter": "Loket 1", "day": "2999-01-01", "counted_idr": "1", "note": "",
    }  # fmt: skip
    for address, given in (
        (reverse("payments:take_cash", args=[waiting.number]), {"counter": ""}),
        (reverse("payments:refund", args=[paid.number]), refund),
        (reverse("payments:close_day"), closing),
    ):
        answer = staff.post(address, given)
        assert (answer.status_code, text(answer).count(title)) == (422, 1), address


def test_amounts_stand_under_each_other_and_one_button_is_the_main_one(
    town: Town, cashier: User, signed_in: Callable[[User], Client]
) -> None:
    bill = open_bill(town, amount=1_250_000)
    page = text(signed_in(cashier).get(reverse("payments:overview"), {"q": bill.number}))
    assert len(re.findall(r'<td class="b-number"[^>]*>Rp ?1[.,]250[.,]000', page)) == 2
    assert re.findall(r'<button class="b-button"[^>]*>([^<]+)', page.split("</header>")[-1]) == ["Close the day"]


def test_what_was_paid_today_is_found_without_its_number(
    town: Town, cashier: User, signed_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    first, second, third = (paid_bill(town, cashier) for _ in range(3))
    old, other = paid_bill(town, cashier), paid_bill(town, cashier, unit_id=town.units["desk"].pk)
    now = clock.now()
    for number, bill in enumerate((first, second, third, other)):
        Bill.objects.filter(pk=bill.pk).update(paid_at=now - timedelta(microseconds=100 - number))
    Bill.objects.filter(pk=old.pk).update(paid_at=now - timedelta(days=1))
    page = text(signed_in(cashier).get(reverse("payments:overview")))
    shown = page.split('id="paid"')[1].split("</section>")[0]
    assert re.findall(r">(B\d\d-\d{8})<", shown) == [third.number, second.number]
    assert "in cash · Loket 1" in shown
    assert "The newest 2 of 3" in shown
    assert reverse("payments:desk_bill", args=[third.number]) in shown


def test_whoever_pays_in_cash_gets_a_receipt(town: Town, cashier: User, signed_in: Callable[[User], Client]) -> None:
    staff = signed_in(cashier)
    bill = open_bill(town, amount=1_250_000)
    address = reverse("payments:receipt", args=[bill.number])
    assert staff.get(address).status_code == 404
    taken = staff.post(reverse("payments:take_cash", args=[bill.number]), {"counter": "Loket 3"})
    assert taken["Location"] == address
    page = text(staff.get(address))
    for words in (
        bill.number, "Retribusi", "Dinas works", "satu juta dua ratus lima puluh ribu rupiah", "Loket 3", cashier.name,
        "Received from", "in cash", "data-balai-print",
    ):  # fmt: skip
        assert words in page, words
    assert address in text(staff.get(reverse("payments:desk_bill", args=[bill.number])))
    other = paid_bill(town, cashier, unit_id=town.units["desk"].pk)
    assert staff.get(reverse("payments:receipt", args=[other.number])).status_code == 404
