"""Signatures, judged by pyHanko's own validation; PDF/A and tags after them."""

import asyncio
import base64
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pikepdf
import pytest
from asn1crypto import tsp, x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from balai.foundation.documents import authority, signing
from balai.foundation.documents.signing import CannotSign, Signer, check_certificate, current_signer, sign
from balai.foundation.documents.tests.samples import AT, DATA, FRAME, PICTURES, SOURCE
from balai.foundation.documents.typesetting import typeset

NUMBER = FRAME["number"]


def _letter() -> bytes:
    return typeset(source=SOURCE, frame=FRAME, data=DATA, pictures=PICTURES, at=AT).content


def _signer() -> Signer:
    return current_signer(organization="Pemerintah Kota Contoh", at=AT)


def _status(content: bytes) -> PdfSignatureStatus:
    roots = [x509.Certificate.load(der) for der in signing.trust_roots()]
    context = ValidationContext(trust_roots=roots, moment=AT)
    (found,) = PdfFileReader(io.BytesIO(content)).embedded_signatures
    return validate_pdf_signature(found, context, context)


def test_a_signed_letter_is_believed(made_authority: Path) -> None:
    signed = sign(content=_letter(), number=NUMBER, signer=_signer(), at=AT)
    status = _status(signed.content)
    assert status.bottom_line
    assert (status.intact, status.valid, status.trusted) == (True, True, True)
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert status.timestamp_validity.trusted
    assert status.timestamp_validity.timestamp == AT
    assert signed.signed_by == f"{authority.EXAMPLE}: Pemerintah Kota Contoh"


def test_it_signs_where_a_loop_is_running(made_authority: Path) -> None:
    async def sign_inside() -> bytes:
        return sign(content=_letter(), number=NUMBER, signer=_signer(), at=AT).content

    assert _status(asyncio.run(sign_inside())).bottom_line


def test_signing_adds_and_changes_nothing(made_authority: Path) -> None:
    letter = _letter()
    assert sign(content=letter, number=NUMBER, signer=_signer(), at=AT).content.startswith(letter)


def test_a_file_says_of_itself_what_it_said_before(made_authority: Path) -> None:
    letter = _letter()
    signed = sign(content=letter, number=NUMBER, signer=_signer(), at=AT).content
    with pikepdf.open(io.BytesIO(signed)) as pdf, pikepdf.open(io.BytesIO(letter)) as before:
        # PDF/A-2 is built on PDF 1.7, and says of itself what it said before
        assert pdf.pdf_version == "1.7"
        assert "/Version" not in pdf.Root
        assert pdf.Root.Metadata.read_raw_bytes() == before.Root.Metadata.read_raw_bytes()
        assert {key: str(value) for key, value in pdf.docinfo.items()} == {
            key: str(value) for key, value in before.docinfo.items()
        }
        (widget,) = pdf.Root.AcroForm.Fields
        assert list(widget.Rect) == [0, 0, 0, 0]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.65])
def test_a_changed_byte_is_noticed(made_authority: Path, share: float) -> None:
    content = bytearray(sign(content=_letter(), number=NUMBER, signer=_signer(), at=AT).content)
    start = content.index(b"stream", int(len(_letter()) * share)) + 20
    content[start] ^= 1
    status = _status(bytes(content))
    assert not status.intact
    assert not status.bottom_line


def test_a_stranger_s_signature_is_not_trusted(made_authority: Path, settings: Any, own_folder: Path) -> None:
    ours = signing.trust_roots()
    settings.BALAI_DOCUMENTS_FOLDER = own_folder / "stranger"
    authority.make_authority(organization="Pemerintah Kota Contoh", at=AT - timedelta(days=1))
    signed = sign(content=_letter(), number=NUMBER, signer=_signer(), at=AT).content
    context = ValidationContext(trust_roots=[x509.Certificate.load(der) for der in ours], moment=AT)
    (found,) = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    status = validate_pdf_signature(found, context, context)
    assert status.intact
    assert not status.trusted


