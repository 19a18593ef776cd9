"""A service that signs whole PDFs, in the style of BSrE's e-Sign client: played over real HTTP, and really signing.

The real service was never asked; what is played follows its public descriptions.
"""

import base64
import io
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pikepdf
import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from balai.foundation.documents import _asking, authority, signing
from balai.foundation.documents.signing import CannotSign, current_signer, sign
from balai.foundation.documents.tests.samples import AT, DATA, FRAME, PICTURES, SOURCE
from balai.foundation.documents.typesetting import typeset

NUMBER = FRAME["number"]
NIK, PASSPHRASE, ACCESS = "3573010101700001", "frasa sandi", "kunci masuk"
LATER = timedelta(days=1)


@pytest.fixture(scope="session")
def letter() -> bytes:
    return typeset(source=SOURCE, frame=FRAME, data=DATA, pictures=PICTURES, at=AT).content


@pytest.fixture(scope="session")
def another_letter() -> bytes:
    return typeset(source=SOURCE, frame=FRAME, data=DATA | {"holder": "Orang Lain"}, pictures=PICTURES, at=AT).content


class Service:
    """Plays the service; ``answer`` says how it behaves."""

    def __init__(self, place: Path, another: bytes) -> None:
        self.answer = "good"
        self.asked: list[dict[str, bytes]] = []
        self.path = place / "signer.p12"
        self.stamp = signing._own_stamp(place, 0).at(AT)
        self.another = another
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                service.reply(self)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def reply(self, to: BaseHTTPRequestHandler) -> None:
        body = to.rfile.read(int(to.headers["Content-Length"]))
        given = base64.b64decode(to.headers["Authorization"].removeprefix("Basic ")).decode()
        status, made = self._judge(to.path, given, _fields(to.headers["Content-Type"], body))
        if self.answer == "breaks off":
            to.wfile.write(b"HTTP/1.1 503 Down\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\nhalf")
            return
        to.send_response(status)
        to.send_header("Location", "http://127.0.0.1:9/")
        to.send_header("Content-Length", str(len(made)))
        to.end_headers()
        half = len(made) // 2 if self.answer == "slow" else len(made)
        to.wfile.write(made[:half])
        to.wfile.flush()
        while half < len(made):
            time.sleep(0.1)
            to.wfile.write(made[half : half + 1])
            half += 1

    def _judge(self, path: str, access: str, asked: dict[str, bytes]) -> tuple[int, bytes]:
        self.asked.append(asked)
        if path != "/api/sign/pdf":
            return 404, b""
        if access != f"balai:{ACCESS}":
            return 401, b"<html>"
        if asked["nik"] != NIK.encode():
            return 400, json.dumps({"error": "User tidak terdaftar", "status_code": 2011}).encode()
        if asked["passphrase"] != PASSPHRASE.encode():
            return 400, json.dumps({"error": "Passphrase anda salah", "status_code": 2031}).encode()
        if self.answer in {"503", "302", "500"}:
            return int(self.answer), b"<html>"
        if self.answer in _NO:
            return _NO[self.answer]
        return 200, self._make(asked["file"])

    def _make(self, content: bytes) -> bytes:
        if self.answer in _PLAIN:
            return _PLAIN[self.answer](content)
        before: Callable[[bytes], bytes] = _BEFORE.get(self.answer, bytes)
        after: Callable[[bytes], bytes] = _AFTER.get(self.answer, bytes)
        if self.answer == "another":
            return self._sign(self.another)
        if self.answer == "shows itself":
            return self._sign(content, box=(10, 10, 300, 300))
        if self.answer == "signed twice":
            return self._sign(self._sign(content), field="sig_2")
        return after(self._sign(before(content)))

    def _sign(self, content: bytes, field: str = "sig_1", box: tuple[int, int, int, int] | None = None) -> bytes:
        key = signers.SimpleSigner.load_pkcs12_data(
            self.path.read_bytes(), other_certs=(), passphrase=authority.password()
        )
        made = signers.PdfSigner(
            signers.PdfSignatureMetadata(field_name=field, md_algorithm="sha256"),
            signer=key,
            timestamper=self.stamp,
            new_field_spec=fields.SigFieldSpec(sig_field_name=field, box=box),
        ).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(content)))
        return bytes(made.getvalue())


def _with_action(content: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    action = {"/S": generic.NameObject("/JavaScript"), "/JS": generic.TextStringObject("app.alert(1)")}
    writer.root["/OpenAction"] = generic.DictionaryObject(
        {generic.NameObject(key): value for key, value in action.items()}
    )
    writer.update_root()
    return _written(writer)


def _with_other_letters(content: bytes) -> bytes:
    """Let the first font show something else under the same codes."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    fonts = writer.root["/Pages"]["/Kids"][0]["/Resources"]["/Font"]
    for name in fonts:
        font = fonts[name]["/DescendantFonts"][0].get_object()
        font["/W"] = generic.ArrayObject([])
        writer.update_container(font)
    return _written(writer)


def _painted_over(content: bytes) -> bytes:
    """Add to the first page a word that nobody typeset."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    added = writer.add_object(generic.StreamObject(stream_data=b"q 0 0 300 300 re f Q"))
    page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), added])
    writer.update_container(page)
    return _written(writer)


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _fields(kind: str, body: bytes) -> dict[str, bytes]:
    form = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    found: dict[str, bytes] = {}
    for part in form.get_payload():
        name = part.get_param("name", header="Content-Disposition")
        found[str(name)] = part.get_payload(decode=True)
    return found


