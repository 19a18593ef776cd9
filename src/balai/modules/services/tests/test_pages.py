"""What the pages of an application say: the right words, the way on, and nothing that leads nowhere."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from balai.modules.services.tests.applicants import APPLICANT, SIGNED, apply_for_card, begin, fill, revision_on, step_of
from balai.modules.services.tests.conftest import Hall

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class People:
    """Both sides of an application, with the means to make photos."""

    applicant: Client
    officer: Client
    photo: Callable[..., Any]


@pytest.fixture
def people(hall: Hall, english: Client, signed_in: Callable[[Any], Client], photo: Any, now: Any) -> People:
    """An applicant and an officer, on a Wednesday morning."""
    return People(english, signed_in(hall.officer), photo)


def test_the_check_leads_to_every_step_and_back(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    code = begin(english, "ktp-el")
    fill(english, code, "pemohon", **APPLICANT)
    fill(english, code, "permohonan", jenis="baru", lahir="1990-01-01", kk="3573010101900001")
    fill(english, code, "berkas", foto_kk=photo())
    fill(english, code, "pernyataan", **SIGNED)
    check = reverse("services:check", args=[code])
    page = english.get(check).content.decode()
    for step in ("pemohon", "permohonan", "berkas", "pernyataan"):
        address = f"{reverse('services:step', args=[code, step])}?check=1"
        assert f'href="{address}"' in page
        assert english.get(address).status_code == 200
    # nothing on the page leads back to the page itself
    assert f'href="{reverse("services:draft", args=[code])}"' not in page
    address = f"{reverse('services:step', args=[code, 'pemohon'])}?check=1"
    form = english.get(address)
    assert f'action="{address}"' in form.content.decode()
    changed = english.post(address, {"revision": revision_on(form), **APPLICANT, "nama": "Siti Aminah Putri"})
    assert changed["Location"] == check
    assert "Siti Aminah Putri" in english.get(check).content.decode()


def test_the_check_leads_to_steps_that_say_nothing_yet(hall: Hall, english: Client, now: Any) -> None:
    code = begin(english, "kartu-keluarga")
    fill(english, code, "pemohon", **APPLICANT)
    page = english.get(reverse("services:check", args=[code])).content.decode()
    assert f"{reverse('services:step', args=[code, 'berkas'])}?check=1" in page
    assert "Nothing filled in." in page


@pytest.mark.parametrize("language", ["id", "en"])
def test_an_application_is_never_called_a_report(hall: Hall, people: People, language: str) -> None:
    english, desk = people.applicant, people.officer
    case = apply_for_card(english, people.photo)
    step_of(desk, case, "return", reason="unreadable", text="Foto buram.")
    english.post(
        reverse("services:own_change", args=[case.reference, "add"]), {"seq": str(case.seq), "text": "Sebentar ya."}
    )
    english.post(reverse("services:own_change", args=[case.reference, "withdraw"]), {"seq": str(case.seq + 1)})
    case.refresh_from_db()
    assert case.state == "withdrawn"
    for browser in (english, desk):
        browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    desk_page = reverse("services_desk:case", args=[case.reference])
    pages = {
        name: page.content.decode()
        for name, page in {
            "sent": english.get(reverse("services:sent")),
            "own": english.get(reverse("services:own", args=[case.reference])),
            "desk": desk.get(desk_page),
            "contact": desk.post(reverse("services_desk:contact", args=[case.reference]), {"reason": "Menelepon"}),
            "inbox": desk.get(reverse("services_desk:inbox"), {"q": "tidak ada"}),
            "undo": desk.get(reverse("services_desk:undo", args=[case.reference, 3])),
        }.items()
    }
    assert {name for name, page in pages.items() if "<main" not in page} == set()
    words = r"\b(laporan|pelapor|pendukung)" if language == "id" else r"\b(reports?|reporter|supporters)\b"
    mains = {name: page.split("<main", 1)[1].split("</main>", 1)[0] for name, page in pages.items()}
    assert {name: re.findall(words, main, re.IGNORECASE) for name, main in mains.items()} == {
        name: [] for name in mains
    }
    assert ("Dicabut oleh pemohon" if language == "id" else "Withdrawn by the applicant") in mains["desk"]
