"""The pages, as strangers, holders and staff meet them."""

import re
from dataclasses import replace
from datetime import timedelta
from threading import BoundedSemaphore
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from balai.foundation.calendar import clock
from balai.foundation.documents import authority, checking, issuing, limits, queries
from balai.foundation.documents.actions import drop_document, request_document, revoke_document
from balai.foundation.documents.contributions import DocumentGuard, DocumentTemplateOffer
from balai.foundation.documents.making import Paper, scanned_text
from balai.foundation.documents.models import DocumentTemplate, DocumentTemplateVersion, IssuedDocument
from balai.foundation.documents.tests.samples import DATA, SOURCE
from balai.foundation.documents.tests.test_issuing import OFFER, STAFF
from balai.foundation.events.models import Event
from balai.foundation.jobs.models import Job
from balai.foundation.units.tests.city import Town, build_town
from balai.foundation.web.queries import city_face

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

LOOKS: list[tuple[int | None, int]] = []


def _looked(request: HttpRequest, document: IssuedDocument) -> None:
    LOOKS.append((request.user.pk, document.pk))


@pytest.fixture
def town(db: None, monkeypatch: pytest.MonkeyPatch) -> Town:
    LOOKS.clear()
    given: dict[type, list[Any]] = {
        DocumentTemplateOffer: [OFFER],
        DocumentGuard: [
            DocumentGuard(owner_kind="thing", may_see=lambda request, document: "key" in request.GET, looked=_looked)
        ],
    }
    monkeypatch.setattr(queries, "contributions", lambda kind: given.get(kind, []))
    authority.make_authority(organization="Pemkot Malang", at=clock.now())
    return build_town()


@pytest.fixture
def issued(town: Town) -> IssuedDocument:
    document = _request()
    assert issuing.issue(document_id=document.pk, at=clock.now()) is None
    document.refresh_from_db()
    return document


def _request(number: str = "400/1/2026", **changes: Any) -> IssuedDocument:
    given: dict[str, Any] = {
        "template": "domicile",
        "number": number,
        "data": DATA,
        "owner_kind": "thing",
        "owner_id": 7,
        "resident_id": None,
        "actor": STAFF,
        "at": clock.now(),
    }
    return request_document(**given | changes)


def _as(town: Town, who: str) -> Client:
    client = Client()
    client.force_login(town.people[who], backend=BACKEND)
    session = client.session
    session["second_factor"] = True
    session.save()
    return client


def _text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_code_shows_what_everybody_may_know(client: Client, issued: IssuedDocument) -> None:
    answer = client.get(reverse("documents:check", args=[issued.check_code.lower()]))
    said = _text(answer)
    assert answer.status_code == 200
    for word in ("Surat keterangan domisili", issued.number, DATA["unit"], "Berlaku", "S••• R••••••"):
        assert word in said
    for secret in (DATA["holder"], DATA["nik"], DATA["address"]):
        assert secret not in said


def test_an_unknown_code_is_said_to_be_unknown(client: Client, issued: IssuedDocument) -> None:
    answer = client.get(reverse("documents:check", args=["AAAA-BBBB-CCCC"]))
    assert answer.status_code == 404
    assert "AAAA-BBBB-CCCC" in _text(answer)
    pending = _request("400/2/2026")
    assert client.get(reverse("documents:check", args=[pending.check_code])).status_code == 404


def test_a_revoked_document_tells_the_reason(client: Client, issued: IssuedDocument) -> None:
    revoke_document(document_id=issued.pk, reason="Alamat keliru.", actor=STAFF, at=clock.now())
    said = _text(client.get(reverse("documents:check", args=[issued.check_code])))
    assert "Dicabut" in said
    assert "Alamat keliru." in said


def test_an_expired_document_says_so(client: Client, town: Town) -> None:
    document = _request(valid_until=(clock.now() - timedelta(days=2)).date())
    issuing.issue(document_id=document.pk, at=clock.now())
    assert "Kedaluwarsa" in _text(client.get(reverse("documents:check", args=[document.check_code])))


def test_a_forged_square_code_is_noticed(client: Client, issued: IssuedDocument) -> None:
    def seal(number: str) -> str:
        paper = Paper(
            number=number, template="domicile", unit="", data=DATA, check_code=issued.check_code, valid_until=None
        )
        return scanned_text(paper=paper, face=city_face(), at=clock.now())[1]

    address = reverse("documents:check", args=[issued.check_code])
    good = seal(issued.number)
    assert "dipalsukan" not in _text(client.get(address, {"s": good}))
    assert "milik kami" in _text(client.get(address, {"s": good}))
    assert "dipalsukan" in _text(client.get(address, {"s": "A" + good[1:] if good[0] != "A" else "B" + good[1:]}))
    # a true seal of another document, printed beside this code
    assert "dipalsukan" in _text(client.get(address, {"s": seal("400/9/2026")}))


