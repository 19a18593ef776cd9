"""Judging what strangers send; and the command that needs no line."""

import contextlib
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from balai.foundation.documents import authority, checking, issuing
from balai.foundation.documents.actions import revoke_document
from balai.foundation.documents.checking import CannotJudge, PdfCheck, check_pdf
from balai.foundation.documents.making import Paper, scanned_text
from balai.foundation.documents.models import IssuedDocument
from balai.foundation.documents.queries import check_code
from balai.foundation.documents.signing import current_signer, sign
from balai.foundation.documents.tests.samples import AT, DATA, FRAME, PICTURES, SOURCE
from balai.foundation.documents.tests.test_issuing import STAFF, _request, city, offers  # noqa: F401 - fixtures
from balai.foundation.documents.typesetting import typeset
from balai.foundation.web.codes import code_svg
from balai.foundation.web.queries import CityFace

pytestmark = pytest.mark.usefixtures("offers", "city", "made_authority")


@pytest.fixture
def issued(offers: Any, city: Any, made_authority: Path) -> tuple[IssuedDocument, bytes]:  # noqa: F811
    document = _request()
    assert issuing.issue(document_id=document.pk, at=AT) is None
    document.refresh_from_db()
    return document, default_storage.open(document.stored).read()


def _judged(content: bytes, **options: Any) -> PdfCheck:
    return check_pdf(file=ContentFile(content), at=options.get("at", AT))


def test_our_own_file_is_genuine(issued: tuple[IssuedDocument, bytes]) -> None:
    document, content = issued
    found = _judged(content)
    assert (found.verdict, found.number) == ("genuine", document.number)
    assert found.check is not None
    assert found.check.standing == "valid"
    (signature,) = found.signatures
    assert (signature.intact, signature.trusted, signature.whole) == (True, True, True)
    assert signature.signed_at == AT


@pytest.mark.parametrize("place", [200, 20_000, -40])
def test_a_changed_byte_is_detected(issued: tuple[IssuedDocument, bytes], place: int) -> None:
    content = bytearray(issued[1])
    content[place] ^= 1
    with contextlib.suppress(CannotJudge):
        assert _judged(bytes(content)).verdict == "changed"


def test_something_added_behind_the_signature_is_detected(issued: tuple[IssuedDocument, bytes]) -> None:
    from pyhanko.pdf_utils.generic import NameObject, pdf_string
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(issued[1]))
    writer.root[NameObject("/Tambahan")] = pdf_string("x")
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    found = _judged(out.getvalue())
    assert found.verdict == "changed"
    assert not found.signatures[0].whole


def test_a_file_made_anew_with_our_number_is_not_ours(issued: tuple[IssuedDocument, bytes]) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(issued[1])) as pdf:
        del pdf.Root.AcroForm, pdf.pages[0].Annots
        pdf.save(out)
    found = _judged(out.getvalue())
    assert (found.verdict, found.number) == ("changed", issued[0].number)


def test_a_revoked_document_is_genuine_and_does_not_count(issued: tuple[IssuedDocument, bytes]) -> None:
    document, content = issued
    revoke_document(document_id=document.pk, reason="Alamat keliru.", actor=STAFF, at=AT)
    found = _judged(content)
    assert found.verdict == "genuine"
    assert found.check is not None
    assert found.check.standing == "revoked"


def test_a_file_of_others(own_folder: Path, settings: Any) -> None:
    letter = typeset(source=SOURCE, frame=FRAME, data=DATA, pictures=PICTURES, at=AT).content
    assert _judged(letter).verdict == "unsigned"
    ours = sign(content=letter, number="x", signer=current_signer(organization="Kota", at=AT), at=AT).content
    # signed with our certificate, but never issued: by a key file that was lent out, say
    assert _judged(ours).verdict == "trusted"
    place = settings.BALAI_DOCUMENTS_FOLDER
    settings.BALAI_DOCUMENTS_FOLDER = own_folder / "stranger"
    authority.make_authority(organization="Lain", at=AT - timedelta(days=1))
    theirs = sign(content=letter, number="x", signer=current_signer(organization="Lain", at=AT), at=AT).content
    settings.BALAI_DOCUMENTS_FOLDER = place
    found = _judged(theirs)
    assert found.verdict == "foreign"
    assert found.signatures[0].intact