def test_an_expired_certificate_signs_nothing(own_folder: Path) -> None:
    authority.make_authority(organization="Kota", at=AT - timedelta(days=800))
    with pytest.raises(CannotSign) as refused:
        sign(content=_letter(), number=NUMBER, signer=_signer(), at=AT)
    assert (refused.value.code, refused.value.is_temporary) == ("certificate_expired", False)


def test_renewed_certificates_sign_again_under_the_same_root(own_folder: Path) -> None:
    authority.make_authority(organization="Kota", at=AT - timedelta(days=800))
    authority.renew_signers(organization="Kota", at=AT - timedelta(hours=1))
    assert _status(sign(content=_letter(), number=NUMBER, signer=_signer(), at=AT).content).bottom_line


def test_keys_are_their_owner_s_only(made_authority: Path) -> None:
    authority.seal_key()
    files = [each for each in made_authority.parent.rglob("*") if each.is_file()]
    assert len(files) == 6
    assert {each.stat().st_mode & 0o777 for each in files} == {0o600}
    assert made_authority.stat().st_mode & 0o777 == 0o700
    with pytest.raises(ValueError, match=r".*"):
        serialization.pkcs12.load_key_and_certificates((made_authority / "signer.p12").read_bytes(), b"")


def test_the_authority_is_made_once(made_authority: Path) -> None:
    before = (made_authority / "root.pem").read_bytes()
    assert authority.make_authority(organization="Another", at=AT) is False
    assert (made_authority / "root.pem").read_bytes() == before
    assert authority.seal_key().public == authority.seal_key().public


def test_without_a_signer_a_real_city_signs_nothing(settings: Any) -> None:
    settings.BALAI_DEMO = False
    with pytest.raises(CannotSign, match="signer_missing"):
        _signer()
    settings.BALAI_DEMO = True
    assert _signer().subject.startswith(authority.EXAMPLE)


def test_a_key_file_of_the_city_signs(made_authority: Path, settings: Any, own_folder: Path) -> None:
    pair = authority.read_pair(made_authority / "signer.p12")
    lock = serialization.BestAvailableEncryption(b"kunci kota")
    packed = serialization.pkcs12.serialize_key_and_certificates(b"kota", pair.key, pair.certificate, None, lock)
    (own_folder / "kota.p12").write_bytes(packed)
    settings.BALAI_DOCUMENTS = {"signer": {"kind": "file", "file": "kota.p12"}}
    settings.BALAI_SIGNER_PASSWORD = "kunci kota"
    signed = sign(content=_letter(), number=NUMBER, signer=_signer(), at=AT)
    status = _status(signed.content)
    assert status.bottom_line
    # B-B: nobody stamps the time here
    assert status.timestamp_validity is None
    settings.BALAI_SIGNER_PASSWORD = "salah"
    with pytest.raises(CannotSign, match="signer_unusable"):
        _signer()


@pytest.mark.parametrize(
    "named",
    [
        {"kind": "unknown"},
        {"kind": "file", "file": "missing.p12"},
        {"kind": "file"},
        {"kind": "pkcs11", "module": "/missing.so", "token": "t", "certificate": "c"},
    ],
)
def test_settings_that_cannot_work_are_named(settings: Any, named: dict[str, str]) -> None:
    settings.BALAI_DOCUMENTS = {"signer": named}
    with pytest.raises(CannotSign, match="signer_unusable"):
        _signer()