def _upload(client: Client, content: bytes, name: str = "surat.pdf") -> Any:
    return client.post(reverse("documents:verify"), {"file": SimpleUploadedFile(name, content, "application/pdf")})


def test_a_file_is_judged(client: Client, issued: IssuedDocument) -> None:
    content = bytearray(default_storage.open(issued.stored).read())
    said = _text(_upload(client, bytes(content)))
    assert "Asli" in said
    assert issued.number in said
    assert "mencakup seluruh berkas" in said
    place = content.index(b"stream", 5000) + 30
    content[place] ^= 1
    said = _text(_upload(client, bytes(content)))
    assert "Tidak asli" in said
    assert "rusak" in said
    # whose certificate it is was not looked at
    assert "sertifikat tidak kami kenal" not in said
    assert "sertifikat dipercaya" not in said


@pytest.mark.parametrize(("content", "word"), [(b"", "kosong"), (b"GIF89a", "bukan PDF"), (b"%PDF-1.4 x", "rusak")])
def test_what_is_no_document_is_refused_in_words(client: Client, town: Town, content: bytes, word: str) -> None:
    answer = _upload(client, content)
    assert answer.status_code == 422
    said = _text(answer)
    # above the form, and beside the field
    assert said.count(word) == 2
    assert "Belum diperiksa" in said
    assert "tersimpan" not in said
    assert client.post(reverse("documents:verify")).status_code == 422


def test_a_file_that_is_too_large_is_refused(client: Client, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "MOST_BYTES", 10)
    assert "50 MB" in _text(_upload(client, b"%PDF-1.4 and more"))


def test_a_typed_code_leads_to_its_page(client: Client, issued: IssuedDocument) -> None:
    typed = f" {issued.check_code[:4].lower()} {issued.check_code[4:]}"
    answer = client.get(reverse("documents:verify"), {"code": typed})
    assert answer["Location"] == reverse("documents:check", args=[issued.check_code])
    assert client.get(reverse("documents:verify"), {"code": f"🚀{typed}."})["Location"] == answer["Location"]
    assert client.get(reverse("documents:verify"), {"code": ""}).status_code == 200
    said = _text(client.get(reverse("documents:verify"), {"code": "AB🚀CD-efgh"}, follow=True))
    assert "kode ABCD-EFGH." in said
    assert "dua belas huruf dan angka" in _text(client.get(reverse("documents:check", args=["🚀"])))
    assert client.get(reverse("documents:verify"), {"code": "--"}, follow=True).status_code == 404


