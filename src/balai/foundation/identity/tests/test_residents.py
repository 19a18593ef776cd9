"""Residents, verification codes, access records."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from balai.foundation.identity import actions
from balai.foundation.identity.actions import ContactRefused, NoSender, register_resident, send_code, verify_code
from balai.foundation.identity.contributions import CodeSender
from balai.foundation.identity.fields import UnreadableColumn, decrypt
from balai.foundation.identity.models import AccessRecord, Resident, VerificationCode
from balai.foundation.identity.queries import access_records
from balai.foundation.limits.actions import TooMany

AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Codes as the resident gets them."""
    codes: list[str] = []

    def keep(*, resident: Resident, code: str, key: str, at: datetime) -> None:
        codes.append(code)

    monkeypatch.setattr(actions, "contributions", lambda kind: (CodeSender(channel="email", send=keep),))
    return codes


def resident(**given: Any) -> Resident:
    made = register_resident(**{"email": "Ani@Contoh.id", "at": AT, **given})
    assert made is not None
    return made


def test_nothing_given_stores_nobody(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert register_resident(name="  ", at=AT) is None


def test_a_resident_is_one_insert_and_unreadable_in_the_database(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        made = resident(name=" Ani  Baik ", phone="0812 3456 7890", nik="3573 0101 0790 0001")
    assert (made.name, made.email, made.phone) == ("Ani Baik", "ani@contoh.id", "+6281234567890")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, email, phone, nik, email_index, phone_index, nik_index FROM identity_resident")
        row = " ".join(cursor.fetchone())
    # a shorter word would stand in the cipher now and then by chance
    for secret in ("Ani Baik", "contoh", "81234567890", "3573010107900001"):
        assert secret not in row
    again = Resident.objects.get()
    assert (again.name, again.nik) == ("Ani Baik", "3573010107900001")


def test_equal_contacts_meet_by_their_index() -> None:
    one, two, other = resident(), resident(email=" ani@contoh.ID "), resident(email="budi@contoh.id")
    assert one.email_index == two.email_index != other.email_index
    # the same text as something else is something else
    assert resident(email="", phone="081234567890").phone_index not in ("", one.email_index)


def test_every_wrong_field_is_named_with_what_to_do() -> None:
    with translation.override("en"), pytest.raises(ContactRefused) as refused:
        register_resident(email="ani@", phone="halo", nik="357301010790001", at=AT)
    assert set(refused.value.errors) == {"email", "phone", "nik"}
    assert "this one has 15" in refused.value.errors["nik"]
    assert not Resident.objects.exists()


def test_a_column_of_another_installation_is_refused_by_name() -> None:
    with pytest.raises(UnreadableColumn):
        decrypt("gAAAAA-nonsense")


def test_a_code_proves_the_address_once(sent: list[str]) -> None:
    ani = resident()
    send_code(resident=ani, channel="email", at=AT)
    assert verify_code(resident=ani, code=f" {sent[0]} ", at=AT + timedelta(minutes=14))
    ani.refresh_from_db()
    assert (ani.verified_by, ani.verified_at) == ("email", AT + timedelta(minutes=14))
    assert not verify_code(resident=ani, code=sent[0], at=AT + timedelta(minutes=14))
    assert sent[0] not in VerificationCode.objects.get().code_hash


def test_five_wrong_tries_kill_a_code(sent: list[str]) -> None:
    ani = resident()
    send_code(resident=ani, channel="email", at=AT)
    wrong = f"{(int(sent[0]) + 1) % 1_000_000:06d}"
    assert [verify_code(resident=ani, code=wrong, at=AT) for _ in range(5)] == [False] * 5
    assert not verify_code(resident=ani, code=sent[0], at=AT)


def test_four_wrong_tries_do_not(sent: list[str]) -> None:
    ani = resident()
    send_code(resident=ani, channel="email", at=AT)
    for _ in range(4):
        verify_code(resident=ani, code="x", at=AT)
    assert verify_code(resident=ani, code=sent[0], at=AT)


def test_a_code_dies_after_a_quarter_of_an_hour_and_by_a_newer_one(sent: list[str]) -> None:
    ani = resident()
    send_code(resident=ani, channel="email", at=AT)
    assert not verify_code(resident=ani, code=sent[0], at=AT + timedelta(minutes=15))
    send_code(resident=ani, channel="email", at=AT + timedelta(minutes=16))
    send_code(resident=ani, channel="email", at=AT + timedelta(minutes=17))
    if sent[1] != sent[2]:
        assert not verify_code(resident=ani, code=sent[1], at=AT + timedelta(minutes=18))
    assert verify_code(resident=ani, code=sent[2], at=AT + timedelta(minutes=18))


def test_another_residents_code_opens_nothing(sent: list[str]) -> None:
    ani, budi = resident(), resident(email="budi@contoh.id")
    send_code(resident=ani, channel="email", at=AT)
    assert not verify_code(resident=budi, code=sent[0], at=AT)


def test_five_codes_an_hour_for_an_address_whoever_asks(sent: list[str]) -> None:
    for _ in range(5):
        send_code(resident=resident(), channel="email", at=AT)
    with pytest.raises(TooMany):
        send_code(resident=resident(), channel="email", at=AT)
    send_code(resident=resident(email="budi@contoh.id"), channel="email", at=AT)


def test_a_channel_nobody_serves_is_named(sent: list[str]) -> None:
    with pytest.raises(NoSender):
        send_code(resident=resident(), channel="pigeon", at=AT)


def test_looks_are_kept_newest_first_and_never_changed() -> None:
    ani = resident()
    for minute, what in enumerate(("contact", "evidence")):
        actions.record_access(
            user=None,
            post_title="Petugas",
            resident_id=ani.pk,
            subject_kind="case",
            subject_id=7,
            what=what,
            reason="x" * 400,
            at=AT + timedelta(minutes=minute),
        )
    rows = access_records(subject_kind="case", subject_id=7)
    assert [row.what for row in rows] == ["evidence", "contact"]
    assert len(rows[0].reason) == 300
    assert access_records(subject_kind="case", subject_id=8) == []
    rows[0].reason = "something nicer"
    with pytest.raises(TypeError):
        rows[0].save()
    with pytest.raises(TypeError):
        rows[0].delete()
    with pytest.raises(TypeError):
        AccessRecord.objects.update(reason="")
    with pytest.raises(TypeError):
        AccessRecord.objects.filter(pk=rows[0].pk).delete()
    assert AccessRecord.objects.count() == 2
    ani.delete()
    assert not AccessRecord.objects.exists()
