"""Sign a PDF (PAdES B-B, or B-T with a stamp of time), by whoever the installation names.

``[documents.signer]`` in ``city.toml`` chooses: a key file, a device (PKCS#11), or a remote signer. Without it the
demonstration's own authority signs. The signature shows in no field: the page says who signed, and the file stays the
tagged PDF/A-2a that was typeset.
"""

import asyncio
import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from asn1crypto import pem, x509
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import fields, signers, timestamps
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko_certvalidator.registry import SimpleCertificateStore

from balai.foundation.documents import _remote, authority
from balai.foundation.documents._stamp import SimulatedStamp

FIELD = "Tanda tangan"
STAMP_SECONDS = 10
# hexadecimal digits; the signature with its stamp and chain needs about 15,000
OWN_RESERVED = 20_000


class CannotSign(Exception):
    """Nothing was signed. ``code``: signer_missing, signer_unusable, signer_refused, signer_unreachable,
    certificate_expired. ``is_temporary`` says that asking later may help.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.is_temporary = code == "signer_unreachable"


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Who signs: the name, the time in which the certificate is good, and how pyHanko reaches the key.

    ``open`` gives pyHanko's signer for one signature; ``stamp`` what stamps the time, if anything does.
    """

    subject: str
    good_from: datetime
    good_until: datetime
    open: Callable[[], AbstractContextManager[signers.Signer]]
    stamp: Callable[[datetime], timestamps.TimeStamper] | None
    bytes_reserved: int | None = None


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
    settings_of = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        reason=f"Nomor {number}",
        name=signer.subject,
        # nothing may be added or filled in afterwards
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    try:
        made = _apart(lambda: _signed(content, settings_of, signer, at))
    except _remote.Unreachable as error:
        raise CannotSign("signer_unreachable", str(error)) from error
    except _remote.Refused as error:
        raise CannotSign("signer_refused", str(error)) from error
    except timestamps.TimestampRequestError as error:
        raise CannotSign("signer_unreachable", str(error)[:200]) from error
    except SigningError as error:
        raise CannotSign("signer_unusable", str(error)[:200]) from error
    return Signed(content=made.getvalue(), signed_by=signer.subject)


def _signed(content: bytes, said: signers.PdfSignatureMetadata, signer: Signer, at: datetime) -> io.BytesIO:
    with signer.open() as hand:
        made: io.BytesIO = _Signer(
            said,
            signer=hand,
            timestamper=signer.stamp(at) if signer.stamp else None,
            new_field_spec=fields.SigFieldSpec(sig_field_name=FIELD),
        ).sign_pdf(_Addition(io.BytesIO(content)), bytes_reserved=signer.bytes_reserved)
    return made


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
            return _SIGNERS[named["kind"]](named)
        if not authority.exists():
            if not settings.BALAI_DEMO:
                raise CannotSign("signer_missing")
            authority.make_authority(organization=organization, at=at)
        return _own()
    except (KeyError, OSError, ValueError, ImportError) as error:
        raise CannotSign("signer_unusable", f"{type(error).__name__}: {error}"[:200]) from error


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
    return _signer(made.signing_cert, open_=lambda: nullcontext(made), stamp=stamp, bytes_reserved=bytes_reserved)


def _signer(
    certificate: x509.Certificate,
    *,
    open_: Callable[[], AbstractContextManager[signers.Signer]],
    stamp: Callable[[datetime], timestamps.TimeStamper] | None,
    bytes_reserved: int | None = None,
) -> Signer:
    return Signer(
        subject=str(certificate.subject.native.get("common_name", certificate.subject.human_friendly))[:200],
        good_from=certificate.not_valid_before,
        good_until=certificate.not_valid_after,
        open=open_,
        stamp=stamp,
        bytes_reserved=bytes_reserved,
    )


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
    try:
        hand = _remote.RemoteSigner(
            certificate=certificate,
            url=named["url"],
            user=named.get("user", ""),
            passphrase=settings.BALAI_SIGNER_PASSWORD,
        )
    except _remote.Refused as error:
        raise CannotSign("signer_unusable", str(error)) from error
    # the keeper stamps the time itself
    return _signer(certificate, open_=lambda: nullcontext(hand), stamp=None, bytes_reserved=2 * _remote.RESERVED_BYTES)


def _device(named: dict[str, Any]) -> Signer:
    """Return a signer whose key lies in a device; pyHanko speaks with it."""
    from pyhanko.config.pkcs11 import PKCS11SignatureConfig, TokenCriteria  # noqa: PLC0415 - only where there is one
    from pyhanko.sign.pkcs11 import PKCS11SigningContext  # noqa: PLC0415

    config = PKCS11SignatureConfig(
        module_path=named["module"],
        token_criteria=TokenCriteria(label=named["token"]),
        cert_label=named["certificate"],
        key_label=named.get("key"),
        user_pin=settings.BALAI_SIGNER_PASSWORD or None,
    )

    @contextmanager
    def session() -> Iterator[signers.Signer]:
        with PKCS11SigningContext(config) as hand:
            yield hand

    with session() as hand:
        certificate = hand.signing_cert
    if certificate is None:
        raise CannotSign("signer_unusable", named["certificate"])
    return _signer(certificate, open_=session, stamp=_named_stamp())


_SIGNERS: dict[str, Callable[[dict[str, Any]], Signer]] = {"file": _file, "pkcs11": _device, "remote": _remote_signer}


def trust_roots() -> list[bytes]:
    """Return the root certificates (DER) that a check believes: the city's, and the demonstration's own."""
    found: list[bytes] = []
    names = settings.BALAI_DOCUMENTS.get("trust", "")
    paths = [_in_data_folder(names)] if names else []
    if authority.exists():
        paths.append(authority.folder() / "root.pem")
    for path in paths:
        found += [der for _kind, _headers, der in pem.unarmor(path.read_bytes(), multiple=True)]
    return found
