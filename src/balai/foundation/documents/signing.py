"""Sign a PDF (PAdES B-B, or B-T with a stamp of time), by whoever the installation names.

``[documents.signer]`` in ``city.toml`` chooses: a key file, a device (PKCS#11), a remote signer that gets the hash, or a
service that gets the whole PDF. Without it the demonstration's own authority signs. The signature shows in no field: the page says who signed, and the file stays the
tagged PDF/A-2a that was typeset.
"""

import asyncio
import io
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from asn1crypto import pem, x509
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import fields, signers, timestamps
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko_certvalidator.registry import SimpleCertificateStore

from balai.foundation.documents import _bsre, _remote, authority
from balai.foundation.documents._refusal import CannotSign
from balai.foundation.documents._stamp import SimulatedStamp

FIELD = "Tanda tangan"
STAMP_SECONDS = 10
# hexadecimal digits; the signature with its stamp and chain needs about 15,000
OWN_RESERVED = 20_000


@dataclass(frozen=True, kw_only=True)
class Word:
    """The password of a signer as the settings name it."""

    named: str
    password: str


# words that a device or a service refused, since this process began → why; and those that have signed
_refused: dict[Word, str] = {}
_proved: set[Word] = set()
_Made = TypeVar("_Made")


class _Trial:
    """Whose turn it is to try a word that has not signed yet."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        # a lock that another thread held when the process was forked would never be given back
        self.lock = threading.Lock()


_trial = _Trial()
os.register_at_fork(after_in_child=_trial.begin)


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Who signs: the name, the time in which the certificate is good, and how a PDF gets the signature.

    ``add`` returns the signed PDF; it takes the PDF, what the signature says of itself, and the moment. ``word`` is
    what a wrong password is remembered by.
    """

    subject: str
    good_from: datetime
    good_until: datetime
    add: Callable[[bytes, str, datetime], bytes]
    word: Word | None = None


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A signed file and whose certificate signed it."""

    content: bytes
    signed_by: str


def sign(*, content: bytes, number: str, signer: Signer, at: datetime) -> Signed:
    """Return a PDF with its signature added; the bytes before stay as they were.

    :raises CannotSign: if the certificate is not good at ``at``, or the key cannot be used.
    """
    check_certificate(signer=signer, at=at)
    try:
        made = _with_word(signer.word, lambda: signer.add(content, f"Nomor {number}", at))
    except timestamps.TimestampRequestError as error:
        raise CannotSign("signer_unreachable", str(error)[:200]) from error
    except SigningError as error:
        raise CannotSign("signer_unusable", str(error)[:200]) from error
    if signer.word is not None:
        _proved.add(signer.word)
    return Signed(content=made, signed_by=signer.subject)


@dataclass(frozen=True, kw_only=True)
class _ByHand:
    """Adds a signature that we put into the PDF ourselves, wherever the key is."""

    hand: signers.Signer
    stamp: Callable[[datetime], timestamps.TimeStamper] | None
    bytes_reserved: int | None = None

    def __call__(self, content: bytes, reason: str, at: datetime) -> bytes:
        assert self.hand.signing_cert is not None
        said = signers.PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            reason=reason,
            name=_name_in(self.hand.signing_cert),
            # nothing may be added or filled in afterwards
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        )
        made: io.BytesIO = _apart(
            lambda: _Signer(
                said,
                signer=self.hand,
                timestamper=self.stamp(at) if self.stamp else None,
                new_field_spec=fields.SigFieldSpec(sig_field_name=FIELD),
            ).sign_pdf(_Addition(io.BytesIO(content)), bytes_reserved=self.bytes_reserved)
        )
        return made.getvalue()


class _Addition(IncrementalPdfFileWriter):
    """Adds the signature and nothing else: what the file says of itself stays as it was typeset."""

    def _update_meta(self) -> None:
        pass


class _Signer(signers.PdfSigner):
    """Signs a PDF 1.7, whatever key is used: pyHanko would call a file signed with an elliptic curve PDF 2.0, and
    PDF/A-2 is built on 1.7.
    """

    def register_extensions(self, pdf_out: BasePdfFileWriter, *, md_algorithm: str) -> None:
        # ETSI EN 319 142: how a reader of PDF 1.7 knows this kind of signature
        pdf_out.register_extension(ESIC_EXTENSION_1)


def _apart(work: Callable[[], io.BytesIO]) -> io.BytesIO:
    """Return what ``work`` gives; pyHanko runs a loop of its own, which a thread with a running one does not allow."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(work).result()


