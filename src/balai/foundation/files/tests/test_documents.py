"""PDFs: what is taken, what is taken out of them, and how they are handed out."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.test import Client
from django.utils import translation

from balai.foundation.files import actions, queries, rules
from balai.foundation.files._documents import make_document_anew
from balai.foundation.files.actions import UploadRefused
from balai.foundation.files.contributions import FileGuard
from balai.foundation.files.models import Attachment
from balai.foundation.files.processing import process_attachment
from balai.foundation.files.rules import Unfit
from balai.foundation.files.tests.documents import SECRET, armed, pdf
from balai.foundation.files.tests.pictures import photo

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 27, 7, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "files")},
        },
    }


def receive(content: bytes, name: str = "Surat Pak RT.pdf", *, for_later: bool = False) -> Attachment:
    return actions.receive_upload(upload=SimpleUploadedFile(name, content), for_later=for_later, at=AT)


def saved(content: bytes, *, public: bool = True) -> Attachment:
    (attachment,) = actions.save_attachments(
        attachments=[receive(content)], owner_kind="case", owner_id=7, public=public, at=AT
    )
    process_attachment(attachment_id=attachment.pk)
    attachment.refresh_from_db()
    return attachment


def refusal(content: bytes, name: str = "surat.pdf") -> UploadRefused:
    with pytest.raises(UploadRefused) as refused:
        receive(content, name)
    return refused.value


def laid_open(content: bytes) -> bytes:
    """Return a PDF with nothing packed, so that whatever it holds can be read."""
    out = BytesIO()
    with pikepdf.open(BytesIO(content)) as opened:
        opened.save(
            out,
            stream_decode_level=pikepdf.StreamDecodeLevel.all,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            compress_streams=False,
        )
    return out.getvalue()


def test_what_acts_hides_or_tells_is_gone_and_the_pages_stay() -> None:
    dangerous = pdf(pages=2, change=armed)
    assert laid_open(dangerous).count(SECRET) > 5
    clean = make_document_anew(file=BytesIO(dangerous))
    assert clean.pages == 2
    text = laid_open(clean.content)
    assert SECRET not in text
    for word in (b"JavaScript", b"/JS", b"Launch", b"EmbeddedFile", b"OpenAction", b"/AA", b"XFA", b"Rendition"):
        assert word not in text
    assert b"https://kota.go.id/syarat" in text
    assert b"/GoTo" in text


def test_the_same_document_gives_the_same_bytes() -> None:
    once, again = (make_document_anew(file=BytesIO(pdf())).content for _time in range(2))
    assert once == again


def test_a_document_is_kept_anew_and_never_public() -> None:
    attachment = saved(pdf(change=armed), public=True)
    assert (attachment.state, attachment.purpose, attachment.public) == ("ready", "document", False)
    assert (attachment.name, attachment.thumbnail, attachment.incoming) == ("Surat Pak RT.pdf", "", "")
    with default_storage.open(attachment.stored) as file:
        assert SECRET not in laid_open(file.read())
    assert actions.set_public(owner_kind="case", owner_id=7, public=True) == 0
    attachment.refresh_from_db()
    assert not attachment.public


def test_a_ticket_keeps_its_name() -> None:
    taken = actions.take_ticket(ticket=actions.give_ticket(attachment=receive(pdf(), for_later=True)), at=AT)
    assert (taken.name, taken.is_document) == ("Surat Pak RT.pdf", True)


@pytest.mark.parametrize("lock", ["kunci", ""])
def test_a_locked_document_is_refused_in_words(lock: str) -> None:
    refused = refusal(pdf(lock=lock))
    assert refused.code == "locked"
    with translation.override("id"):
        assert "terkunci" in refusal(pdf(lock=lock)).message
    with translation.override("en"):
        assert "locked" in refusal(pdf(lock=lock)).message


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"%PDF-1.7\n" + b"\xff" * 4_000, pdf(pages=0)])
def test_a_broken_document_is_refused(content: bytes) -> None:
    assert refusal(content).code == "broken_document"


def test_too_many_pages_or_objects_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(pdf(pages=rules.MAX_PAGES + 1)).code == "too_many_pages"
    monkeypatch.setattr("balai.foundation.files._documents.MAX_OBJECTS", 3)
    assert refusal(pdf(pages=3)).code == "too_complex"


def test_nesting_without_end_is_refused() -> None:
    def nest(made: pikepdf.Pdf) -> None:
        made.Root.Deep = pikepdf.Object.parse(b"[" * 200 + b"]" * 200)

    with pytest.raises(Unfit) as unfit:
        make_document_anew(file=BytesIO(pdf(change=nest)))
    assert unfit.value.code == "too_complex"


def test_no_kind_comes_under_the_name_of_the_other() -> None:
    assert refusal(pdf(), "foto.jpg").code == "wrong_name"
    assert refusal(pdf(), "surat.exe").code == "wrong_name"
    assert refusal(photo(), "surat.pdf").code == "wrong_name"
    assert refusal(b"MZ" + b"x" * 400, "surat.pdf").code == "not_a_photo"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\Budi\\KTP.PDF", "KTP.pdf"),
        ("a\u202egnp.pdf", "a gnp.pdf"),
        ('"<x>\r\nSet-Cookie: y.pdf', "x Set-Cookie y.pdf"),
        ("....pdf", "document.pdf"),
        ("x" * 300 + ".pdf", "x" * 100 + ".pdf"),
    ],
)
def test_names_cannot_deceive(given: str, kept: str) -> None:
    assert rules.document_name(name=given) == kept


def test_it_is_handed_out_as_a_download_after_the_guard_agreed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    attachment = saved(pdf())
    monkeypatch.setattr(
        queries, "contributions", lambda kind: [FileGuard(owner_kind="case", may_see=lambda r, a: True)]
    )
    answer = client.get(f"/files/{attachment.key}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="Surat Pak RT.pdf"'
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]
    assert client.get(f"/files/{attachment.key}/thumbnail").status_code == 404

    def nobody(request: HttpRequest, seen: Attachment) -> bool:
        return False

    monkeypatch.setattr(queries, "contributions", lambda kind: [FileGuard(owner_kind="case", may_see=nobody)])
    assert client.get(f"/files/{attachment.key}").status_code == 404