def test_one_address_is_limited(client: Client, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FILES_AN_HOUR", 2)
    monkeypatch.setattr(limits, "CODES_AN_HOUR", 2)
    assert [_upload(client, b"").status_code for _ in range(3)] == [422, 422, 429]
    address = reverse("documents:check", args=["AAAABBBBCCCC"])
    assert [client.get(address).status_code for _ in range(3)] == [404, 404, 429]


def test_the_file_is_for_whom_the_guard_lets_in(client: Client, issued: IssuedDocument) -> None:
    address = reverse("documents:download", args=[issued.pk])
    assert client.get(address).status_code == 404
    answer = client.get(address, {"key": "1"})
    assert answer["Content-Disposition"] == 'attachment; filename="400-1-2026.pdf"'
    assert answer["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    assert [(None, issued.pk)] == LOOKS
    assert client.get(reverse("documents:download", args=[10_000]), {"key": "1"}).status_code == 404


def test_nobody_guards_an_unknown_kind(client: Client, town: Town) -> None:
    document = _request(owner_kind="other")
    assert client.get(reverse("documents:download", args=[document.pk]), {"key": "1"}).status_code == 404


def test_the_owner_s_room_is_told_of_every_look(town: Town, issued: IssuedDocument) -> None:
    officer = _as(town, "handler")
    address = reverse("documents:download", args=[issued.pk])
    assert officer.head(address, {"key": "1"}).status_code == 200
    assert LOOKS == []
    answer = officer.get(address, {"key": "1"})
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    assert [(town.people["handler"].pk, issued.pk)] == LOOKS


def test_what_is_not_ready_is_not_handed_out(client: Client, town: Town, issued: IssuedDocument) -> None:
    pending = _request("400/2/2026")
    assert client.get(reverse("documents:download", args=[pending.pk]), {"key": "1"}).status_code == 202
    revoke_document(document_id=issued.pk, reason="x", actor=STAFF, at=clock.now())
    answer = client.get(reverse("documents:download", args=[issued.pk]), {"key": "1"})
    assert answer["Location"] == reverse("documents:check", args=[issued.check_code])


# ---- staff

EDIT = "/settings/documents/templates/domicile/"


def _form(source: str = SOURCE, **changes: Any) -> dict[str, Any]:
    return {"source": source, "sample": '{"holder": "A", "nik": "1", "address": "B"}', "revision": "0", **changes}


def test_only_who_may_edit_comes_in(town: Town, client: Client) -> None:
    for address in ("/settings/documents/", EDIT, "/settings/documents/issued/"):
        assert client.get(address).status_code == 302
        assert _as(town, "handler").get(address).status_code == 403
        assert _as(town, "operator").get(address).status_code == 200


def test_a_template_is_shown_with_its_first_page(town: Town) -> None:
    answer = _as(town, "operator").get(EDIT)
    assert b"data:image/png;base64,iVBOR" in answer.content
    assert "Surat keterangan domisili" in _text(answer)
    # looking makes no rows
    assert not DocumentTemplate.objects.exists()
    assert _as(town, "operator").get("/settings/documents/templates/nothing/").status_code == 404


def test_a_mistake_is_shown_with_its_line_and_is_not_published(town: Town) -> None:
    operator = _as(town, "operator")
    broken = SOURCE + "\n#data.nothing\n"
    answer = operator.post(EDIT, _form(broken, preview="1"))
    assert f"Baris {SOURCE.count(chr(10)) + 2} templat" in _text(answer)
    assert not DocumentTemplate.objects.exists()
    answer = operator.post(EDIT, _form(broken, publish="1"))
    assert answer.status_code == 422
    template = DocumentTemplate.objects.get()
    assert (template.draft, template.live.number) == (broken, 1)  # type: ignore[union-attr]
    assert template.live.source == SOURCE  # type: ignore[union-attr]


def test_a_preview_for_a_script_is_only_the_preview(town: Town) -> None:
    answer = _as(town, "operator").post(EDIT, _form(preview="1"), headers={"HX-Request": "true"})
    assert answer.content.strip().startswith(b'<div id="preview"')


def test_a_draft_is_kept_and_then_published(town: Town) -> None:
    operator = _as(town, "operator")
    mine = SOURCE.replace("di bawah ini", "berikut ini")
    assert operator.post(EDIT, _form(mine.replace("\n", "\r\n"), keep="1")).status_code == 302
    template = DocumentTemplate.objects.get()
    assert template.draft == mine
    assert operator.post(EDIT, _form(mine, revision=str(template.revision), publish="1")).status_code == 302
    version = DocumentTemplateVersion.objects.order_by("-number").first()
    assert version is not None
    assert (version.number, version.source, version.published_by) == (2, mine, town.people["operator"])
    assert "berikut ini" in _text(operator.get(f"{EDIT}2/"))
    assert operator.get(f"{EDIT}9/").status_code == 404
    assert "Versi 2" in _text(operator.get(EDIT))
    assert _request().template_version == version


def test_two_editors_at_once_lose_nothing(town: Town) -> None:
    operator = _as(town, "operator")
    operator.post(EDIT, _form("= Satu", keep="1"))
    answer = operator.post(EDIT, _form("= Dua", revision="1", keep="1"))
    assert answer.status_code == 409
    assert "= Dua" in answer.content.decode()
    assert DocumentTemplate.objects.get().draft == "= Satu"
    # the next save counts from what is stored now
    revision = re.search(r'name="revision" value="(\d+)"', answer.content.decode())
    assert revision is not None
    assert operator.post(EDIT, _form("= Dua", revision=revision[1], keep="1")).status_code == 302


@pytest.mark.parametrize("sample", ["{", "[1]", "[" * 5000])
def test_sample_data_must_be_an_object(town: Town, sample: str) -> None:
    assert _as(town, "operator").post(EDIT, _form(sample=sample, preview="1")).status_code == 422


def test_the_whole_city_s_template_is_not_one_agency_s(town: Town) -> None:
    head = _as(town, "head")
    assert head.get(EDIT).status_code == 200
    assert head.post(EDIT, _form(keep="1")).status_code == 403
    DocumentTemplate.objects.create(
        slug="ours", name_id="Milik kami", name_en="Ours", draft="= A", unit=town.units["works"]
    )
    assert head.post("/settings/documents/templates/ours/", _form(preview="1")).status_code == 200
    DocumentTemplate.objects.create(
        slug="theirs", name_id="Milik lain", name_en="Theirs", draft="= A", unit=town.units["desk"]
    )
    assert head.post("/settings/documents/templates/theirs/", _form(preview="1")).status_code == 403


def test_an_offer_may_be_one_agency_s(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    offer = replace(OFFER, unit="works")
    monkeypatch.setattr(queries, "contributions", lambda kind: [offer] if kind is DocumentTemplateOffer else [])
    assert "Dinas works" in _text(_as(town, "head").get("/settings/documents/"))
    assert _as(town, "head").post(EDIT, _form(keep="1")).status_code == 302
    assert DocumentTemplate.objects.get().unit == town.units["works"]


def test_a_failed_document_is_shown_and_tried_again(town: Town) -> None:
    document = _request()
    issuing.note_problem(
        document_id=document.pk,
        problem=issuing.Problem(text="certificate_expired: 2026-01-01", is_temporary=False),
        at=clock.now(),
    )
    operator = _as(town, "operator")
    said = _text(operator.get("/settings/documents/issued/"))
    assert document.number in said
    assert "2026-01-01" in said
    assert document.number not in _text(_as(town, "head").get("/settings/documents/issued/"))
    # the whole city's watch sees it without looking for it
    assert "1 dokumen gagal dibuat" in _text(_as(town, "mayor").get(reverse("units:neglect")))
    assert operator.get("/healthz").json()["documents"] == {"failed": 1}
    again = reverse("documents:retry", args=[document.pk])
    assert _as(town, "head").post(again).status_code == 403
    before = Job.objects.count()
    operator.post(again)
    operator.post(again)
    document.refresh_from_db()
    assert document.state == "pending"
    assert Job.objects.count() == before + 1


def test_what_was_dropped_before_it_was_made_asks_for_nothing(town: Town) -> None:
    document = _request()
    for _again in range(2):
        drop_document(document_id=document.pk, reason="Diputus lain.", actor=STAFF, at=clock.now())
    assert Event.objects.filter(kind="DocumentDropped").count() == 1
    operator = _as(town, "operator")
    assert document.number not in _text(operator.get("/settings/documents/issued/"))
    found = _text(operator.get("/settings/documents/issued/", {"q": document.number}))
    assert "sudah diputuskan lain" in found
    assert operator.get("/healthz").json()["documents"] == {"failed": 0}
    operator.post(reverse("documents:retry", args=[document.pk]))
    assert issuing.issue(document_id=document.pk, at=clock.now()) is None
    document.refresh_from_db()
    assert (document.state, document.is_dropped) == ("failed", True)


def test_a_document_is_found_and_revoked(town: Town, issued: IssuedDocument) -> None:
    operator = _as(town, "operator")
    for asked in (issued.number, issued.check_code.lower()):
        assert "Cabut dokumen" in _text(operator.get("/settings/documents/issued/", {"q": asked}))
    assert "Tidak ada dokumen" in _text(operator.get("/settings/documents/issued/", {"q": "x"}))
    assert "Tidak ada dokumen" in _text(_as(town, "head").get("/settings/documents/issued/", {"q": issued.number}))
    address = reverse("documents:revoke", args=[issued.pk])
    assert _as(town, "head").post(address, {"reason": "x"}).status_code == 403
    assert operator.post(address, {"reason": " "}).status_code == 422
    assert operator.post(address, {"reason": "Alamat keliru."}).status_code == 302
    operator.post(address, {"reason": "Lagi."})
    issued.refresh_from_db()
    assert (issued.state, issued.revoke_reason) == ("revoked", "Alamat keliru.")


def test_a_busy_checker_says_so(client: Client, issued: IssuedDocument, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_turns", BoundedSemaphore(1))
    monkeypatch.setattr(checking, "WAIT_SECONDS", 0.01)
    with checking._turns:
        answer = _upload(client, default_storage.open(issued.stored).read())
    assert answer.status_code == 422
    assert "Coba lagi sebentar lagi" in _text(answer)


def test_programs_check_by_code_and_by_file(client: Client, issued: IssuedDocument) -> None:
    said = client.get(f"/api/documents/{issued.check_code.lower()}").json()
    assert (said["number"], said["standing"], said["sha256"]) == (issued.number, "valid", issued.sha256)
    assert DATA["holder"] not in said["holder"]
    missing = client.get("/api/documents/AAAABBBBCCCC")
    assert missing.status_code == 404
    assert missing["Content-Type"].startswith("application/problem+json")

    def judge(content: bytes) -> Any:
        return client.post("/api/documents/check", {"file": SimpleUploadedFile("a.pdf", content, "application/pdf")})

    content = bytearray(default_storage.open(issued.stored).read())
    good = judge(bytes(content)).json()
    assert (good["verdict"], good["document"]["number"]) == ("genuine", issued.number)
    assert all(each["intact"] and each["whole_file"] for each in good["signatures"])
    content[content.index(b"stream", 5000) + 30] ^= 1
    assert judge(bytes(content)).json()["verdict"] == "changed"
    refused = judge(b"GIF89a")
    assert (refused.status_code, refused.json()["code"]) == (422, "not_pdf")
    revoke_document(document_id=issued.pk, reason="Alamat keliru.", actor=STAFF, at=clock.now())
    assert client.get(f"/api/documents/{issued.check_code}").json()["standing"] == "revoked"