def check_certificate(*, signer: Signer, at: datetime) -> None:
    """Check that the certificate is good at a moment.

    :raises CannotSign: ``certificate_expired`` with the day.
    """
    if not signer.good_from <= at <= signer.good_until:
        raise CannotSign("certificate_expired", f"{signer.good_until:%Y-%m-%d}")


def current_signer(*, organization: str, at: datetime) -> Signer:
    """Return who signs in this installation; in the demonstration its own authority, made at its first use.

    :raises CannotSign: ``signer_missing`` or ``signer_unusable``, with what is wrong with the settings.
    """
    named: dict[str, Any] = settings.BALAI_DOCUMENTS.get("signer", {})
    try:
        if named:
            return _named_signer(named)
        if not authority.exists():
            if not settings.BALAI_DEMO:
                raise CannotSign("signer_missing")
            authority.make_authority(organization=organization, at=at)
        return _own()
    except (KeyError, OSError, ValueError, ImportError) as error:
        raise CannotSign("signer_unusable", f"{type(error).__name__}: {error}"[:200]) from error


def _named_signer(named: dict[str, Any]) -> Signer:
    """Return who ``city.toml`` names, unless the word that opens the key was refused before.

    A device locks itself after a few wrong words, a service the account: a hundred documents that wait must not try it
    a hundred times. Another word, or a new start, is tried.
    """
    word = Word(named=repr(sorted(named.items())), password=settings.BALAI_SIGNER_PASSWORD)
    return _with_word(word, lambda: replace(_SIGNERS[named["kind"]](named), word=word))


def _with_word(word: Word | None, work: Callable[[], _Made]) -> _Made:
    """Do what a word may open. Until it has signed once, one thread at a time: several would spend at once the few
    tries that a device or an account allows.
    """
    if word is None:
        return work()
    with nullcontext() if word in _proved else _trial.lock:
        if word in _refused:
            raise CannotSign(_refused[word])
        try:
            return work()
        except CannotSign as error:
            if error.is_word_refused:
                _refused[word] = error.code
                _proved.discard(word)
            raise


def _own() -> Signer:
    """Return the demonstration's own signer with its own, simulated stamp of time."""
    place = authority.folder()
    stamp = _own_stamp(place, (place / "time-stamp.p12").stat().st_mtime_ns)
    return _from_pkcs12(place / "signer.p12", authority.password(), stamp=stamp.at, bytes_reserved=OWN_RESERVED)


@lru_cache(maxsize=2)
def _own_stamp(place: Path, changed_ns: int) -> SimulatedStamp:
    path = place / "time-stamp.p12"
    stamping = _opened(path, changed_ns, authority.password())
    if stamping is None:
        raise CannotSign("signer_unusable", path.name)
    root = SimpleCertificateStore()
    root.register(x509.Certificate.load(pem.unarmor((place / "root.pem").read_bytes())[2]))
    return SimulatedStamp(signer=stamping, root=root)


def _in_data_folder(name: str) -> Path:
    return Path(settings.DATA_DIR) / name


@lru_cache(maxsize=8)
def _opened(path: Path, _changed_ns: int, password: bytes) -> signers.SimpleSigner | None:
    """Return the key in a file; opening one is slow on purpose, so it is done once for each state of the file."""
    return signers.SimpleSigner.load_pkcs12_data(path.read_bytes(), other_certs=(), passphrase=password)


def forget_signers() -> None:
    """Open the keys anew; tests do this, because each has files of its own."""
    _opened.cache_clear()
    _own_stamp.cache_clear()
    _refused.clear()
    _proved.clear()


