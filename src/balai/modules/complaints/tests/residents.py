"""A resident at the browser: opens the form, fills it in, keeps what the pages give."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import time_machine
from django.test import Client
from django.urls import reverse

from balai.engines.cases.models import Case
from balai.modules.complaints.tests.small_city import IN_BARAT_DAYA

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def hidden(page: bytes, *, action: str = "") -> dict[str, Any]:
    """Return the hidden fields of a page (of the form with ``action``); doubled names become lists."""
    text = page.decode()
    if action:
        text = text[text.index(f'action="{action}"') :].split("</form>")[0]
    found: dict[str, Any] = {}
    for name, escaped in HIDDEN.findall(text):
        value = unescape(escaped)
        if name in found:
            found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
        else:
            found[name] = value
    return found


def words(**changes: Any) -> dict[str, Any]:
    """Return a good report, with changes."""
    lat, lon = IN_BARAT_DAYA
    return {
        "text": "Jalan rusak dan berlubang di depan sekolah.",
        "category": "road",
        "privacy": "named",
        "lat": f"{lat:.6f}",
        "lon": f"{lon:.6f}",
        "place_words": "Depan SDN 1",
        "name": "",
        "phone": "",
        "email": "",
        "nik": "",
        "website": "",
        "village": "",
        **changes,
    }


def open_form(client: Client, now: time_machine.Traveller) -> str:
    """Open the form, wait as long as a person needs, and return its hidden key."""
    page = client.get(reverse("complaints:new"))
    assert page.status_code == 200
    now.shift(timedelta(seconds=30))
    return str(hidden(page.content)["key"])


def send(client: Client, now: time_machine.Traveller, **changes: Any) -> Case:
    """Send a report as a browser without script does, and return what became of it."""
    key = open_form(client, now)
    answer = client.post(reverse("complaints:new"), {**words(**changes), "key": key, "step": "send"})
    assert answer.status_code == 302, re.sub(r"<[^>]+>", "", answer.content.decode())
    return Case.objects.latest("id")


def code_of(client: Client) -> str:
    """Return the code that the thanks page shows."""
    page = client.get(reverse("complaints:thanks")).content.decode()
    found = re.search(r'c-number__code"[^>]*>([A-Z0-9]{8})<', page)
    return found[1] if found else ""