def _written_anew(content: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(out)
    return out.getvalue()


def _bent(content: bytes) -> bytes:
    made = bytearray(content)
    made[made.index(b"stream") + 20] ^= 1
    return bytes(made)


def _with_another_flag(content: bytes) -> bytes:
    """Change one digit that the signature covers."""
    assert content.count(b"/SigFlags 3") == 1
    return content.replace(b"/SigFlags 3", b"/SigFlags 1")


# a no, and what comes with it
_NO = {
    "down in words": (503, json.dumps({"status": 503, "error": "Service Unavailable"}).encode()),
    "down at length": (503, b"<html>" + bytes(200_000)),
    "busy in words": (429, json.dumps({"message": "Too many", "status_code": 429}).encode()),
    "a list for a code": (400, json.dumps({"error": "Rusak", "status_code": [2031]}).encode()),
    "very deep": (400, b"[" * 60_000),
    "no passphrase": (500, json.dumps({"error": "Passphrase anda salah", "status_code": "2031"}).encode()),
}
# what comes back unsigned, what is done before signing, and what afterwards
_PLAIN: dict[str, Callable[[bytes], bytes]] = {
    "unsigned": bytes,
    "error in words": lambda _content: json.dumps({"error": "Sertifikat dicabut", "status_code": 2041}).encode(),
    "nonsense": lambda _content: b"halo",
    "endless": lambda content: b"%PDF-" + bytes(3_000_000 + len(content)),
}
_BEFORE: dict[str, Callable[[bytes], bytes]] = {
    "written anew": _written_anew,
    "page changed": _painted_over,
    "letters changed": _with_other_letters,
    "opens something": _with_action,
}
_AFTER: dict[str, Callable[[bytes], bytes]] = {
    "added to afterwards": _painted_over,
    "cut": lambda content: content[:-3000],
    "bent": _bent,
    "broken": _with_another_flag,
}


@pytest.fixture
def service(made_authority: Path, settings: Any, own_folder: Path, another_letter: bytes) -> Iterator[Service]:
    made = Service(made_authority, another_letter)
    pair = authority.read_pair(made_authority / "signer.p12")
    (own_folder / "kepala.pem").write_bytes(pair.certificate.public_bytes(serialization.Encoding.PEM))
    (own_folder / "roots.pem").write_bytes((made_authority / "root.pem").read_bytes())
    settings.BALAI_SIGNER_PASSWORD, settings.BALAI_SIGNER_ACCESS = PASSPHRASE, ACCESS
    named = {"kind": "bsre", "url": made.url + "/", "user": "balai", "nik": NIK, "certificate": "kepala.pem"}
    settings.BALAI_DOCUMENTS = {"signer": named, "trust": "roots.pem"}
    yield made
    made.server.shutdown()
    made.server.server_close()


def _signed(letter: bytes) -> bytes:
    signer = current_signer(organization="Kota", at=AT)
    return sign(content=letter, number=NUMBER, signer=signer, at=AT).content


def _refusal(letter: bytes) -> CannotSign:
    with pytest.raises(CannotSign) as refused:
        _signed(letter)
    return refused.value


def test_the_service_gets_the_pdf_and_its_answer_is_believed(service: Service, letter: bytes) -> None:
    content = _signed(letter)
    assert content.startswith(letter)
    (asked,) = service.asked
    assert asked == {"file": letter, "nik": NIK.encode(), "passphrase": PASSPHRASE.encode(), "tampilan": b"invisible"}
    context = ValidationContext(trust_roots=[x509.Certificate.load(der) for der in signing.trust_roots()], moment=AT)
    (found,) = PdfFileReader(io.BytesIO(content)).embedded_signatures
    status = validate_pdf_signature(found, context, context)
    assert status.bottom_line
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert status.timestamp_validity.trusted


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        ("503", "signer_unreachable", "HTTP 503"),
        ("500", "signer_unreachable", "HTTP 500"),
        ("302", "signer_refused", "HTTP 302"),
        ("down in words", "signer_unreachable", "Service Unavailable"),
        ("down at length", "signer_unreachable", "HTTP 503"),
        ("busy in words", "signer_unreachable", "Too many (429)"),
        ("a list for a code", "signer_refused", "Rusak"),
        ("very deep", "signer_refused", "HTTP 400"),
        ("no passphrase", "passphrase_refused", "Passphrase anda salah (2031)"),
        ("error in words", "signer_refused", "Sertifikat dicabut (2041)"),
        ("nonsense", "signer_refused", "no PDF"),
        ("endless", "signer_refused", "too long"),
        ("unsigned", "signer_refused", "does not hold one signature"),
        ("signed twice", "signer_refused", "does not hold one signature"),
        ("another", "signer_refused", "another document"),
        ("written anew", "signer_refused", "another document"),
        ("bent", "signer_refused", "another document"),
        ("cut", "signer_refused", "answer"),
        ("broken", "signer_refused", "signature is broken"),
        ("page changed", "signer_refused", "more than a signature"),
        ("letters changed", "signer_refused", "more than a signature"),
        ("opens something", "signer_refused", "more than a signature"),
        ("shows itself", "signer_refused", "more than a signature"),
        ("added to afterwards", "signer_refused", "whole file"),
    ],
)
def test_an_answer_that_proves_nothing_issues_nothing(
    service: Service, letter: bytes, answer: str, code: str, said: str
) -> None:
    service.answer = answer
    refused = _refusal(letter)
    assert (refused.code, refused.is_temporary) == (code, code == "signer_unreachable")
    assert said in refused.detail


