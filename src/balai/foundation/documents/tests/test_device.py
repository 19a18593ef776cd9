"""Signatures of a device that speaks PKCS#11: SoftHSM, through its real library."""

import io
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives import serialization
from django.utils import translation
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from balai.foundation.documents import _device, authority, signing
from balai.foundation.documents.authority import Pair
from balai.foundation.documents.signing import CannotSign, Signer, current_signer, sign
from balai.foundation.documents.tests.pdfa import broken_clauses
from balai.foundation.documents.tests.samples import AT, DATA, FRAME, PICTURES, SOURCE
from balai.foundation.documents.tests.tokens import LABEL, PIN, TOKEN, Token, make_pair
from balai.foundation.documents.typesetting import typeset
from balai.foundation.documents.words import describe_problem

NUMBER = FRAME["number"]


@pytest.fixture(scope="session")
def letter() -> bytes:
    return typeset(source=SOURCE, frame=FRAME, data=DATA, pictures=PICTURES, at=AT).content


def _trust(own_folder: Path, root: Pair) -> None:
    (own_folder / "roots.pem").write_bytes(root.certificate.public_bytes(serialization.Encoding.PEM))


def _signer() -> Signer:
    return current_signer(organization="Kota", at=AT)


def _signed(letter: bytes) -> bytes:
    return sign(content=letter, number=NUMBER, signer=_signer(), at=AT).content


def _status(content: bytes) -> PdfSignatureStatus:
    roots = [x509.Certificate.load(der) for der in signing.trust_roots()]
    context = ValidationContext(trust_roots=roots, moment=AT)
    (found,) = PdfFileReader(io.BytesIO(content)).embedded_signatures
    return validate_pdf_signature(found, context, context)


def _refusal(letter: bytes) -> CannotSign:
    with pytest.raises(CannotSign) as refused:
        _signed(letter)
    return refused.value


def _assert_believed(content: bytes) -> None:
    status = _status(content)
    assert (status.intact, status.valid, status.trusted) == (True, True, True)
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE


def test_the_authority_s_key_signs_from_a_device(token: Token, made_authority: Path, letter: bytes) -> None:
    token(authority.read_pair(made_authority / "signer.p12"))
    (made_authority / "signer.p12").write_bytes(b"the key is nowhere else")
    signing.settings.BALAI_DOCUMENTS.pop("trust")
    made = sign(content=letter, number=NUMBER, signer=_signer(), at=AT)
    _assert_believed(made.content)
    assert broken_clauses(made.content) == []
    assert made.content.startswith(letter)
    assert made.signed_by == f"{authority.EXAMPLE}: Pemerintah Kota Contoh"


@pytest.mark.parametrize("is_rsa", [False, True], ids=["curve", "rsa"])
def test_certificates_between_are_taken_along(token: Token, own_folder: Path, letter: bytes, is_rsa: bool) -> None:
    root = make_pair("Akar", at=AT, issuer=None, is_authority=True)
    between = make_pair("Penerbit", at=AT, issuer=root, is_authority=True)
    stranger = make_pair("Orang lain", at=AT, issuer=root, is_authority=False)
    person = make_pair("Kepala Dinas", at=AT, issuer=between, is_authority=False, is_rsa=is_rsa)
    _trust(own_folder, root)
    token(person, stranger, between)
    content = _signed(letter)
    # the root alone is known to who checks: the file has to say who stands between
    _assert_believed(content)
    (found,) = PdfFileReader(io.BytesIO(content)).embedded_signatures
    inside = [each.chosen.subject.native["common_name"] for each in found.signed_data["certificates"]]
    assert sorted(inside) == ["Kepala Dinas", "Penerbit"]


def test_two_at_once_both_sign(token: Token, own_folder: Path, letter: bytes) -> None:
    root = make_pair("Akar", at=AT, issuer=None, is_authority=True)
    _trust(own_folder, root)
    token(make_pair("Kepala Dinas", at=AT, issuer=root, is_authority=False))
    with ThreadPoolExecutor(max_workers=4) as threads:
        for content in threads.map(_signed, [letter] * 12):
            _assert_believed(content)


FORKED = """
import asyncio, os, sys
from balai.foundation.documents import _device

device = _device.Device(module=sys.argv[1], token=sys.argv[2], certificate=sys.argv[3], key=sys.argv[3], pin=sys.argv[4])

def signed():
    return asyncio.run(_device.open_device(device).async_sign_raw(b"what is signed", "sha256"))

assert signed()
_device._turn.lock.acquire()  # another thread is at the device at this moment
child = os.fork()
if child == 0:
    os._exit(0 if signed() else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
_device._turn.lock.release()
assert signed()
"""


