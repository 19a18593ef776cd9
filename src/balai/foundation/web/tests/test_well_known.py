"""What programs ask a site for at fixed addresses."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from balai.foundation.calendar import clock

pytestmark = pytest.mark.django_db
SECURITY = "/.well-known/security.txt"


def test_the_security_contact_follows_the_rfc(client: Client, settings: Any) -> None:
    settings.BALAI_SECURITY_CONTACT = "aman@kota.go.id, https://kota.go.id/lapor-celah"
    settings.BALAI_BASE_URL = "https://lapor.kota.go.id"
    answer = client.get(SECURITY)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    fields = [line.split(": ", 1) for line in answer.content.decode().splitlines()]
    assert [value for name, value in fields if name == "Contact"] == [
        "mailto:aman@kota.go.id",
        "https://kota.go.id/lapor-celah",
    ]
    once = {name: value for name, value in fields if name != "Contact"}
    assert once["Canonical"] == f"https://lapor.kota.go.id{SECURITY}"
    assert once["Preferred-Languages"] == "id, en"
    expires = datetime.strptime(once["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(days=90) < expires - clock.now() < timedelta(days=365)


def test_without_a_contact_there_is_no_such_file(client: Client, settings: Any) -> None:
    settings.BALAI_SECURITY_CONTACT = " , "
    assert client.get(SECURITY).status_code == 404


def test_search_engines_leave_the_office_and_a_demonstration_alone(client: Client, settings: Any) -> None:
    assert client.get("/robots.txt").content.decode().splitlines()[0] == "User-agent: *"
    assert "Disallow: /desk/" in client.get("/robots.txt").content.decode().splitlines()
    settings.BALAI_DEMO = True
    assert client.get("/robots.txt").content.decode() == "User-agent: *\nDisallow: /\n"


@pytest.mark.parametrize(
    ("language", "said"), [("id", "Kode dan nama provinsi"), ("en", "Codes and names of provinces")]
)
def test_the_about_page_credits_the_data_of_others(client: Client, language: str, said: str) -> None:
    client.cookies["django_language"] = language
    page = client.get("/about/").content.decode()
    assert said in page
    assert "idn-area-data" in page
    assert 'href="https://opendatacommons.org/licenses/odbl/1-0/"' in page