class Keeper:
    """A remote signer over real HTTP; ``answer`` says how it behaves."""

    def __init__(self, place: Path) -> None:
        self.answer = "good"
        self.orders: list[dict[str, Any]] = []
        key = signers.SimpleSigner.load_pkcs12_data(
            (place / "signer.p12").read_bytes(), other_certs=(), passphrase=authority.password()
        )
        keeper = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                order = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                keeper.orders.append(order)
                status = {"busy": 503, "no": 403, "elsewhere": 302}.get(keeper.answer, 200)
                digest = base64.b64decode(order["hash"])
                if keeper.answer == "other":
                    digest = bytes(32)
                made = asyncio.run(key.async_sign(digest, order["hash_algorithm"], use_pades=True))
                if keeper.answer == "forged":
                    made["content"]["signer_infos"][0]["signature"] = bytes(70)
                body = json.dumps({"cms": base64.b64encode(made.dump()).decode()}).encode()
                if keeper.answer == "nonsense":
                    body = b'{"cms": "!!"}'
                self.send_response(status)
                self.send_header("Location", "http://127.0.0.1:9/")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/sign"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def keeper(made_authority: Path, settings: Any, own_folder: Path) -> Iterator[Keeper]:
    made = Keeper(made_authority)
    pair = authority.read_pair(made_authority / "signer.p12")
    (own_folder / "kepala.pem").write_bytes(pair.certificate.public_bytes(serialization.Encoding.PEM))
    settings.BALAI_SIGNER_PASSWORD = "frasa sandi"
    settings.BALAI_DOCUMENTS = {
        "signer": {"kind": "remote", "url": made.url, "user": "3573", "certificate": "kepala.pem"}
    }
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def stamping(made_authority: Path) -> Iterator[tuple[str, ThreadingHTTPServer]]:
    """Answer time-stamp requests (RFC 3161) over real HTTP."""
    stamp = signing._own_stamp(made_authority, 0).at(AT)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            body = stamp.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/", server
    server.shutdown()
    server.server_close()


def test_an_authority_of_time_stamps_over_http(
    stamping: tuple[str, ThreadingHTTPServer], made_authority: Path, settings: Any, own_folder: Path
) -> None:
    url, server = stamping
    (own_folder / "kota.p12").write_bytes((made_authority / "signer.p12").read_bytes())
    settings.BALAI_SIGNER_PASSWORD = authority.password().decode()
    settings.BALAI_DOCUMENTS = {"signer": {"kind": "file", "file": "kota.p12"}, "time_stamps": url}
    status = _status(sign(content=_letter(), number=NUMBER, signer=_signer(), at=AT).content)
    assert status.bottom_line
    assert status.timestamp_validity.timestamp == AT
    server.shutdown()
    server.server_close()
    with pytest.raises(CannotSign, match="signer_unreachable"):
        sign(content=_letter(), number=NUMBER, signer=_signer(), at=AT)


def test_a_remote_signer_gets_the_hash_and_nothing_else(keeper: Keeper) -> None:
    signed = sign(content=_letter(), number=NUMBER, signer=_signer(), at=AT)
    assert _status(signed.content).bottom_line
    (order,) = keeper.orders
    assert set(order) == {"hash", "hash_algorithm", "user", "passphrase"}
    assert len(base64.b64decode(order["hash"])) == 32


@pytest.mark.parametrize(
    ("answer", "code", "is_temporary"),
    [
        ("busy", "signer_unreachable", True),
        ("no", "signer_refused", False),
        ("elsewhere", "signer_refused", False),
        ("other", "signer_refused", False),
        ("forged", "signer_refused", False),
        ("nonsense", "signer_refused", False),
    ],
)
def test_a_remote_signer_that_fails_is_named(keeper: Keeper, answer: str, code: str, is_temporary: bool) -> None:
    keeper.answer = answer
    with pytest.raises(CannotSign) as refused:
        sign(content=_letter(), number=NUMBER, signer=_signer(), at=AT)
    assert (refused.value.code, refused.value.is_temporary) == (code, is_temporary)


def test_a_remote_signer_that_is_away_may_be_asked_later(keeper: Keeper) -> None:
    keeper.server.shutdown()
    keeper.server.server_close()
    with pytest.raises(CannotSign, match="signer_unreachable"):
        sign(content=_letter(), number=NUMBER, signer=_signer(), at=AT)


def test_a_passphrase_never_travels_in_the_open(keeper: Keeper, settings: Any) -> None:
    settings.BALAI_DOCUMENTS["signer"]["url"] = "http://signer.example/sign"
    with pytest.raises(CannotSign, match="https"):
        _signer()


def test_a_certificate_of_tomorrow_is_not_good_today(made_authority: Path) -> None:
    with pytest.raises(CannotSign, match="certificate_expired"):
        check_certificate(signer=_signer(), at=AT - timedelta(days=30))
