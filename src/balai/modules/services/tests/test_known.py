"""What a browser knows of a person is filled in only for whoever says that it is them: telephones are shared."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from balai.modules.services.models import Application
from balai.modules.services.queries.applications import answers_of
from balai.modules.services.tests.applicants import APPLICANT
from balai.modules.services.tests.conftest import Hall
from balai.modules.services.tests.test_information_report import ask

pytestmark = pytest.mark.django_db
START = ("services:apply", "ktp-el")


def begun(client: Client, **given: Any) -> dict[str, Any]:
    assert client.post(reverse(START[0], args=[START[1]]), given).status_code == 302
    return answers_of(Application.objects.latest("pk"))


def test_nothing_is_filled_in_without_being_asked(hall: Hall, english: Client, now: Any) -> None:
    address = reverse(START[0], args=[START[1]])
    assert 'name="known"' not in english.get(address).content.decode()
    ask(english)
    page = english.get(address).content.decode()
    assert 'name="known"' in page
    # initials only: whoever else holds the telephone learns no name
    assert "S…" in page
    assert APPLICANT["nama"] not in page
    assert begun(english) == {}
    assert begun(english, known="1")["nik"] == APPLICANT["nik"]
    # another browser knows nobody, whatever it says
    assert begun(Client(), known="1") == {}
