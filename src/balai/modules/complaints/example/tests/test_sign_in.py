"""The accounts of the example open the desk with password and second factor."""

from datetime import date

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.hashers import check_password

from balai.foundation.calendar import clock
from balai.foundation.identity.models import User
from balai.foundation.places.example import load_city
from balai.foundation.units.example import PASSWORD, load_people, sign_ins
from balai.foundation.units.queries import authority_of

TODAY = date(2026, 11, 25)
MOMENT = "2026-11-25 03:00:00+00:00"


@pytest.mark.django_db
def test_accounts_have_a_password_a_second_factor_and_the_rights_they_promise(time_machine):  # type: ignore[no-untyped-def]
    time_machine.move_to(MOMENT, tick=False)
    load_city(seed=1, today=TODAY, size=100, progress=lambda done, total: None)
    load_people(seed=1, today=TODAY, size=100, progress=lambda done, total: None)
    rights = {
        "petugas.pupr": "cases.handle",
        "kepala.pupr": "cases.assign",
        "petugas.disdukcapil": "cases.handle",
        "kepala.disdukcapil": "services.design",
        "petugas.dpmptsp": "cases.handle",
        "kepala.dpmptsp": "services.decide",
        "petugas.dlh": "cases.handle",
        "kepala.kominfo": "services.decide",
        "meja.pusat": "complaints.rules",
        "loket": "complaints.enter",
        "sekda": "cases.desk",
        "walikota": "cases.desk",
        "inspektur": "cases.see_secret",
        "operator": "settings.edit",
    }
    listed = sign_ins()

    assert {row.email.split("@")[0] for row in listed} == set(rights)
    for row in listed:
        user = User.objects.get(email=row.email)
        stored = Authenticator.objects.get(user=user).data["secret"]
        assert check_password(PASSWORD, user.password)
        assert get_adapter().decrypt(stored) == row.secret
        assert row.code == format_hotp_value(hotp_value(row.secret, int(clock.now().timestamp()) // 30))
        assert authority_of(user=user, at=clock.now()).may(rights[row.email.split("@")[0]])
    # nobody else can sign in
    assert User.objects.exclude(password__startswith="!").count() == len(listed)
