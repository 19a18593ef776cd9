"""What was accepted once need not be sent again; by whoever may open it, and by nobody else."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balai.engines.cases.models import Case
from balai.foundation.calendar import clock
from balai.foundation.files.models import Attachment
from balai.foundation.files.processing import process_attachment
from balai.modules.services.models import Application, ApplicationDocument
from balai.modules.services.tests.applicants import (
    APPLICANT,
    SIGNED,
    apply_for_card,
    begin,
    fill,
    revision_on,
    send,
)
from balai.modules.services.tests.conftest import Hall

pytestmark = pytest.mark.django_db
OFFER = "Use this one again"


@pytest.fixture
def accepted(
    hall: Hall, english: Client, signed_in: Callable[[Any], Client], photo: Any, now: Any
) -> ApplicationDocument:
    """An application of this browser, whose family card an officer accepted."""
    case = apply_for_card(english, photo)
    document = ApplicationDocument.objects.get(application__case=case, slug="foto_kk")
    judge = reverse("services_desk:judge", args=[case.reference, document.pk])
    assert signed_in(hall.officer).post(judge, {"verdict": "accept"}).status_code == 302
    now.shift(timedelta(days=20))
    document.refresh_from_db()
    return document


def at_the_files(client: Client) -> str:
    """Begin another application and come as far as its files; return the code."""
    code = begin(client, "ktp-el")
    fill(client, code, "pemohon", **APPLICANT)
    fill(client, code, "permohonan", jenis="baru", lahir="1990-01-01", kk="3573010101900001")
    return code


def test_an_accepted_document_is_offered_and_used(accepted: ApplicationDocument, english: Client) -> None:
    code = at_the_files(english)
    address = reverse("services:step", args=[code, "berkas"])
    page = english.get(address)
    case = accepted.application.case
    assert case is not None
    assert f"application {case.reference}" in page.content.decode()
    again = english.post(address, {"revision": revision_on(page), "reuse": "foto_kk"})
    assert again.status_code == 200
    # it is answered, so it is not offered any more
    assert OFFER not in again.content.decode()
    old = Attachment.objects.get(key=accepted.tokens[0])
    copy = Attachment.objects.exclude(pk=old.pk).get(owner_kind="application")
    assert str(copy.key) in again.content.decode()
    assert copy.sha256 == old.sha256
    # bytes of its own: the first may be deleted
    assert process_attachment(attachment_id=old.pk) == "ready"
    with copy.open_received() as kept:
        assert sha256(kept.read()).hexdigest() == old.sha256
    fill(english, code, "berkas", **{"foto_kk.kept": str(copy.key)})
    fill(english, code, "pernyataan", **SIGNED)
    fresh = send(english, code)
    document = ApplicationDocument.objects.get(application__case=fresh)
    # what was true then is looked at again
    assert (document.state, document.tokens) == ("given", [str(copy.key)])
    assert Case.objects.count() == 2


def test_whoever_cannot_open_it_cannot_use_it(
    accepted: ApplicationDocument, hall: Hall, signed_in: Callable[[Any], Client], now: Any
) -> None:
    stranger = Client()
    code = at_the_files(stranger)
    address = reverse("services:step", args=[code, "berkas"])
    page = stranger.get(address)
    case = accepted.application.case
    assert case is not None
    assert case.reference not in page.content.decode()
    stranger.post(address, {"revision": revision_on(page), "reuse": "foto_kk"})
    assert Attachment.objects.filter(owner_kind="application").count() == 1
    # not by an officer for somebody else either, though the officer may see both
    desk = signed_in(hall.officer)
    begun = desk.post(reverse("services_desk:enter"), {"service": "ktp-el"})
    code = str(begun["Location"]).rstrip("/").split("/")[-1]
    assert OFFER not in desk.get(reverse("services:step", args=[code, "berkas"])).content.decode()


@pytest.mark.parametrize("spoilt", ["given", "refused", "old", "lost", "other question"])
def test_what_is_not_offered(accepted: ApplicationDocument, english: Client, now: Any, spoilt: str) -> None:
    if spoilt in ("given", "refused"):
        ApplicationDocument.objects.update(state=spoilt, reason="Buram")
    elif spoilt == "old":
        now.shift(timedelta(days=9))
        ApplicationDocument.objects.update(decided_at=clock.now() - timedelta(days=366))
    elif spoilt == "lost":
        Attachment.objects.update(state="refused", reason="damaged")
    else:
        ApplicationDocument.objects.update(slug="foto_lain")
    code = at_the_files(english)
    page = english.get(reverse("services:step", args=[code, "berkas"]))
    assert OFFER not in page.content.decode()
    # asked all the same, nothing comes of it
    english.post(reverse("services:step", args=[code, "berkas"]), {"revision": revision_on(page), "reuse": "foto_kk"})
    draft = Application.objects.get(case=None)
    assert not Attachment.objects.filter(owner_id=draft.pk).exists()


def test_bytes_that_are_gone_are_said(accepted: ApplicationDocument, english: Client) -> None:
    old = Attachment.objects.get(key=accepted.tokens[0])
    assert process_attachment(attachment_id=old.pk) == "ready"
    old.refresh_from_db()
    default_storage.delete(old.stored)
    code = at_the_files(english)
    address = reverse("services:step", args=[code, "berkas"])
    page = english.post(address, {"revision": revision_on(english.get(address)), "reuse": "foto_kk"})
    assert "cannot be read any more" in page.content.decode()
    assert Attachment.objects.filter(owner_kind="application").count() == 1


def test_only_a_step_with_files_looks(accepted: ApplicationDocument, english: Client) -> None:
    code = at_the_files(english)
    counts = {}
    for step in ("pemohon", "berkas"):
        address = reverse("services:step", args=[code, step])
        # a browser that opened nothing before, and this one
        for client in (Client(), english):
            client.get(address)
            with CaptureQueriesContext(connection) as made:
                client.get(address)
            counts[step, client is english] = len(made)
    assert counts["pemohon", True] == counts["pemohon", False]
    # the documents, and their files
    assert counts["berkas", True] == counts["berkas", False] + 2


def test_copies_count_as_files(accepted: ApplicationDocument, english: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("balai.modules.services.views._draft.FILES_AN_HOUR", 0)
    address = reverse("services:step", args=[at_the_files(english), "berkas"])
    page = english.post(address, {"revision": revision_on(english.get(address)), "reuse": "foto_kk"})
    assert "Too many files from this address" in page.content.decode()
    assert Attachment.objects.filter(owner_kind="application").count() == 1
