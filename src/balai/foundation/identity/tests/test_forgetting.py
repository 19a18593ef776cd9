"""Residents who want their data deleted."""

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from balai.foundation.identity.actions import forget_resident, record_access, register_resident
from balai.foundation.identity.fields import blind_index
from balai.foundation.identity.models import AccessRecord, Resident, VerificationCode
from balai.foundation.identity.queries import residents_with

AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def ani(**given: str) -> Resident:
    made = register_resident(
        **{"name": "Ani", "email": "ani@contoh.id", "phone": "081234567890", "nik": "3374010411879999", **given}, at=AT
    )
    assert made is not None
    return made


def test_nothing_that_tells_who_it_was_is_left():
    person = ani()
    Resident.objects.filter(pk=person.pk).update(verified_by="email", verified_at=AT)
    VerificationCode.objects.create(
        resident=person, channel="email", code_hash=blind_index("verification", "1"), created_at=AT, expires_at=AT
    )
    record_access(user=None, resident_id=person.pk, subject_kind="case", subject_id=7, what="contact", at=AT)

    assert forget_resident(resident_id=person.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, email, phone, nik, email_index, phone_index, nik_index, verified_by, verified_at "
            "FROM identity_resident"
        )
        assert cursor.fetchall() == [("", "", "", "", "", "", "", "", None)]
    assert not VerificationCode.objects.exists()
    assert AccessRecord.objects.count() == 1
    assert not forget_resident(resident_id=person.pk)


def test_somebody_who_gave_only_a_name_is_forgotten_too():
    person = ani(email="", phone="", nik="")
    assert forget_resident(resident_id=person.pk)
    assert Resident.objects.get().name == ""


def test_one_contact_finds_everything_the_same_person_brought_and_nobody_else():
    first, second, other = ani(), ani(email="", nik=""), ani(phone="081299999999", nik="", email="budi@contoh.id")
    assert residents_with(phone="+62 812-3456-7890") == [first.pk, second.pk]
    assert residents_with(email=" Ani@Contoh.id ") == [first.pk]
    assert residents_with(nik="3374 0104 1187 9999") == [first.pk]
    assert residents_with(email="budi@contoh.id", nik="3374010411879999") == [first.pk, other.pk]
    assert residents_with() == []


def test_the_command_asks_first(capsys):
    ani()
    call_command("residents", "forget", "--phone", "081234567890")
    assert "1 residents" in capsys.readouterr().out
    assert Resident.objects.get().name == "Ani"
    call_command("residents", "forget", "--phone", "081234567890", "--yes")
    assert Resident.objects.get().name == ""


@pytest.mark.parametrize("options", [[], ["--phone", "halo"], ["--email", "nobody@contoh.id"]])
def test_the_command_deletes_nobody_by_mistake(options):
    ani()
    with pytest.raises(CommandError):
        call_command("residents", "forget", *options, "--yes")
    assert Resident.objects.get().name == "Ani"