def test_a_process_that_was_forked_signs_and_its_parent_too(token: Token, made_authority: Path) -> None:
    named = token(authority.read_pair(made_authority / "signer.p12"))
    done = subprocess.run(
        [sys.executable, "-c", FORKED, named["module"], TOKEN, LABEL, PIN],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_wrong_pin_is_tried_once(
    token: Token, made_authority: Path, settings: Any, letter: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    token(authority.read_pair(made_authority / "signer.p12"))
    settings.BALAI_SIGNER_PASSWORD = "1111"
    first = _refusal(letter)
    assert (first.code, first.is_temporary) == ("pin_refused", False)
    opened: list[Any] = []
    monkeypatch.setattr(_device, "find_token", lambda *args, **named: opened.append(args))
    # a device locks itself after a few wrong ones, and many documents wait
    assert _refusal(letter).code == "pin_refused"
    assert opened == []
    monkeypatch.undo()
    monkeypatch.setenv("SOFTHSM2_CONF", str(signing.Path(settings.DATA_DIR) / "device" / "softhsm2.conf"))
    settings.BALAI_SIGNER_PASSWORD = PIN
    assert _signed(letter)


def test_a_wrong_pin_is_tried_once_however_many_sign(
    token: Token, made_authority: Path, settings: Any, letter: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    token(authority.read_pair(made_authority / "signer.p12"))
    settings.BALAI_SIGNER_PASSWORD = "1111"
    tries: list[Any] = []
    real, together = _device.find_token, threading.Barrier(4)

    def counted(*args: Any, **named: Any) -> Any:
        tries.append(args)
        return real(*args, **named)

    monkeypatch.setattr(_device, "find_token", counted)

    def refused(_number: int) -> str:
        together.wait()
        return _refusal(letter).code

    with ThreadPoolExecutor(max_workers=4) as threads:
        assert list(threads.map(refused, range(4))) == ["pin_refused"] * 4
    assert len(tries) == 1


def test_a_pin_that_is_not_set_is_told(token: Token, made_authority: Path, settings: Any, letter: bytes) -> None:
    token(authority.read_pair(made_authority / "signer.p12"))
    settings.BALAI_SIGNER_PASSWORD = ""
    refused = _refusal(letter)
    assert (refused.code, refused.detail) == ("pin_refused", "BALAI_SIGNER_PASSWORD is empty")


def test_a_token_that_is_plugged_in_later_signs_then(
    token: Token, made_authority: Path, settings: Any, letter: bytes
) -> None:
    pair = authority.read_pair(made_authority / "signer.p12")
    token(pair, label="Another")
    refused = _refusal(letter)
    assert (refused.code, refused.is_temporary, refused.detail) == ("device_away", True, TOKEN)
    token(pair)
    assert _signed(letter)


def test_a_token_that_is_pulled_out_between_is_away(
    token: Token, made_authority: Path, own_folder: Path, letter: bytes
) -> None:
    token(authority.read_pair(made_authority / "signer.p12"))
    signer = _signer()
    (own_folder / "device" / "tokens").rename(own_folder / "device" / "pulled")
    (own_folder / "device" / "tokens").mkdir()
    _device.forget()
    with pytest.raises(CannotSign) as refused:
        sign(content=letter, number=NUMBER, signer=signer, at=AT)
    assert (refused.value.code, refused.value.is_temporary) == ("device_away", True)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"certificate": "tidak ada", "key": LABEL}, "0 certificates with the label 'tidak ada'"),
        ({"key": "tidak ada"}, "0 keys with the label 'tidak ada'"),
        ({"module": "/tidak/ada.so"}, "/tidak/ada.so"),
    ],
)
def test_what_is_not_there_is_named(
    plugged_in: None, settings: Any, letter: bytes, changed: dict[str, str], said: str
) -> None:
    settings.BALAI_DOCUMENTS["signer"] |= changed
    refused = _refusal(letter)
    assert (refused.code, refused.is_temporary) == ("signer_unusable", False)
    assert said in refused.detail
    settings.BALAI_DOCUMENTS["signer"] |= {"certificate": LABEL, "key": LABEL}


@pytest.mark.parametrize("code", ["device_away", "pin_refused", "passphrase_refused", "signer_unknown"])
def test_every_refusal_has_words_in_both_languages(code: str) -> None:
    said = set()
    for language in ("id", "en"):
        with translation.override(language):
            words = describe_problem(f"{code}: Balai Kota")
        assert code not in words
        said.add(words)
    assert len(said) == 2
