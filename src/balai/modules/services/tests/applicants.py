"""Short words for what an applicant does on the pages."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from balai.engines.cases.models import Case

APPLICANT = {
    "nama": "Siti Aminah",
    "nik": "3573014101900001",
    "telepon": "0812 3456 7890",
    "surel": "siti@contoh.example",
    "alamat.words": "Jl. Ijen 1",
    "alamat.village": "35.73.01.1001",
}
SIGNED = {"tanda_tangan.name": "Siti Aminah", "tanda_tangan.agreed": "on"}


def begin(client: Client, slug: str) -> str:
    """Begin an application and return the code of the draft."""
    response = client.post(reverse("services:apply", args=[slug]))
    assert response.status_code == 302, response.content[:500]
    return str(response["Location"]).rstrip("/").split("/")[-1]


def revision_on(page: Any) -> str:
    """Return the revision that a page carries."""
    found = re.search(r'name="revision" value="(\d+)"', page.content.decode())
    assert found is not None
    return found[1]


def fill(client: Client, code: str, step: str, **given: Any) -> Any:
    """Send one step as a browser does: with the revision that the page carried."""
    address = reverse("services:step", args=[code, step])
    page = client.get(address)
    return client.post(address, {"revision": revision_on(page), **given})


def send(client: Client, code: str) -> Case:
    """Send the draft, and return the matter."""
    address = reverse("services:check", args=[code])
    page = client.get(address)
    response = client.post(address, {"revision": revision_on(page)})
    assert response.status_code == 302, re.findall(r"<li>.*?</li>", response.content.decode())[:9]
    return Case.objects.latest("id")


def apply_for_card(client: Client, photo: Any, **changes: Any) -> Case:
    """Apply for an identity card, with everything that it needs."""
    code = begin(client, "ktp-el")
    fill(client, code, "pemohon", **APPLICANT | changes)
    fill(client, code, "permohonan", jenis="baru", lahir="1990-01-01", kk="3573010101900001")
    fill(client, code, "berkas", foto_kk=photo())
    fill(client, code, "pernyataan", **SIGNED)
    return send(client, code)


def step_of(desk: Client, case: Case, change: str, **given: Any) -> Any:
    """Make a change at the desk, and return the page that follows."""
    case.refresh_from_db()
    response = desk.post(
        reverse("services_desk:change", args=[case.reference, change]), {"seq": str(case.seq), **given}, follow=True
    )
    case.refresh_from_db()
    return response