def _from_pkcs12(
    path: Path,
    password: bytes,
    *,
    stamp: Callable[[datetime], timestamps.TimeStamper] | None,
    bytes_reserved: int | None = None,
) -> Signer:
    made = _opened(path, path.stat().st_mtime_ns, password)
    if made is None or made.signing_cert is None:
        raise CannotSign("signer_unusable", path.name)
    return _signer(made.signing_cert, add=_ByHand(hand=made, stamp=stamp, bytes_reserved=bytes_reserved))


def _signer(certificate: x509.Certificate, *, add: Callable[[bytes, str, datetime], bytes]) -> Signer:
    return Signer(
        subject=_name_in(certificate),
        good_from=certificate.not_valid_before,
        good_until=certificate.not_valid_after,
        add=add,
    )


def _name_in(certificate: x509.Certificate) -> str:
    return str(certificate.subject.native.get("common_name", certificate.subject.human_friendly))[:200]


def _named_stamp() -> Callable[[datetime], timestamps.TimeStamper] | None:
    url = settings.BALAI_DOCUMENTS.get("time_stamps", "")
    return (lambda _at: timestamps.HTTPTimeStamper(url, timeout=STAMP_SECONDS)) if url else None


def _file(named: dict[str, Any]) -> Signer:
    password = settings.BALAI_SIGNER_PASSWORD.encode()
    return _from_pkcs12(_in_data_folder(named["file"]), password, stamp=_named_stamp())


def _certificate(name: str) -> x509.Certificate:
    content = _in_data_folder(name).read_bytes()
    return x509.Certificate.load(pem.unarmor(content)[2] if pem.detect(content) else content)


def _remote_signer(named: dict[str, Any]) -> Signer:
    certificate = _certificate(named["certificate"])
    hand = _remote.RemoteSigner(
        certificate=certificate,
        url=named["url"],
        user=named.get("user", ""),
        passphrase=settings.BALAI_SIGNER_PASSWORD,
    )
    # the keeper stamps the time itself
    return _signer(certificate, add=_ByHand(hand=hand, stamp=None, bytes_reserved=2 * _remote.RESERVED_BYTES))


def _device_signer(named: dict[str, Any]) -> Signer:
    """Return a signer whose key lies in a device; only here is the package for devices needed."""
    from balai.foundation.documents import _device  # noqa: PLC0415

    device = _device.Device(
        module=named["module"],
        token=named["token"],
        certificate=named["certificate"],
        key=named.get("key", named["certificate"]),
        pin=settings.BALAI_SIGNER_PASSWORD,
    )
    hand = _device.open_device(device)
    assert hand.signing_cert is not None
    return _signer(hand.signing_cert, add=_ByHand(hand=hand, stamp=_named_stamp()))


def _service_signer(named: dict[str, Any]) -> Signer:
    service = _bsre.Service(
        url=named["url"],
        user=named["user"],
        password=settings.BALAI_SIGNER_ACCESS,
        nik=str(named["nik"]),
        passphrase=settings.BALAI_SIGNER_PASSWORD,
        certificate=_certificate(named["certificate"]),
        roots=[x509.Certificate.load(der) for der in _named_roots()],
    )
    _bsre.check_service(service)
    # the service stamps the time itself, and says nothing of the number
    return _signer(
        service.certificate,
        add=lambda content, _reason, at: _bsre.sign_whole(service=service, content=content, at=at),
    )


_SIGNERS: dict[str, Callable[[dict[str, Any]], Signer]] = {
    "file": _file,
    "pkcs11": _device_signer,
    "remote": _remote_signer,
    "bsre": _service_signer,
}


def trust_roots() -> list[bytes]:
    """Return the root certificates (DER) that a check believes: the city's, and the demonstration's own."""
    found = _named_roots()
    if authority.exists():
        found += _certificates_in(authority.folder() / "root.pem")
    return found


def _named_roots() -> list[bytes]:
    name = settings.BALAI_DOCUMENTS.get("trust", "")
    return _certificates_in(_in_data_folder(name)) if name else []


def _certificates_in(path: Path) -> list[bytes]:
    return [der for _kind, _headers, der in pem.unarmor(path.read_bytes(), multiple=True)]