def _encrypted() -> bytes:
    out = io.BytesIO()
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"MZ\x90 a program", "not_pdf"),
        (b"%PDF-1.7\n" + b"\x00" * 500, "broken"),
        (b"%PDF-1.7\n1 0 obj<</Length 2 0 R>>stream\n" + b"[" * 200_000, "broken"),
        (_encrypted(), "encrypted"),
    ],
)
def test_what_cannot_be_judged_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(CannotJudge) as refused:
        _judged(content)
    assert refused.value.code == code


def test_size_and_time_have_limits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(checking, "MOST_BYTES", 1000)
    with pytest.raises(CannotJudge, match="too_large"):
        _judged(b"%PDF-" + b"x" * 1000)
    slow = tmp_path / "slow.py"
    slow.write_text("import time\ntime.sleep(30)\n")
    monkeypatch.setattr(checking, "_SCRIPT", slow)
    monkeypatch.setattr(checking, "TIME_LIMIT_SECONDS", 0.5)
    with pytest.raises(CannotJudge, match="too_slow"):
        _judged(b"%PDF-")


def test_too_many_at_once_are_asked_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "WAIT_SECONDS", 0.1)
    for _turn in range(checking.MOST_AT_ONCE):
        assert checking._turns.acquire(blocking=False)
    try:
        with pytest.raises(CannotJudge, match="busy"):
            _judged(b"%PDF-")
    finally:
        for _turn in range(checking.MOST_AT_ONCE):
            checking._turns.release()


def test_a_seal_is_checked_without_a_line(issued: tuple[IssuedDocument, bytes], capsys: Any, tmp_path: Path) -> None:
    document, _content = issued
    paper = Paper(
        number=document.number,
        template="domicile",
        unit="",
        data=DATA,
        check_code=document.check_code,
        valid_until=document.valid_until,
    )
    address, seal = scanned_text(paper=paper, face=CityFace(), at=AT)
    assert address.endswith(f"/documents/c/{document.check_code}?s=")
    assert code_svg([address, seal]).startswith("<svg")
    call_command("documents", "check", address + seal, "--code", document.check_code, "--holder", "siti rahmawati")
    said = capsys.readouterr().out
    assert document.number in said
    assert "Issued on: 2026-11-25" in said
    with pytest.raises(CommandError, match="another one"):
        call_command("documents", "check", seal, "--code", document.check_code, "--holder", "Siti Rahma")
    with pytest.raises(CommandError, match="no code"):
        call_command("documents", "check", "abc")
    capsys.readouterr()
    call_command("documents", "key")
    (tmp_path / "key.hex").write_text(capsys.readouterr().out)
    call_command("documents", "check", seal, "--key", str(tmp_path / "key.hex"))
    assert check_code(document.check_code, at=AT) is not None


def test_the_authority_is_made_and_renewed_by_command(capsys: Any, own_folder: Path, settings: Any) -> None:
    settings.BALAI_DOCUMENTS_FOLDER = own_folder / "fresh"
    call_command("documents", "authority")
    root = (authority.folder() / "root.pem").read_bytes()
    signer = (authority.folder() / "signer.p12").read_bytes()
    call_command("documents", "authority")
    assert (authority.folder() / "signer.p12").read_bytes() == signer
    call_command("documents", "authority", "--renew")
    assert (authority.folder() / "signer.p12").read_bytes() != signer
    assert (authority.folder() / "root.pem").read_bytes() == root
    assert "stays as it is" in capsys.readouterr().out
