"""QRIS and bills: the published code, what is damaged, what may follow what, and whose word counts."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balai.foundation.payments.rules.amounts import rupiah_in_words
from balai.foundation.payments.rules.bills import (
    ALLOWED,
    BadBill,
    BillLine,
    Mismatch,
    Received,
    Recorded,
    bill_number_of,
    bill_total,
    compare,
    is_signed,
    may_become,
    signature,
)
from balai.foundation.payments.rules.qris import BadQris, Merchant, Qris, checksum, read_qris, write_qris

AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
# published by its owner, a charity in Bandung
PUBLISHED = (
    "00020101021126660014ID.LINKAJA.WWW011893600911000093000502151912131509300050303UME51440014ID.CO.QRIS.WWW"
    "0215ID20190139612790303UME5204839853033605802ID5924Infak Sinergi Foundation6007BANDUNG61054017362070703A01"
    "630458E0"
)
MERCHANT = Merchant(
    name="Pemkot Contoh",
    city="MALANG",
    postal_code="65119",
    category="9399",
    nmid="ID0000000000001",
    size="UBE",
    account_tag="26",
    account="0010ID.CONTOH.0118936000000000000001",
)


def test_a_published_code_is_read() -> None:
    read = read_qris(PUBLISHED)
    assert (read.merchant.name, read.merchant.city, read.merchant.nmid) == (
        "Infak Sinergi Foundation",
        "BANDUNG",
        "ID2019013961279",
    )
    assert read.amount_idr is None
    assert checksum(PUBLISHED[:-4]) == "58E0"


@given(place=st.integers(0, len(PUBLISHED) - 1), letter=st.sampled_from("0123456789ABC"))
def test_one_changed_letter_is_noticed(place: int, letter: str) -> None:
    changed = PUBLISHED[:place] + letter + PUBLISHED[place + 1 :]
    if changed != PUBLISHED:
        with pytest.raises(BadQris):
            read_qris(changed)


@given(amount=st.integers(1, 9_999_999_999), bill=st.from_regex(r"[A-Z0-9-]{0,25}", fullmatch=True))
def test_what_is_written_is_read_again(amount: int, bill: str) -> None:
    qris = Qris(merchant=MERCHANT, amount_idr=amount, bill=bill)
    assert read_qris(write_qris(qris)) == qris


@pytest.mark.parametrize("amount", [0, -1, 10_000_000_000])
def test_amounts_that_no_code_can_say(amount: int) -> None:
    with pytest.raises(BadQris):
        write_qris(Qris(merchant=MERCHANT, amount_idr=amount))


@pytest.mark.parametrize("text", ["", "0002", "é" * 9, "000201630400FF", PUBLISHED[:-4]])
def test_what_is_no_code(text: str) -> None:
    with pytest.raises(BadQris):
        read_qris(text)


def test_a_bill_adds_up() -> None:
    lines = [BillLine(label="Retribusi", amount_idr=150_000), BillLine(label="Denda", amount_idr=0)]
    assert bill_total(lines=lines, expires_at=AT + timedelta(days=1), at=AT) == 150_000


@pytest.mark.parametrize(
    ("lines", "hours", "code"),
    [
        ([], 1, "no_lines"),
        ([-1], 1, "negative"),
        ([0], 1, "nothing_to_pay"),
        ([9_999_999_999, 1], 1, "too_much"),
        ([5], 0, "already_over"),
    ],
)
def test_bills_that_cannot_be(lines: list[int], hours: int, code: str) -> None:
    with pytest.raises(BadBill) as refused:
        bill_total(
            lines=[BillLine(label="x", amount_idr=amount) for amount in lines],
            expires_at=AT + timedelta(hours=hours),
            at=AT,
        )
    assert refused.value.code == code


def test_no_state_is_left_out_and_ends_are_ends() -> None:
    assert {target for targets in ALLOWED.values() for target in targets} <= set(ALLOWED)
    assert not may_become(state="refunded", target="paid")
    assert not may_become(state="cancelled", target="paid")
    assert may_become(state="expired", target="paid")


def test_a_providers_word() -> None:
    body, stamp = b'{"bill":"B1"}', str(int(AT.timestamp()))
    good = signature(secret="s", timestamp=stamp, body=body)
    assert is_signed(secret="s", timestamp=stamp, body=body, given=good, at=AT)
    for change in (
        {"secret": "other"},
        {"secret": ""},
        {"body": b'{"bill":"B2"}'},
        {"given": good[:-1] + "g"},
        {"given": "é"},
        {"at": AT + timedelta(seconds=301)},
        {"at": AT - timedelta(seconds=301)},
        {"timestamp": "x"},
        {"timestamp": "٣"},
    ):
        asked = {"secret": "s", "timestamp": stamp, "body": body, "given": good, "at": AT} | change
        assert not is_signed(**asked)  # type: ignore[arg-type]


def test_every_difference_is_found() -> None:
    recorded = [
        Recorded(number="A", amount_idr=10, paid=True),
        Recorded(number="B", amount_idr=10, paid=False),
        Recorded(number="C", amount_idr=10, paid=True),
        Recorded(number="D", amount_idr=10, paid=False),
        Recorded(number="E", amount_idr=10, paid=True),
    ]
    received = [
        Received(number="A", amount_idr=10, reference="1"),
        Received(number="B", amount_idr=10, reference="2"),
        Received(number="D", amount_idr=9, reference="3"),
        Received(number="E", amount_idr=10, reference="4"),
        Received(number="E", amount_idr=10, reference="5"),
        Received(number="Z", amount_idr=10, reference="6"),
    ]
    assert compare(recorded=recorded, received=received) == [
        Mismatch("paid_not_recorded", "B", "2"),
        Mismatch("recorded_not_paid", "C"),
        Mismatch("wrong_amount", "D", "3"),
        Mismatch("paid_twice", "E", "5"),
        Mismatch("unknown_bill", "Z", "6"),
    ]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("B26-00000001", "B26-00000001"),
        (" b26 12 ", "B26-00000012"),
        ("26.3", "B26-00000003"),
        ("26-K7QX-M3R8", "26-K7QX-M3R8"),
        ("B26-123456789", "B26-123456789"),
        ("", ""),
    ],
)
def test_the_number_of_a_bill_as_somebody_types_it(typed: str, number: str) -> None:
    assert bill_number_of(typed) == number


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "nol rupiah"),
        (11, "sebelas rupiah"),
        (19_000, "sembilan belas ribu rupiah"),
        (1_000, "seribu rupiah"),
        (21_100, "dua puluh satu ribu seratus rupiah"),
        (150_000, "seratus lima puluh ribu rupiah"),
        (1_001_000, "satu juta seribu rupiah"),
        (1_250_999, "satu juta dua ratus lima puluh ribu sembilan ratus sembilan puluh sembilan rupiah"),
        (9_000_000_010, "sembilan miliar sepuluh rupiah"),
    ],
)
def test_an_amount_is_written_out_as_on_a_receipt(amount: int, words: str) -> None:
    assert rupiah_in_words(amount) == words


@pytest.mark.parametrize("amount", [-1, 10**12])
def test_an_amount_beyond_every_bill_is_not_written_out(amount: int) -> None:
    with pytest.raises(ValueError, match=str(amount)):
        rupiah_in_words(amount)