def test_a_wrong_passphrase_is_sent_once(service: Service, letter: bytes, settings: Any) -> None:
    settings.BALAI_SIGNER_PASSWORD = "salah"
    for _time in range(3):
        refused = _refusal(letter)
        assert (refused.code, refused.is_temporary) == ("passphrase_refused", False)
    assert len(service.asked) == 1
    settings.BALAI_SIGNER_PASSWORD = PASSPHRASE
    assert _signed(letter)


def test_a_wrong_passphrase_is_sent_once_however_many_sign(service: Service, letter: bytes, settings: Any) -> None:
    settings.BALAI_SIGNER_PASSWORD = "salah"
    with ThreadPoolExecutor(max_workers=4) as threads:
        found = list(threads.map(lambda _number: _refusal(letter).code, range(4)))
    assert (found, len(service.asked)) == (["passphrase_refused"] * 4, 1)


def test_a_nik_that_the_service_does_not_know_is_told(service: Service, letter: bytes, settings: Any) -> None:
    settings.BALAI_DOCUMENTS["signer"]["nik"] = "3573010101700002"
    refused = _refusal(letter)
    assert (refused.code, refused.detail) == ("signer_unknown", "User tidak terdaftar (2011)")


def test_a_wrong_word_at_the_door_is_told(service: Service, letter: bytes, settings: Any) -> None:
    settings.BALAI_SIGNER_ACCESS = "salah"
    refused = _refusal(letter)
    assert (refused.code, refused.detail) == ("signer_refused", "HTTP 401")


def test_a_service_that_takes_too_long_may_be_asked_later(
    service: Service, letter: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_asking, "TIMEOUT_SECONDS", 1)
    service.answer = "slow"
    began = time.monotonic()
    refused = _refusal(letter)
    assert (refused.code, refused.is_temporary) == ("signer_unreachable", True)
    assert time.monotonic() - began < 5


def test_a_no_that_breaks_off_may_be_asked_later(service: Service, letter: bytes) -> None:
    service.answer = "breaks off"
    refused = _refusal(letter)
    assert (refused.code, refused.detail) == ("signer_unreachable", "HTTP 503")


def test_a_service_that_is_away_may_be_asked_later(service: Service, letter: bytes) -> None:
    service.server.shutdown()
    service.server.server_close()
    assert _refusal(letter).code == "signer_unreachable"


def test_somebody_else_s_certificate_is_refused(service: Service, letter: bytes, made_authority: Path) -> None:
    signer = current_signer(organization="Kota", at=AT)
    authority.renew_signers(organization="Orang Lain", at=AT - timedelta(hours=1))
    with pytest.raises(CannotSign, match="another certificate"):
        sign(content=letter, number=NUMBER, signer=signer, at=AT)


def test_roots_that_do_not_vouch_are_told(service: Service, letter: bytes, settings: Any, own_folder: Path) -> None:
    settings.BALAI_DOCUMENTS_FOLDER = own_folder / "stranger"
    authority.make_authority(organization="Kota", at=AT - LATER)
    (own_folder / "roots.pem").write_bytes((authority.folder() / "root.pem").read_bytes())
    settings.BALAI_DOCUMENTS_FOLDER = own_folder / "documents"
    assert "vouch" in _refusal(letter).detail


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"url": "http://esign.example"}, "https"),
        ({"nik": "357"}, "16 digits"),
        ({"certificate": "missing.pem"}, "missing.pem"),
        ({"user": None}, "user"),
    ],
)
def test_settings_that_cannot_work_are_named(
    service: Service, letter: bytes, settings: Any, changed: dict[str, str | None], said: str
) -> None:
    named = settings.BALAI_DOCUMENTS["signer"] | changed
    settings.BALAI_DOCUMENTS["signer"] = {key: value for key, value in named.items() if value is not None}
    refused = _refusal(letter)
    assert refused.code == "signer_unusable"
    assert said in refused.detail
    assert service.asked == []


def test_without_roots_nothing_is_sent(service: Service, letter: bytes, settings: Any) -> None:
    del settings.BALAI_DOCUMENTS["trust"]
    refused = _refusal(letter)
    assert (refused.code, "trust" in refused.detail) == ("signer_unusable", True)
    assert service.asked == []
